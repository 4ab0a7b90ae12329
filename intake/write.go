package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopctl/shopctl/schema"
)

// The folders of what is written, below the catalog directory.
const (
	productDir = "products"
	// perFile is how many products a file of blocks holds at most: a catalog file
	// costs some twelve times its size in memory when it is read.
	perFile = 1000
)

// Write turns a bundle into new files below dir and returns their paths in the
// order in which they were written, and the objects it skipped because the
// catalog declares them already.
//
// It never changes a file: where a name is taken, "-2", "-3" and so on is added
// to it. What a file refers to is written before the file, so that a run that
// is cut short leaves a catalog that loads, and can be repeated.
func Write(dir string, b *Bundle, layout Layout) (written []string, skipped []schema.Address, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	w := &writer{root: root, bundle: b, skipped: b.Declared}
	for _, step := range []func() error{w.files, w.shop, w.merchant, w.brands, w.qualifications, func() error { return w.products(layout) }} {
		if err := step(); err != nil {
			return w.written, w.left, err
		}
	}
	return w.written, w.left, nil
}

// writer is one run of Write.
type writer struct {
	root    *os.Root
	bundle  *Bundle
	skipped map[schema.Address]schema.Source
	written []string
	left    []schema.Address
}

// isNew reports whether an object is not declared yet, and notes those that are.
func (w *writer) isNew(a schema.Address) bool {
	_, declared := w.skipped[a]
	if declared {
		w.left = append(w.left, a)
	}
	return !declared
}

// files writes the pictures. One that is there already has the same content:
// its name is made of it.
func (w *writer) files() error {
	for _, name := range slices.Sorted(maps.Keys(w.bundle.Files)) {
		r, err := w.bundle.Files[name]()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		err = w.create(name, r)
		if closeErr := r.Close(); err == nil {
			err = closeErr
		}
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		w.written = append(w.written, name)
	}
	return nil
}

func (w *writer) shop() error {
	if !w.bundle.NewShop {
		return nil
	}
	o := w.objects()
	o.shop(&w.bundle.Shop)
	return w.hcl("shop", o)
}

func (w *writer) merchant() error {
	if w.bundle.Merchant == nil || !w.isNew(schema.Address{Kind: schema.KindMerchant}) {
		return nil
	}
	o := w.objects()
	o.merchant(w.bundle.Merchant)
	return w.hcl("merchant", o)
}

func (w *writer) brands() error {
	o := w.objects()
	for _, name := range slices.Sorted(maps.Keys(w.bundle.Brands)) {
		if w.isNew(schema.Address{Kind: schema.KindBrand, Name: name}) {
			o.brand(name, w.bundle.Brands[name])
		}
	}
	return w.hcl("brands", o)
}

func (w *writer) qualifications() error {
	o := w.objects()
	for _, name := range slices.Sorted(maps.Keys(w.bundle.Qualifications)) {
		if w.isNew(schema.Address{Kind: schema.KindQualification, Name: name}) {
			o.qualification(name, w.bundle.Qualifications[name])
		}
	}
	return w.hcl("qualifications", o)
}

func (w *writer) objects() *objects { return &objects{text: newText(), bundle: w.bundle} }

// products writes the products by leaf category.
func (w *writer) products(layout Layout) error {
	byLeaf := map[string][]*schema.SPU{}
	for _, s := range w.bundle.SPUs {
		if w.isNew(schema.Address{Kind: schema.KindSPU, Name: s.OutProductID}) {
			leaf := leafFile(s.Category)
			byLeaf[leaf] = append(byLeaf[leaf], s)
		}
	}
	for _, leaf := range slices.Sorted(maps.Keys(byLeaf)) {
		rest := byLeaf[leaf]
		if layout == AsTable {
			var err error
			if rest, err = w.table(leaf, rest); err != nil {
				return err
			}
		}
		if err := w.blocks(leaf, rest); err != nil {
			return err
		}
	}
	return nil
}

// blocks writes products of one category as blocks.
func (w *writer) blocks(leaf string, products []*schema.SPU) error {
	for chunk := range slices.Chunk(products, perFile) {
		o := w.objects()
		if name := w.bundle.categoryName(chunk[0].Category); name != "" {
			o.fileComment(name)
		}
		for _, s := range chunk {
			o.spu(s)
		}
		if err := w.hcl(path.Join(productDir, leaf), o); err != nil {
			return err
		}
	}
	return nil
}

// fileComment stands at the top of a file.
func (t *text) fileComment(words string) {
	t.comment(words)
	t.tight = false
}

// leafFile names the file of a category: its id, or its path as far as it can
// stand in a file name.
func leafFile(c schema.CategoryRef) string {
	if c.ID != 0 || c.Path == "" {
		return strconv.FormatUint(c.ID, 10)
	}
	return fileName(c.Path)
}

// fileName is text as it can stand in a file name on every system; at most 80
// bytes of it.
func fileName(s string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || strings.ContainsRune(`/\:*?"<>|. `, r) {
			return '-'
		}
		return r
	}, s)
	for len(name) > 80 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// hcl writes a file of blocks, unless there are none.
func (w *writer) hcl(base string, o *objects) error {
	if len(o.bytes()) == 0 {
		return nil
	}
	number, err := w.free(func(n string) []string { return []string{base + n + ".hcl"} })
	if err != nil {
		return err
	}
	return w.add(base+number+".hcl", o.bytes())
}

// free is the first of "", "-2", "-3" ... with which none of the names is taken.
func (w *writer) free(names func(number string) []string) (string, error) {
	for i := 1; ; i++ {
		number := ""
		if i > 1 {
			number = "-" + strconv.Itoa(i)
		}
		taken := false
		for _, name := range names(number) {
			switch _, err := w.root.Lstat(name); {
			case err == nil:
				taken = true
			case !errors.Is(err, fs.ErrNotExist):
				return "", err
			}
		}
		if !taken {
			return number, nil
		}
	}
}

func (w *writer) add(name string, content []byte) error {
	if err := w.create(name, bytes.NewReader(content)); err != nil {
		return err
	}
	w.written = append(w.written, name)
	return nil
}

func (w *writer) create(name string, r io.Reader) error { return create(w.root, name, r) }

// create writes a new file in one step, so that a crash leaves all of it or
// nothing. It fails with fs.ErrExist when there is such a file.
func create(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temporary := path.Join(path.Dir(name), "."+path.Base(name)+".tmp")
	f, err := root.Create(temporary)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Link(temporary, name) // unlike a rename, it never replaces
	}
	return errors.Join(err, root.Remove(temporary))
}

// replace puts new content in the place of a file in one step.
func replace(root *os.Root, name string, content []byte) error {
	info, err := root.Stat(name)
	if err != nil {
		return err
	}
	temporary := path.Join(path.Dir(name), "."+path.Base(name)+".tmp")
	if err := root.WriteFile(temporary, content, info.Mode().Perm()); err != nil {
		return err
	}
	return root.Rename(temporary, name)
}
