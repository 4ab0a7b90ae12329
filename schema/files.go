package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// The limits of what is read, in bytes.
const (
	maxSourceSize = 32 << 20  // one catalog file
	maxTableSize  = 256 << 20 // one CSV file
	maxTextSize   = 16 << 20  // one result of file(), one string value
	maxImageSize  = 2 << 20   // img/upload refuses more (reference section 5)
)

// The ways in which a file of the catalog cannot be had. Each is a finding of
// its own where a path is used.
var (
	errEscapes    = errors.New("the path leaves the catalog directory")
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = errors.New("the file is too large")
)

// directory is the catalog directory, opened as a root: no name, and no link
// behind a name, can lead out of it.
type directory struct {
	root   *os.Root
	looked bytes.Buffer // of shopIn, which looks at one file after the other
}

func openDirectory(dir string) (*directory, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &directory{root: root}, nil
}

func (d *directory) close() { _ = d.root.Close() } // only a descriptor for reading

// clean is the one spelling of a path inside the catalog: relative, with slashes.
func clean(name string) (string, error) {
	name = strings.ReplaceAll(name, "\\", "/")
	if path.IsAbs(name) || len(name) > 1 && name[1] == ':' {
		return "", errEscapes
	}
	name = path.Clean(name)
	if name == ".." || strings.HasPrefix(name, "../") {
		return "", errEscapes
	}
	return name, nil
}

// read returns the bytes of a regular file of at most limit bytes.
func (d *directory) read(name string, limit int64) ([]byte, error) {
	return d.readInto(new(bytes.Buffer), name, limit)
}

// readInto is read with the room of a buffer: what it returns is good until the buffer
// is used again.
func (d *directory) readInto(b *bytes.Buffer, name string, limit int64) ([]byte, error) {
	if strings.ContainsRune(name, 0) {
		return nil, fs.ErrNotExist
	}
	info, err := d.root.Stat(name)
	switch {
	case err != nil:
		return nil, rootError(err)
	case !info.Mode().IsRegular(): // a pipe or device would block on opening
		return nil, errNotRegular
	case info.Size() > limit:
		return nil, errTooLarge
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, rootError(err)
	}
	defer f.Close()
	b.Reset()
	b.Grow(int(info.Size()) + bytes.MinRead) // room for the end to be seen
	_, err = b.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && int64(b.Len()) > limit {
		return nil, errTooLarge
	}
	return b.Bytes(), err
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, err
}

// rootError tells the refusal of os.Root from other errors. The refusal has no
// exported error value; its text is fixed in os/root.go.
func rootError(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok && strings.Contains(pe.Err.Error(), "escapes") {
		return errEscapes
	}
	return err
}

// list returns the names of the catalog's files in the order in which they are
// read. Hidden directories and directories with a shop block of their own are
// another matter, or another catalog; links to directories are not followed, so
// that no file is read twice.
func (d *directory) list(isShop func(file string) bool) ([]string, error) {
	return d.listBelow(".", isShop)
}

func (d *directory) listBelow(dir string, isShop func(string) bool) ([]string, error) {
	files, dirs, err := d.entries(dir)
	if err != nil {
		return nil, err
	}
	if dir != "." && slices.ContainsFunc(files, isShop) {
		return nil, nil
	}
	for _, sub := range dirs {
		below, err := d.listBelow(sub, isShop)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sub, err)
		}
		files = append(files, below...)
	}
	slices.Sort(files)
	return files, nil
}

// entries are the catalog files directly in a directory, and the directories in
// which there may be others, each sorted.
func (d *directory) entries(dir string) (files, dirs []string, err error) {
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if err != nil {
		return nil, nil, rootError(err)
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case entry.IsDir():
			dirs = append(dirs, name)
		case isCatalogFile(name):
			files = append(files, name)
		}
	}
	return files, dirs, nil
}

func isCatalogFile(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}

func isVarsFile(name string) bool {
	return strings.HasSuffix(name, ".auto.vars.hcl") || strings.HasSuffix(name, ".auto.vars.hcl.json")
}

func isJSON(name string) bool { return strings.HasSuffix(name, ".json") }

// ReadSource returns the bytes of a catalog file, for showing the line that a
// diagnostic is about. The file must lie below dir.
func ReadSource(dir, file string) ([]byte, error) {
	d, err := openDirectory(dir)
	if err != nil {
		return nil, err
	}
	defer d.close()
	name, err := clean(file)
	if err != nil {
		return nil, err
	}
	return d.read(name, maxSourceSize)
}

// replace puts new content in the place of a file in one step, so that a crash
// leaves the old or the new, never half of it.
func (d *directory) replace(name string, content []byte) error {
	info, err := d.root.Stat(name)
	if err != nil {
		return rootError(err)
	}
	temporary := path.Join(path.Dir(name), "."+path.Base(name)+".tmp")
	if err := d.root.WriteFile(temporary, content, info.Mode().Perm()); err != nil {
		return rootError(err)
	}
	return rootError(d.root.Rename(temporary, name))
}
