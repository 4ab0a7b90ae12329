package schema

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema/raster"
)

// gallery reads and decodes every picture once, however often it is used.
type gallery struct {
	*report
	shop *workshop
	// memory bounds how many pixels are decoded at the same time.
	memory *semaphore.Weighted
	looked func(bytes int64) // hears of every picture that was looked at
	// buffers hold pictures while they are looked at, one after the other.
	buffers sync.Pool

	mu     sync.Mutex // guards byPath while many look
	byPath map[string]photo
	used   map[ImageKey]ImageFile
}

// photo is what is known of one path: the picture, or why there is none.
type photo struct {
	image ImageFile
	print raster.Print
	fault *callError
}

// newGallery looks at pictures below dir as they are; see builder.hang.
func newGallery(r *report, dir *directory) *gallery {
	return &gallery{report: r, shop: newWorkshop(dir, ImagePolicy{}, ""), looked: func(int64) {},
		memory: semaphore.NewWeighted(raster.MaxPixels), byPath: map[string]photo{}, used: map[ImageKey]ImageFile{},
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

// image returns the picture that a catalog names, and reports what is wrong with it.
func (g *gallery) image(p picture) (Image, bool) {
	found := g.find(p.name)
	if found.fault != nil {
		g.add(found.fault.rule, p.at.place(), found.fault.why, found.fault.remedy)
		return Image{}, false
	}
	if _, known := g.used[found.image.Key]; !known {
		g.used[found.image.Key] = found.image
	}
	return found.image.Image, true
}

func (g *gallery) find(name string) photo {
	if isURL(name) {
		image, fault := pictureByURL(name)
		return photo{image: ImageFile{Image: image}, fault: fault}
	}
	cleaned, err := clean(name)
	if err != nil {
		return photo{fault: g.shop.failure(name, err)}
	}
	found, known := g.byPath[cleaned]
	if !known {
		found = g.look(cleaned)
		g.byPath[cleaned] = found
	}
	return found
}

// isURL tells addresses from paths; a scheme of one letter is a drive.
func isURL(name string) bool {
	scheme, _, found := strings.Cut(name, ":")
	return found && len(scheme) > 1 && !strings.ContainsAny(scheme, "/.")
}

// prepare looks at pictures that will be asked for, many at the same time.
func (g *gallery) prepare(names []string) {
	var missing []string
	for _, name := range names {
		cleaned, err := clean(name)
		if _, known := g.byPath[cleaned]; err == nil && !known && !isURL(name) {
			missing = append(missing, cleaned)
		}
	}
	slices.Sort(missing)
	group := crash.NewGroup()
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range slices.Compact(missing) {
		group.Go(func() error {
			found := g.look(name)
			g.mu.Lock()
			defer g.mu.Unlock()
			g.byPath[name] = found
			return nil
		})
	}
	_ = group.Wait() // a picture that cannot be had is a finding where it is used
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

// look reads one file and checks it to its last pixel.
func (g *gallery) look(name string) photo {
	buf := g.buffers.Get().(*bytes.Buffer)
	defer g.buffers.Put(buf)
	raw, err := g.shop.read(buf, name)
	if err != nil {
		return photo{fault: g.shop.failure(name, err)}
	}
	digest := raster.DigestOf(raw)
	verdict := g.judge(digest, raw)
	g.looked(int64(len(raw)))
	if fault := g.shop.refuse(name, raw, verdict); fault != nil {
		return photo{fault: fault}
	}
	found := photo{print: verdict.Print, image: ImageFile{
		Image: Image{Key: keyOf(digest), Path: name}, Size: int64(len(raw)), Width: verdict.Width, Height: verdict.Height}}
	if !g.shop.limits.Exceeds(verdict, int64(len(raw))) {
		return found
	}
	return g.shrink(found, digest, raw)
}

// judge decodes a picture, unless that was done before: what the bytes are does
// not change, so a verdict is remembered by their digest.
func (g *gallery) judge(digest raster.Digest, raw []byte) raster.Verdict {
	if verdict, known := g.shop.kept.verdict(digest); known {
		return verdict
	}
	done := g.reserve(raw)
	defer done()
	verdict := raster.Look(raw)
	g.shop.kept.remember(digest, verdict)
	return verdict
}

// reserve waits until a picture may be decoded.
func (g *gallery) reserve(raw []byte) (done func()) {
	pixels := raster.Cost(raw)
	_ = g.memory.Acquire(bg, pixels) // fails only when its context ends, which bg does not
	return func() { g.memory.Release(pixels) }
}

// shrink replaces a picture that is too large by a smaller one.
func (g *gallery) shrink(large photo, digest raster.Digest, raw []byte) photo {
	done := g.reserve(raw)
	fixed, err := g.shop.shrunk(digest, raw)
	done()
	if err != nil {
		return photo{fault: g.shop.failure(large.image.Path, err)}
	}
	digest = raster.DigestOf(fixed)
	verdict := g.judge(digest, fixed)
	original := &Original{Size: large.image.Size, Width: large.image.Width, Height: large.image.Height, Format: string(verdict.Format)}
	return photo{print: verdict.Print, image: ImageFile{
		Image: Image{Key: keyOf(digest), Path: large.image.Path}, Original: original,
		Size: int64(len(fixed)), Width: verdict.Width, Height: verdict.Height}}
}

func keyOf(digest raster.Digest) ImageKey {
	return ImageKey("sha256:" + hex.EncodeToString(digest[:]))
}

// refuse says why a picture of the catalog cannot be used; nil when it can, or
// can be made smaller.
func (w *workshop) refuse(name string, raw []byte, v raster.Verdict) *callError {
	switch v.Fault {
	case raster.Empty:
		return &callError{rule: rulePictureFormat,
			why:    lang.F("%s is empty.", "%s 是空文件。", name),
			remedy: lang.T("Export the picture again; a copy or a download was probably cut off.", "请重新导出图片；可能是复制或下载中断了。")}
	case raster.Foreign:
		return foreign(name, raw)
	case raster.Bomb:
		return &callError{rule: rulePicturePixels,
			why:    lang.F("%s claims to be %d×%d pixels, more than the %d million that are decoded here.", "%s 声称有 %d×%d 像素，超过可解码的上限 %d 百万像素。", name, v.Width, v.Height, raster.MaxPixels/1_000_000),
			remedy: lang.T("Save it with fewer pixels; 1440 on the longer side are plenty.", "请减小像素尺寸；长边 1440 像素已足够。")}
	case raster.Animated:
		return &callError{rule: rulePictureAnimated,
			why:    lang.F("%s is an animated PNG; the platform takes still pictures (jpg, jpeg, png).", "%s 是动态 PNG；平台只接受静态图片（jpg、jpeg、png）。", name),
			remedy: lang.T("Save one frame of it as a picture.", "请把其中一帧另存为图片。")}
	case raster.Damaged:
		return &callError{rule: rulePictureDamaged,
			why:    lang.F("%s begins as %s and cannot be decoded to its end: it is cut off or damaged.", "%s 开头是 %s，但无法完整解码：文件被截断或已损坏。", name, strings.ToUpper(string(v.Format))),
			remedy: lang.T("Export the picture again, or copy it again from where it came.", "请重新导出图片，或从来源重新复制。")}
	}
	if !fits(v.Format, path.Ext(name)) {
		return &callError{rule: rulePictureExt,
			why:    lang.F("%s holds a %s picture.", "%s 的内容是 %s 图片。", name, strings.ToUpper(string(v.Format))),
			remedy: lang.F("Rename it to %s.", "请把扩展名改为 %s。", v.Format.Extension())}
	}
	if !w.fix && w.limits.Side > 0 && max(v.Width, v.Height) > w.limits.Side {
		return &callError{rule: rulePictureSide,
			why:    lang.F("%s has %d×%d pixels; images { max_side } of the shop block allows %d.", "%s 为 %d×%d 像素；shop 块的 images { max_side } 只允许 %d。", name, v.Width, v.Height, w.limits.Side),
			remedy: lang.T("Make it smaller, or let shopctl do it: shop { images { fix = true } }.", "请缩小图片，或让 shopctl 代劳：shop { images { fix = true } }。")}
	}
	return nil
}

func foreign(name string, raw []byte) *callError {
	why := lang.F("The content of %s is neither JPEG nor PNG.", "%s 的内容不是 JPEG 或 PNG。", name)
	if is := raster.NameOf(raw); is != "" {
		why = lang.F("The content of %s is neither JPEG nor PNG; it looks like %s.", "%s 的内容不是 JPEG 或 PNG，看起来是 %s。", name, is)
	}
	return &callError{rule: rulePictureFormat, why: why,
		remedy: lang.T("Save the picture as JPEG or PNG; renaming it does not convert it.", "请把图片另存为 JPEG 或 PNG；仅改名不会转换格式。")}
}

func fits(format raster.Format, ext string) bool {
	switch strings.ToLower(ext) {
	case ".jpg", ".jpeg":
		return format == raster.JPEG
	case ".png":
		return format == raster.PNG
	}
	return false
}

// failure says why the file of a picture could not be had.
func (w *workshop) failure(name string, err error) *callError {
	switch {
	case errors.Is(err, errTooLarge):
		return w.tooLarge(name)
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

func (w *workshop) tooLarge(name string) *callError {
	size := lang.T("more", "更大")
	if info, err := w.dir.root.Stat(name); err == nil {
		size = lang.Same(lang.Size(info.Size()))
	}
	if w.fix {
		return &callError{rule: rulePictureSize,
			why:    lang.F("%[1]s has %[2]s; a picture of more than %[3]s is not even opened.", "%[1]s 有 %[4]s；超过 %[3]s 的图片不会打开。", name, size.EN, lang.Size(maxOriginalSize), size.ZH),
			remedy: lang.T("Export it smaller.", "请导出更小的图片。")}
	}
	return &callError{rule: rulePictureSize,
		why:    lang.F("%[1]s has %[2]s; the platform refuses more than 2 MB.", "%[1]s 有 %[3]s；平台不接受超过 2 MB 的图片。", name, size.EN, size.ZH),
		remedy: lang.T("Make it smaller, or let shopctl do it: shop { images { fix = true } }.", "请压缩图片，或让 shopctl 代劳：shop { images { fix = true } }。")}
}
