package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/schema/raster"
)

// FetchFunc reads a picture of the shop; extension is ".jpg" or ".png".
type FetchFunc func(ctx context.Context, url string) (content []byte, extension string, err error)

// fetchers is how many pictures are fetched at the same time.
const fetchers = 8

// Pictures fetches the pictures of what was taken into files below dir, named by
// their content: img/PRODUCT/DIGEST.jpg. A picture that several products show
// lies with the first of them. Those that cannot be had, or that the platform
// would not take again, stay links of the shop and are told among the problems.
// fetched hears of each picture, from many goroutines, when it is done.
func (t *Taken) Pictures(ctx context.Context, dir string, fetch FetchFunc, fetched func(bytes int)) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	byURL := map[string]*picture{}
	var list []*picture
	for _, s := range t.SPUs {
		t.ownPictures(s)
		for image := range imagesOf(s) {
			if byURL[image.URL] == nil {
				p := &picture{url: image.URL, owner: s.OutProductID}
				byURL[image.URL], list = p, append(list, p)
			}
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(fetchers)
	for _, p := range list {
		group.Go(func() error {
			n, err := p.load(ctx, root, fetch)
			fetched(n)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	t.links = make(map[schema.ImageKey]string, len(byURL))
	for _, s := range t.SPUs {
		t.place(s, byURL)
	}
	return nil
}

// PictureCount is how many pictures Pictures will fetch.
func (t *Taken) PictureCount() int {
	urls := map[string]bool{}
	for _, s := range t.SPUs {
		for image := range imagesOf(s) {
			urls[image.URL] = true
		}
	}
	return len(urls)
}

// ownPictures gives a product lists of its own, so that naming files leaves what
// was observed as it is.
func (t *Taken) ownPictures(s *schema.SPU) {
	for _, list := range []*[]schema.Image{&s.HeadImg, &s.QualificationPics, &s.DescInfo.Imgs} {
		*list = append([]schema.Image(nil), *list...)
	}
}

// imagesOf yields the pictures of a product that are links.
func imagesOf(s *schema.SPU) func(yield func(*schema.Image) bool) {
	return func(yield func(*schema.Image) bool) {
		for _, list := range [][]schema.Image{s.HeadImg, s.QualificationPics, s.DescInfo.Imgs} {
			for i := range list {
				if list[i].URL != "" && !yield(&list[i]) {
					return
				}
			}
		}
		for i := range s.SKUs {
			if img := &s.SKUs[i].ThumbImg; img.URL != "" && !yield(img) {
				return
			}
		}
	}
}

// picture is one link of the shop, and the file that was made of it; err says
// why there is none.
type picture struct {
	url, owner string
	file       schema.Image
	err        error
}

// load fetches a picture into a file and returns its size. What cannot be fetched
// is noted; only the disk and an interrupt are errors.
func (p *picture) load(ctx context.Context, root *os.Root, fetch FetchFunc) (size int, err error) {
	content, extension, err := fetch(ctx, p.url)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err == nil {
		if v := raster.Look(content); v.Fault != raster.Sound {
			err = errors.New("it is " + string(v.Fault))
		}
	}
	if err != nil {
		p.err = err
		return len(content), nil
	}
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	p.file = schema.Image{
		Key:  schema.ImageKey("sha256:" + digest),
		Path: path.Join("img", pictureFolder(p.owner), digest[:16]+extension),
	}
	if err := create(root, p.file.Path, bytes.NewReader(content)); err != nil && !errors.Is(err, fs.ErrExist) {
		return 0, err
	}
	return len(content), nil
}

// place puts the files in the place of the links, and tells which stay links,
// and why.
func (t *Taken) place(s *schema.SPU, byURL map[string]*picture) {
	kept, why := 0, error(nil)
	for image := range imagesOf(s) {
		p := byURL[image.URL]
		if p.err != nil {
			kept, why = kept+1, p.err
			continue
		}
		*image = p.file
		t.links[p.file.Key] = p.url
	}
	if kept > 0 {
		t.problem("spu."+s.OutProductID, lang.F("%d pictures stay links of the shop: %v.", "%d 张图片仍为店铺链接：%v。", kept, why),
			lang.T("Put files in their place when you next change them.", "下次修改时请换成文件。"))
	}
}

// pictureFolder is the folder of a product's pictures: its id, as far as that can
// be a name on every system.
func pictureFolder(id string) string {
	name := fileName(id)
	if name != id || strings.HasPrefix(name, "-") {
		sum := sha256.Sum256([]byte(id))
		name = strings.Trim(name, "-") + "-" + hex.EncodeToString(sum[:3])
	}
	return name
}

// Links are the URLs in the shop of the pictures that are files now.
func (t *Taken) Links() map[schema.ImageKey]string { return t.links }
