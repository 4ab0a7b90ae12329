package schema

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats that img/upload takes
	_ "image/png"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// gallery reads every picture once, however often it is used.
type gallery struct {
	*report
	dir    *directory
	byPath map[string]photo
	used   map[ImageKey]Image
}

// photo is what is known of one path: the picture, or why there is none.
type photo struct {
	image Image
	fault *callError
}

func newGallery(r *report, dir *directory) *gallery {
	return &gallery{report: r, dir: dir, byPath: map[string]photo{}, used: map[ImageKey]Image{}}
}

// image returns the picture that a catalog names, and reports what is wrong with it.
func (g *gallery) image(p picture) (Image, bool) {
	img, fault := g.find(p.name)
	if fault != nil {
		g.add(fault.rule, p.at, fault.why, fault.remedy)
		return Image{}, false
	}
	if _, known := g.used[img.Key]; !known {
		g.used[img.Key] = img
	}
	return img, true
}

func (g *gallery) find(name string) (Image, *callError) {
	if scheme, _, isURL := strings.Cut(name, ":"); isURL && len(scheme) > 1 && !strings.ContainsAny(scheme, "/.") {
		return pictureByURL(name)
	}
	cleaned, err := clean(name)
	if err != nil {
		return Image{}, pictureFailure(name, err)
	}
	found, known := g.byPath[cleaned]
	if !known {
		found.image, found.fault = g.load(cleaned)
		g.byPath[cleaned] = found
	}
	return found.image, found.fault
}

// pictureByURL accepts what the platform can fetch.
func pictureByURL(name string) (Image, *callError) {
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Image{}, &callError{rule: rulePictureURL,
			why:    lang.F("%q is no web address: only http and https URLs with a host, and without a user, can be fetched by the platform.", "%q 不是可用的网址：平台只能获取带主机名、不含用户名的 http 或 https 网址。", shorten(name)),
			remedy: lang.T("Put the picture into the catalog, or give an https URL.", "请把图片放入目录，或提供 https 网址。")}
	}
	return Image{Key: ImageKey(name), URL: name}, nil
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}

// load reads and checks one file.
func (g *gallery) load(name string) (Image, *callError) {
	raw, err := g.dir.read(name, maxImageSize)
	if err != nil {
		return Image{}, pictureFailure(name, err)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return Image{}, &callError{rule: rulePictureFormat,
			why:    lang.F("The content of %s is neither JPEG nor PNG, or it is damaged.", "%s 的内容不是 JPEG 或 PNG，或已损坏。", name),
			remedy: lang.T("Save the picture as JPEG or PNG; renaming it does not convert it.", "请把图片另存为 JPEG 或 PNG；仅改名不会转换格式。")}
	}
	if !fits(format, path.Ext(name)) {
		return Image{}, &callError{rule: rulePictureExt,
			why:    lang.F("%s holds a %s picture.", "%s 的内容是 %s 图片。", name, strings.ToUpper(format)),
			remedy: lang.F("Rename it to .%s.", "请把扩展名改为 .%s。", map[string]string{"jpeg": "jpg", "png": "png"}[format])}
	}
	return Image{Key: keyOf(raw), Path: name, Size: int64(len(raw)), Width: config.Width, Height: config.Height}, nil
}

func keyOf(raw []byte) ImageKey {
	sum := sha256.Sum256(raw)
	return ImageKey("sha256:" + hex.EncodeToString(sum[:]))
}

func fits(format, ext string) bool {
	switch strings.ToLower(ext) {
	case ".jpg", ".jpeg":
		return format == "jpeg"
	case ".png":
		return format == "png"
	}
	return false
}

func pictureFailure(name string, err error) *callError {
	switch {
	case errors.Is(err, errTooLarge):
		return &callError{rule: rulePictureSize,
			why:    lang.F("%s is larger than 2 MB (%d bytes), which the platform refuses.", "%s 超过 2 MB（%d 字节），平台不接受。", name, maxImageSize),
			remedy: lang.T("Make it smaller: fewer pixels, or JPEG instead of PNG.", "请压缩图片：减小尺寸，或用 JPEG 代替 PNG。")}
	case errors.Is(err, fs.ErrNotExist):
		return &callError{rule: rulePictureMissing,
			why:    lang.F("There is no file %q in the catalog directory.", "目录中没有文件 %q。", name),
			remedy: lang.T("Correct the path, or add the file; paths are relative to the catalog directory.", "请修正路径或添加文件；路径相对于目录。")}
	case errors.Is(err, errEscapes):
		rl, why, remedy := readFailure(name, err)
		return &callError{rule: rl, why: why, remedy: remedy}
	}
	_, why, remedy := readFailure(name, err)
	return &callError{rule: rulePictureFile, why: why, remedy: remedy}
}

// Open returns the bytes of a picture that is a file of the catalog. It fails
// when the file no longer holds what was checked when the catalog was loaded.
func (c *Catalog) Open(key ImageKey) (io.ReadCloser, error) {
	img, ok := c.Images[key]
	if !ok || img.Path == "" {
		return nil, fmt.Errorf("picture %s: %w", key, fs.ErrNotExist)
	}
	dir, err := openDirectory(c.dir)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", img.Path, err)
	}
	defer dir.close()
	raw, err := dir.read(img.Path, maxImageSize)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", img.Path, err)
	}
	if keyOf(raw) != key {
		return nil, fmt.Errorf("picture %s: the file changed since the catalog was checked", img.Path)
	}
	return io.NopCloser(bytes.NewReader(raw)), nil
}
