// Command notices writes the licences of everything that a program is made of, on
// any of the systems that are named, for people who hand the program on:
//
//	notices PACKAGE FILE GOOS...
//
// A module without a licence is an error: nobody may hand it on.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: notices PACKAGE FILE GOOS...")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(program, name string, systems []string) error {
	packages, err := linked(program, systems)
	if err != nil {
		return err
	}
	notices, err := collect(packages)
	if err != nil {
		return err
	}
	text, err := render(notices)
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

// pkg is a package of a module that is linked in.
type pkg struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linked are the packages of other modules in a program, on each of the systems.
func linked(program string, systems []string) ([]pkg, error) {
	var all []pkg
	for _, system := range systems {
		list := exec.Command("go", "list", "-deps", "-json=Dir,Module", program)
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		list.Stderr = os.Stderr
		out, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		for stream := json.NewDecoder(bytes.NewReader(out)); ; {
			var p pkg
			if err := stream.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			if p.Module != nil && !p.Module.Main {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// notice is what one module wants to be told, in the order of its files.
type notice struct {
	module string // with its version
	files  []string
}

// collect finds the licences of the packages' modules, sorted by module, and before
// them that of Go, whose standard library is in every program.
func collect(packages []pkg) ([]notice, error) {
	files := map[string][]string{}
	for _, p := range packages {
		module := p.Module.Path + " " + p.Module.Version
		found, err := licences(p.Dir, p.Module.Dir)
		if err != nil {
			return nil, err
		}
		files[module] = append(files[module], found...)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	golang, err := licences(strings.TrimSpace(string(root)), "")
	if err != nil {
		return nil, err
	}
	all := []notice{{"Go " + runtime.Version(), golang}}
	for module, found := range files {
		slices.Sort(found)
		all = append(all, notice{module, slices.Compact(found)})
	}
	slices.SortFunc(all[1:], func(a, b notice) int { return strings.Compare(a.module, b.module) })
	for _, n := range all {
		if len(n.files) == 0 {
			return nil, fmt.Errorf("%s has no licence", n.module)
		}
	}
	return all, nil
}

// legal are the names under which modules keep what must be handed on.
var legal = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|patents|authors)([._-].*)?$`)

// licences are the legal files from the folder of a package up to that of its
// module, because parts of a module may come from elsewhere; without top, those of
// the folder.
func licences(dir, top string) ([]string, error) {
	var found []string
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Type().IsRegular() && legal.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
				found = append(found, filepath.Join(dir, e.Name()))
			}
		}
		if dir == top || top == "" {
			return found, nil
		}
		dir = filepath.Dir(dir)
	}
}

func render(notices []notice) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("shopctl is made of the following, besides its own code. The source of each module is at\nhttps://proxy.golang.org/MODULE/@v/VERSION.zip, that of Go at https://go.dev/dl/.\n")
	for _, n := range notices {
		fmt.Fprintf(&b, "\n%s\n%s\n", strings.Repeat("=", 80), n.module)
		for _, name := range n.files {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "\n--- %s\n\n%s\n", filepath.Base(name), bytes.TrimSpace(text))
		}
	}
	return b.Bytes(), nil
}
