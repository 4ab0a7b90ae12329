package pipelines

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goreleaser is the part of .goreleaser.yaml that others rely on.
type goreleaser struct {
	Version int
	Before  struct{ Hooks []string }
	Builds  []struct {
		Main    string
		Env     []string
		Ldflags string
		Goos    []string
		Goarch  []string
	}
	Archives []struct {
		Name    string `yaml:"name_template"`
		Formats []string
		Files   []any
	}
	Checksum struct {
		Name string `yaml:"name_template"`
	}
	SBOMs []struct {
		Cmd  string
		Args []string
	} `yaml:"sboms"`
	Packages []struct{ Formats []string } `yaml:"nfpms"`
}

// What the release makes is what the pipelines look for, and what it runs exists.
func TestRelease(t *testing.T) {
	r := readYAML[goreleaser](t, filepath.Join(repositoryRoot, ".goreleaser.yaml"))
	if r.Version != 2 || len(r.Builds) != 1 || len(r.Archives) != 1 || len(r.SBOMs) != 1 || len(r.Packages) != 1 {
		t.Fatalf("%+v", r)
	}
	build, archive := r.Builds[0], r.Archives[0]
	if !slices.Equal(build.Goos, []string{"linux", "darwin", "windows"}) || !slices.Equal(build.Goarch, []string{"amd64", "arm64"}) || !slices.Contains(build.Env, "CGO_ENABLED=0") {
		t.Errorf("built: %v %v %v", build.Goos, build.Goarch, build.Env)
	}
	for _, name := range []string{"main.version", "main.commit", "main.date"} {
		if variable := strings.TrimPrefix(name, "main."); !strings.Contains(build.Ldflags, "-X "+name+"=") || !declares(t, variable) {
			t.Errorf("%s is not set, or is no variable of the program", name)
		}
	}
	install := strings.Join(lines(filepath.Join(repositoryRoot, "ci", "install.sh")), "\n")
	if archive.Name != "{{ .ProjectName }}_{{ .Os }}_{{ .Arch }}" || !strings.Contains(install, "shopctl_${os}_$arch.tar.gz") || r.Checksum.Name != "checksums.txt" || !strings.Contains(install, r.Checksum.Name) {
		t.Errorf("install.sh looks for other names than %s and %s", archive.Name, r.Checksum.Name)
	}
	for _, pattern := range archive.Files {
		if pattern, ok := pattern.(string); ok {
			files(t, filepath.FromSlash(pattern))
		}
	}
	if !slices.Equal(r.Packages[0].Formats, []string{"deb", "rpm", "apk"}) {
		t.Errorf("packages: %v", r.Packages[0].Formats)
	}
	for _, script := range append(r.Before.Hooks, ".ci/release") {
		if info, err := os.Stat(filepath.Join(repositoryRoot, script)); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("%s is no program: %v", script, err)
		}
	}
}

// declares says whether cmd/shopctl has a string variable that a release may set.
func declares(t *testing.T, name string) bool {
	t.Helper()
	source := strings.Join(lines(filepath.Join(repositoryRoot, "cmd", "shopctl", "version.go")), "\n")
	line := lineWith(source, "var version")
	return slices.Contains(strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" ,\n", r) }), name)
}

func TestGoreleaserCheck(t *testing.T) {
	program, err := exec.LookPath("goreleaser")
	if err != nil {
		t.Skip("goreleaser is not installed: the structure of .goreleaser.yaml is checked, its spelling is not (.ci/release installs it)")
	}
	check := exec.Command(program, "check", "--quiet")
	check.Dir = repositoryRoot
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The SBOM of the program names the modules that it is made of.
func TestSBOM(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sbom.json")
	run := exec.Command("go", "run", "./internal/sbom", filepath.Join(built, "shopctl"), file)
	run.Dir = repositoryRoot
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BOMFormat  string
		Components []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal(b, &bom); err != nil || bom.BOMFormat != "CycloneDX" {
		t.Fatalf("%v: %s", err, bom.BOMFormat)
	}
	for _, name := range []string{"std", "github.com/hashicorp/hcl/v2", "github.com/spf13/cobra"} {
		i := slices.IndexFunc(bom.Components, func(c struct{ Name, Version, PURL string }) bool { return c.Name == name })
		if i < 0 || bom.Components[i].Version == "" || !strings.HasPrefix(bom.Components[i].PURL, "pkg:golang/"+name+"@") {
			t.Errorf("%s is missing or incomplete", name)
		}
	}
}
