package schema

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/shopctl/shopctl/schema/raster"
)

// maxOriginalSize is how large a picture may be, in bytes, of which a smaller
// one is made.
const maxOriginalSize = 64 << 20

// bg is for waiting that nothing cuts short.
var bg = context.Background()

// workshop reads the pictures of a catalog and, where the shop block says so,
// makes smaller ones of those that are too large. The files stay as they are.
type workshop struct {
	dir    *directory
	fix    bool
	limits raster.Limits
	kept   *keptPictures
}

func newWorkshop(dir *directory, policy ImagePolicy, cacheDir string) *workshop {
	return &workshop{dir: dir, fix: policy.Fix, limits: raster.Limits{Bytes: maxImageSize, Side: policy.MaxSide}, kept: openKept(cacheDir)}
}

// read returns the bytes of a file that is small enough to be a picture. They are good
// until the buffer is used again.
func (w *workshop) read(b *bytes.Buffer, name string) ([]byte, error) {
	if w.fix {
		return w.dir.readInto(b, name, maxOriginalSize)
	}
	return w.dir.readInto(b, name, maxImageSize)
}

// shrunk is the smaller picture that is made of one with this digest. It is
// made once and then kept, because it takes a second; nobody believes what is
// kept before its own digest was computed.
func (w *workshop) shrunk(digest raster.Digest, raw []byte) ([]byte, error) {
	name := fmt.Sprintf("%s-%d", hex.EncodeToString(digest[:]), w.limits.Side)
	if fixed := w.kept.shrunk(name); fixed != nil {
		if v := raster.Look(fixed); v.Fault == raster.Sound && !w.limits.Exceeds(v, int64(len(fixed))) {
			return fixed, nil
		}
	}
	fixed, err := raster.Shrink(raw, w.limits)
	if err == nil {
		w.kept.keepShrunk(name, fixed)
	}
	return fixed, err
}

// open returns the bytes that are sent for a picture, if they are still those
// that were checked.
func (w *workshop) open(img ImageFile) ([]byte, error) {
	raw, err := w.read(new(bytes.Buffer), img.Path)
	if err != nil {
		return nil, err
	}
	if img.Original != nil {
		if raw, err = w.shrunk(raster.DigestOf(raw), raw); err != nil {
			return nil, err
		}
	}
	if keyOf(raster.DigestOf(raw)) != img.Key {
		return nil, errChanged
	}
	return raw, nil
}

var errChanged = errors.New("the file changed since the catalog was checked")

// Open returns the bytes of a picture that is a file of the catalog, as they are
// to be sent. It fails when the file no longer holds what was checked when the
// catalog was loaded.
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
	shop := *c.workshop
	shop.dir = dir
	raw, err := shop.open(img)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", img.Path, err)
	}
	return io.NopCloser(bytes.NewReader(raw)), nil
}

// FileName is the name under which a picture is sent.
func (i ImageFile) FileName() string {
	base := path.Base(i.Path)
	if i.Original == nil {
		return base
	}
	return strings.TrimSuffix(base, path.Ext(base)) + raster.Format(i.Original.Format).Extension()
}
