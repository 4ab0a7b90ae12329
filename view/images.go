package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// imagesDocument is the JSON form of the pictures of a catalog and a state.
type imagesDocument struct {
	Envelope
	Images []imageModel `json:"images"`
}

type imageModel struct {
	Key         schema.ImageKey  `json:"key"`
	Path        string           `json:"path,omitempty"`
	URL         string           `json:"url,omitempty"`
	Size        int64            `json:"size,omitempty"`
	Width       int              `json:"width,omitempty"`
	Height      int              `json:"height,omitempty"`
	Original    *originalModel   `json:"original,omitempty"`
	UsedBy      []schema.Address `json:"used_by"`
	UploadedURL string           `json:"uploaded_url,omitempty"`
	UploadedAt  *time.Time       `json:"uploaded_at,omitempty"`
}

type originalModel struct {
	Size   int64 `json:"size"`
	Width  int   `json:"width"`
	Height int   `json:"height"`
}

func modelOf(p *reconcile.Picture) imageModel {
	m := imageModel{
		Key: p.Image.Key, Path: p.Image.Path, URL: p.Image.URL, Size: p.Image.Size, Width: p.Image.Width, Height: p.Image.Height,
		UsedBy: append([]schema.Address{}, p.UsedBy...), UploadedURL: p.URL,
	}
	if o := p.Image.Original; o != nil {
		m.Original = &originalModel{o.Size, o.Width, o.Height}
	}
	if !p.At.IsZero() {
		m.UploadedAt = &p.At
	}
	return m
}

// Images lists pictures, one a line: where it is, how large, who uses it, and
// whether the platform has it.
func (v *View) Images(album []reconcile.Picture) error {
	if v.Format == JSON {
		doc := imagesDocument{Envelope: Envelope{"images", 1}, Images: []imageModel{}}
		for i := range album {
			doc.Images = append(doc.Images, modelOf(&album[i]))
		}
		return writeJSON(v.Out, doc)
	}
	p := v.outPage()
	var rows [][]span
	used, uploaded, unused := 0, 0, 0
	for i := range album {
		pic := &album[i]
		if len(pic.UsedBy) > 0 {
			used++
		} else {
			unused++
		}
		if pic.URL != "" {
			uploaded++
		}
		rows = append(rows, []span{
			raw(shortKey(pic.Image.Key)).as(faint), raw(pic.Image.Path + pic.Image.URL).as(bold), words(sizeOf(pic.Image)), words(usersOf(pic.UsedBy)), words(uploadOf(pic)),
		})
	}
	p.table(0, rows)
	parts := []lang.Text{counted(used, "picture", "pictures", "张图片"), lang.F("%d uploaded", "已上传 %d 张", uploaded)}
	if unused > 0 {
		parts = append(parts, lang.F("%d used by nobody (shopctl images prune)", "%d 张无人使用（shopctl images prune）", unused))
	}
	p.line(0, words(sentence(listed(parts))))
	return p.flush(v.Out)
}

// shortKey is enough of a digest to find the picture by; of a URL, nothing: it
// stands beside it.
func shortKey(key schema.ImageKey) string {
	if digest, ok := strings.CutPrefix(string(key), "sha256:"); ok {
		return digest[:min(12, len(digest))]
	}
	return "URL"
}

// sizeOf is the size of a picture in bytes and pixels, and what it is made of.
func sizeOf(i schema.ImageFile) lang.Text {
	if i.Size == 0 {
		return lang.Text{}
	}
	size := lang.Same(pixels(i.Width, i.Height) + " " + lang.Size(i.Size))
	if o := i.Original; o != nil {
		size = join(size, lang.F(" (shrunk from %s %s)", "（由 %s %s 缩小）", pixels(o.Width, o.Height), lang.Size(o.Size)))
	}
	return size
}

func pixels(width, height int) string { return strconv.Itoa(width) + "×" + strconv.Itoa(height) }

// usersOf names the first user and counts the others.
func usersOf(users []schema.Address) lang.Text {
	switch len(users) {
	case 0:
		return lang.T("used by nobody", "无人使用")
	case 1:
		return lang.Same(users[0].String())
	}
	return lang.F("%[1]s and %[2]d more", "%[1]s 等 %[3]d 个", users[0], len(users)-1, len(users))
}

func uploadOf(p *reconcile.Picture) lang.Text {
	if p.URL == "" {
		return lang.T("not uploaded", "未上传")
	}
	return lang.Same(clock(p.At) + " " + p.URL)
}

// ImagesSound says that nothing is wrong with the pictures of a catalog.
func (v *View) ImagesSound(catalog *schema.Catalog) error {
	var files, shrunk int
	var size int64
	for _, i := range catalog.Images {
		if i.Path != "" {
			files++
			size += i.Size
		}
		if i.Original != nil {
			shrunk++
		}
	}
	t := counted(files, "picture was", "pictures were", "张图片")
	text := lang.T(t.EN+" decoded to the last pixel and can be sent ("+lang.Size(size)+").", t.ZH+"均已完整解码，可以发送（"+lang.Size(size)+"）。")
	if shrunk > 0 {
		text = join(text, lang.F(" Shrunk on the way: %d.", "其中 %d 张发送前会缩小。", shrunk))
	}
	return v.Line(text)
}
