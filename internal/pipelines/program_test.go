package pipelines

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// built is the folder that holds the program under test.
var built string

// archives are the files of a release, by name.
var archives = map[string][]byte{}

func TestMain(m *testing.M) {
	code, err := withProgram(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withProgram builds shopctl once and packs it as a release is packed.
func withProgram(run func() int) (code int, err error) {
	built, err = os.MkdirTemp("", "shopctl")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(built)) }()
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(built, "shopctl"), "./cmd/shopctl")
	build.Dir, build.Stderr = repositoryRoot, os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("go build: %w", err)
	}
	if err := pack(); err != nil {
		return 1, err
	}
	return run(), nil
}

func pack() error {
	name := "shopctl_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
	var b bytes.Buffer
	packed, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return err
	}
	w := tar.NewWriter(packed)
	files, err := filepath.Glob(filepath.Join(repositoryRoot, "ci", "*", "*.sh"))
	if err != nil {
		return err
	}
	more, err := filepath.Glob(filepath.Join(repositoryRoot, "ci", "*.sh"))
	if err != nil {
		return err
	}
	err = add(w, filepath.Join(built, "shopctl"), "shopctl")
	for _, file := range append(files, more...) {
		inside, _ := filepath.Rel(repositoryRoot, file)
		err = errors.Join(err, add(w, file, inside))
	}
	if err := errors.Join(err, w.Close(), packed.Close()); err != nil {
		return err
	}
	archives[name] = b.Bytes()
	archives["checksums.txt"] = fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(b.Bytes()), name)
	return nil
}

func add(w *tar.Writer, path, name string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	err = w.WriteHeader(&tar.Header{Name: name, Mode: int64(info.Mode().Perm()), Size: int64(len(b))})
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// releases serves the release as GitHub does.
func releases() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, latest := strings.CutPrefix(r.URL.Path, "/latest/download/")
		content, ok := archives[name]
		if !latest || !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
	})
}
