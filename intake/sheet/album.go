package sheet

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	_ "image/jpeg" // the formats of catalog pictures
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// album finds the pictures that a sheet names, and copies those that are new
// into the stage under the path that they will have in the catalog.
type album struct {
	catalog string            // the catalog directory, whose pictures stay where they are
	stage   string            // directory for new pictures
	folder  map[string]string // --pictures: file names below it, in lower case, to files
	byID    map[string][]string
	staged  map[string]bool // paths below stage that are new
	linked  map[string]bool // paths of the catalog that stage has too, for the rules
}

func newAlbum(opt *Options) (*album, error) {
	a := &album{catalog: opt.Catalog, stage: opt.Stage, folder: map[string]string{}, byID: map[string][]string{}, staged: map[string]bool{}, linked: map[string]bool{}}
	if opt.Pictures == "" {
		return a, nil
	}
	return a, a.index(opt.Pictures)
}

// index notes every picture below a folder by its path, by its name, and by the
// product it seems to belong to.
func (a *album) index(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !isPicture(file) {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		a.folder[strings.ToLower(rel)] = file
		if base := strings.ToLower(path.Base(rel)); a.folder[base] == "" {
			a.folder[base] = file
		}
		a.byID[owner(rel)] = append(a.byID[owner(rel)], file)
		return nil
	})
}

func isPicture(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png":
		return true
	}
	return false
}

var ordinalSuffix = regexp.MustCompile(`[-_ (（][0-9]{1,2}[)）]?$`)

// owner is the product that a picture belongs to by its name: the folder it
// lies in, or its own name without a number at the end.
func owner(rel string) string {
	if dir := path.Dir(rel); dir != "." {
		return path.Base(dir)
	}
	return ordinalSuffix.ReplaceAllString(strings.TrimSuffix(rel, path.Ext(rel)), "")
}

var detailName = regexp.MustCompile(`(?i)^(详情|描述|detail|desc|d[-_]?[0-9])`)

// of are the pictures of --pictures that belong to a product, in the order of
// their numbers: main pictures, and those of the detail page.
func (a *album) of(id string) (head, detail []string) {
	files := slices.SortedFunc(slices.Values(a.byID[id]), func(x, y string) int {
		return cmp.Or(cmp.Compare(numberOf(x, id), numberOf(y, id)), strings.Compare(x, y))
	})
	for _, f := range files {
		if detailName.MatchString(filepath.Base(f)) {
			detail = append(detail, f)
		} else {
			head = append(head, f)
		}
	}
	return head, detail
}

var lastDigits = regexp.MustCompile(`([0-9]+)[^0-9]*$`)

// numberOf is the last number in the name of a picture, behind the product's id
// where the name begins with it; 0 when there is none.
func numberOf(file, id string) int {
	m := lastDigits.FindStringSubmatch(strings.TrimPrefix(stem(file), id))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// names are the pictures that a cell lists. A line that is the name of a file as
// a whole is one picture, whatever marks stand in it.
func (a *album) names(id, text string) []string {
	var names []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !strings.Contains(line, "://") && a.has(id, line) {
			names = append(names, line)
		} else {
			names = append(names, addresses(line)...)
		}
	}
	return names
}

func (a *album) has(id, name string) bool {
	clean := path.Clean(strings.ReplaceAll(name, "\\", "/"))
	return a.named(id, clean) != "" || a.catalog != "" && filepath.IsLocal(filepath.FromSlash(clean)) && a.link(clean)
}

// find is the picture that a cell of a product names.
func (a *album) find(id, name string) (schema.Image, *complaint) {
	if strings.Contains(name, "://") {
		return schema.Image{Key: schema.ImageKey(name), URL: name}, nil
	}
	clean := path.Clean(strings.ReplaceAll(name, "\\", "/"))
	if file := a.named(id, clean); file != "" {
		return a.take(id, file)
	}
	if a.catalog != "" && filepath.IsLocal(filepath.FromSlash(clean)) && a.link(clean) {
		return schema.Image{Path: clean}, nil
	}
	return schema.Image{}, complain(lang.F("There is no picture %q.", "没有图片 %q。", shortened(name)),
		lang.T("Give a URL, a path in the catalog, or the name of a file in the folder named by --pictures DIR.", "请填写网址、目录内的路径，或 --pictures 所指文件夹中的文件名。"))
}

// named finds a file of --pictures: in the product's folder, by its path, by its
// name; with or without its extension.
func (a *album) named(id, name string) string {
	name = strings.ToLower(strings.TrimPrefix(name, "./"))
	for _, ext := range []string{"", ".jpg", ".png", ".jpeg"} {
		for _, key := range []string{strings.ToLower(id) + "/" + name + ext, name + ext, path.Base(name) + ext} {
			if file := a.folder[key]; file != "" {
				return file
			}
		}
	}
	return ""
}

// link makes a picture of the catalog visible in the stage.
func (a *album) link(name string) bool {
	if a.linked[name] {
		return true
	}
	from, to := filepath.Join(a.catalog, filepath.FromSlash(name)), filepath.Join(a.stage, filepath.FromSlash(name))
	if info, err := os.Stat(from); err != nil || !info.Mode().IsRegular() {
		return false
	}
	if os.MkdirAll(filepath.Dir(to), 0o755) != nil {
		return false
	}
	if err := os.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) && copyFile(from, to) != nil {
		return false
	}
	a.linked[name] = true
	return true
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// take copies a file of --pictures.
func (a *album) take(id, file string) (schema.Image, *complaint) {
	info, err := os.Stat(file)
	if err == nil && info.Size() > maxPicture {
		return schema.Image{}, unreadable(file)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return schema.Image{}, unreadable(file)
	}
	stem := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	return a.add(id, stem, content)
}

func unreadable(file string) *complaint {
	return complain(lang.F("The picture %s cannot be read.", "图片 %s 无法读取。", filepath.Base(file)), lang.T("Replace it by a JPEG or PNG file.", "请换成 JPEG 或 PNG 文件。"))
}

// extensions of the formats that the platform takes.
var extensions = map[string]string{"jpeg": ".jpg", "png": ".png"}

// add stages a picture. Its name holds a part of its content's hash, so that the
// same name always means the same picture.
func (a *album) add(id, stem string, content []byte) (schema.Image, *complaint) {
	_, format, err := image.DecodeConfig(bytes.NewReader(content))
	ext := extensions[format]
	if err != nil || ext == "" {
		return schema.Image{}, complain(lang.F("The picture %s is neither JPEG nor PNG.", "图片 %s 不是 JPEG 或 PNG。", stem), lang.T("Insert it again as JPEG or PNG.", "请改用 JPEG 或 PNG 格式。"))
	}
	sum := sha256.Sum256(content)
	name := path.Join("img", fileName(id), fileName(stem)+"-"+hex.EncodeToString(sum[:4])+ext)
	if a.staged[name] {
		return schema.Image{Path: name}, nil
	}
	to := filepath.Join(a.stage, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, content, 0o644)); err != nil {
		return schema.Image{}, complain(lang.F("The picture cannot be written: %v.", "图片无法写入：%v。", err), lang.T("Make room on the disk.", "请检查磁盘空间与权限。"))
	}
	a.staged[name] = true
	return schema.Image{Path: name}, nil
}

var notInNames = regexp.MustCompile(`[^\p{L}\p{N}_-]+`)

// fileName is text as it can stand in a file name everywhere.
func fileName(s string) string {
	s = strings.Trim(notInNames.ReplaceAllString(s, "-"), "-")
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40])
	}
	return cmp.Or(s, "x")
}

// open reads a staged picture.
func (a *album) open(name string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(filepath.Join(a.stage, filepath.FromSlash(name))) }
}

// embed stages a picture of a workbook.
func (a *album) embed(id, stem string, pic picture) (schema.Image, *complaint) {
	content, err := pic.read()
	if err != nil || len(content) == 0 {
		return schema.Image{}, unreadable(pic.name)
	}
	return a.add(id, stem, content)
}

// stem is the name of a file without folder and extension.
func stem(file string) string {
	return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
}
