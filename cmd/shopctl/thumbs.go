package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/schema/raster"
)

// A page shows pictures small, and holds them itself. Beyond so many it shows
// names alone: a page that a browser cannot open shows nothing.
const (
	maxThumbs = 400
	thumbSide = 240      // pixels
	thumbSize = 14 << 10 // bytes
	// maxPicture is the largest file that is read for it, in bytes: what the
	// platform takes, and what may be shrunk to that.
	maxPicture = 32 << 20
)

// pictureOpener reads a picture that a plan names.
type pictureOpener func(key schema.ImageKey, ref reconcile.PictureRef) ([]byte, error)

// illustrate gives the view the pictures of a plan, small. It asks open for
// those that are not in the cache, and goes without what cannot be had.
func (a *app) illustrate(refs map[schema.ImageKey]reconcile.PictureRef, open pictureOpener) {
	keys := slices.SortedFunc(maps.Keys(refs), func(x, y schema.ImageKey) int {
		return cmp.Or(-cmp.Compare(refs[x].Path, refs[y].Path), cmp.Compare(x, y)) // files first
	})
	keys = keys[:min(len(keys), maxThumbs)]
	small := make([][]byte, len(keys))
	var work errgroup.Group
	work.SetLimit(4)
	for i, key := range keys {
		work.Go(func() error {
			small[i] = a.thumb(key, refs[key], open)
			return nil
		})
	}
	work.Wait() // nothing fails: a picture is there or is not
	thumbs := make(map[schema.ImageKey][]byte, len(keys))
	prints := make(map[schema.ImageKey]raster.Print, len(keys))
	for i, key := range keys {
		if len(small[i]) > 0 {
			thumbs[key], prints[key] = small[i], raster.Look(small[i]).Print
		}
	}
	a.view.Thumb = func(key schema.ImageKey) []byte { return thumbs[key] }
	a.view.Alike = func(x, y schema.ImageKey) bool {
		p, one := prints[x]
		q, two := prints[y]
		return one && two && p.Alike(q)
	}
}

// thumb is one picture, small, from the cache or made now; nil when it cannot be had.
func (a *app) thumb(key schema.ImageKey, ref reconcile.PictureRef, open pictureOpener) []byte {
	sum := sha256.Sum256([]byte(key))
	kept := filepath.Join(a.pictureCache(), "thumbs", hex.EncodeToString(sum[:16]))
	if small, err := os.ReadFile(kept); err == nil {
		return small
	}
	raw, err := open(key, ref)
	if err != nil || raster.Look(raw).Fault != raster.Sound {
		return nil
	}
	small, err := raster.Shrink(raw, raster.Limits{Bytes: thumbSize, Side: thumbSide})
	if err != nil {
		return nil
	}
	if os.MkdirAll(filepath.Dir(kept), 0o755) == nil {
		_ = replaceFile(kept, func(w io.Writer) error { _, err := w.Write(small); return err }) // a cache: made again when it is not there
	}
	return small
}

// fromCatalog reads pictures of the files, and, where a platform hands them out,
// of the shop.
func fromCatalog(ctx context.Context, s *situation) pictureOpener {
	source, _ := s.shop.provider.(provider.PictureSource)
	return func(key schema.ImageKey, ref reconcile.PictureRef) ([]byte, error) {
		if f, err := s.catalog.Open(key); err == nil {
			return readPicture(f)
		}
		if source == nil || s.seen == nil || ref.URL == "" {
			return nil, errNoPicture
		}
		raw, _, err := source.FetchPicture(ctx, ref.URL)
		return raw, err
	}
}

// fromDirectory reads pictures beside a saved plan. The plan may be anybody's, so
// that only what it names by its content is shown, from within the directory.
func fromDirectory(dir string) pictureOpener {
	return func(key schema.ImageKey, ref reconcile.PictureRef) ([]byte, error) {
		digest, ok := strings.CutPrefix(string(key), "sha256:")
		if !ok || ref.Path == "" {
			return nil, errNoPicture
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		info, err := root.Stat(filepath.FromSlash(ref.Path))
		if err != nil || !info.Mode().IsRegular() {
			return nil, errNoPicture
		}
		f, err := root.Open(filepath.FromSlash(ref.Path))
		if err != nil {
			return nil, err
		}
		raw, err := readPicture(f)
		if sum := sha256.Sum256(raw); err == nil && hex.EncodeToString(sum[:]) != digest {
			return nil, errNoPicture
		}
		return raw, err
	}
}

var errNoPicture = errors.New("the picture cannot be had here")

func readPicture(f io.ReadCloser) ([]byte, error) {
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxPicture+1))
	if len(raw) > maxPicture {
		return nil, errNoPicture
	}
	return raw, err
}
