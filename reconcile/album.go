package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Picture is one picture that is declared, or that was uploaded at some time.
type Picture struct {
	// Image is as the catalog has it; of a picture that is not declared only the
	// key is known.
	Image schema.ImageFile
	// UsedBy are the objects that show it, sorted; none when it is not declared.
	UsedBy []schema.Address
	// URL is where the platform keeps it, since At; empty when it was not uploaded.
	URL string
	At  time.Time
}

// Album lists the pictures of a catalog and of a state, in the order of the
// objects that use them; those that nobody uses come last.
func Album(cat *schema.Catalog, st *state.State) []Picture {
	users := map[schema.ImageKey][]schema.Address{}
	for _, addr := range cat.Addresses() {
		for _, image := range declaredPictures(cat, addr) {
			if own := users[image.Key]; image.Key != "" && (len(own) == 0 || own[len(own)-1] != addr) {
				users[image.Key] = append(own, addr)
			}
		}
	}
	album := make([]Picture, 0, len(cat.Images))
	for key, image := range cat.Images {
		rec := st.Images[key]
		album = append(album, Picture{Image: image, UsedBy: users[key], URL: rec.URL, At: rec.At})
	}
	for key, rec := range st.Images {
		if _, declared := cat.Images[key]; !declared {
			album = append(album, Picture{Image: schema.ImageFile{Image: schema.Image{Key: key}}, URL: rec.URL, At: rec.At})
		}
	}
	slices.SortFunc(album, func(a, b Picture) int {
		switch {
		case len(a.UsedBy) == 0 || len(b.UsedBy) == 0:
			return cmp.Or(cmp.Compare(len(b.UsedBy), len(a.UsedBy)), cmp.Compare(a.Image.Key, b.Image.Key))
		}
		return cmp.Or(a.UsedBy[0].Compare(b.UsedBy[0]), cmp.Compare(a.Image.Path, b.Image.Path), cmp.Compare(a.Image.Key, b.Image.Key))
	})
	return album
}

// declaredPictures are the pictures that an object shows or submits.
func declaredPictures(cat *schema.Catalog, addr schema.Address) []schema.Image {
	switch addr.Kind {
	case schema.KindBrand:
		return brandPictures(cat.Brands[addr.Name])
	case schema.KindQualification:
		q := cat.Qualifications[addr.Name]
		return slices.Concat(q.License, q.Certificate)
	case schema.KindSPU:
		return spuPictures(cat.SPUs[addr.Name])
	}
	return nil
}
