//go:build unix

package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNothingOutsideIsRead tries every function and attribute that takes a path
// with every way out of the catalog. What lies outside is in no value and in no
// message, and nothing waits for a pipe.
func TestNothingOutsideIsRead(t *testing.T) {
	const secret = "the-secret-of-the-runner"
	outside := t.TempDir()
	for name, content := range map[string]string{"secret.txt": secret, "secret.csv": "id\n" + secret + "\n", "secret.hcl": "locals {\n  leaked = \"" + secret + "\"\n}\n", "secret.png": string(pngBytes(t, 1))} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dir := writeFiles(t, goodFiles(t))
	for name, target := range map[string]string{
		"out": outside, "out.txt": outside + "/secret.txt", "out.csv": outside + "/secret.csv", "out.png": outside + "/secret.png",
		"twice": "out", "zero.txt": "/dev/zero", "zero.csv": "/dev/zero", "zero.png": "/dev/zero", "proc": "/proc/self", "loop": "loop",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, pipe := range []string{"pipe.txt", "pipe.csv", "pipe.png"} {
		if err := syscall.Mkfifo(filepath.Join(dir, pipe), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	relative, err := filepath.Rel(dir, outside)
	if err != nil {
		t.Fatal(err)
	}
	stems := []string{outside + "/secret", relative + "/secret", "img/../" + relative + "/secret", "out/secret", "twice/secret", "out", "zero", "pipe", "proc/environ", "loop", "out/../secret",
		"\x00", "a\x1b[2J", `..\..\secret`, `C:\secret`, "//" + outside + "/secret", "file://" + outside + "/secret"}
	for _, stem := range stems {
		for use, block := range map[string]string{
			"file":    fmt.Sprintf("locals {\n  a = file(%s)\n}\n", quotedPath(stem+".txt")),
			"bare":    fmt.Sprintf("locals {\n  a = file(%s)\n}\n", quotedPath(stem)),
			"table":   fmt.Sprintf("locals {\n  a = table(%s)\n}\n", quotedPath(stem+".csv")),
			"picture": fmt.Sprintf("spu \"x\" {\n  head_img = [%s]\n}\n", quotedPath(stem+".png")),
			"glob":    fmt.Sprintf("locals {\n  a = file(element(concat(glob(%s), [\"nothing\"]), 0))\n}\n", quotedPath(strings.TrimSuffix(stem, "secret")+"*")),
		} {
			if err := os.WriteFile(filepath.Join(dir, "x.hcl"), []byte(block), 0o644); err != nil {
				t.Fatal(err)
			}
			c, ds := Load(dir, LoadOptions{})
			if said := fmt.Sprint(ds); c != nil && stem != "out/../secret" || strings.Contains(said, secret) {
				t.Errorf("%s of %q: %v", use, stem, said)
			}
		}
	}
}

func quotedPath(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, "\x00", `\u0000`, "\x1b", `\u001b`).Replace(name) + `"`
}
