package reconcile

import (
	"cmp"
	"strings"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// SKULine is one SKU of a product that changes, changed or not, so that a reader
// sees a price beside its sisters. A SKU that comes has no Have, one that goes no Want.
type SKULine struct {
	OutSKUID string        `json:"out_sku_id"`
	Attrs    []schema.Attr `json:"attrs,omitempty"`
	// Thumb is the declared picture; that of the shop where none is declared.
	Thumb schema.ImageKey `json:"thumb,omitempty"`
	Want  *SKUValues      `json:"want,omitempty"`
	Have  *SKUValues      `json:"have,omitempty"`
}

// SKUValues are the numbers of a SKU: money in fen. Stock is nil where it is the
// shop's own affair.
type SKUValues struct {
	SalePrice   schema.Fen `json:"sale_price"`
	MarketPrice schema.Fen `json:"market_price"`
	Stock       *int64     `json:"stock,omitempty"`
}

// PictureRef says where a picture that a plan names can be seen.
type PictureRef struct {
	Path string `json:"path,omitempty"` // in the catalog directory
	URL  string `json:"url,omitempty"`  // of the platform, or as it is declared
}

// Illustrate adds to a plan what a reader wants to see beside the differences:
// the SKUs of the products that change, and where their pictures are. It takes
// what Make took. Apply needs none of it.
func Illustrate(plan *Plan, cat *schema.Catalog, st *state.State, obs *provider.Observation, pol Policy) {
	pl := newPlanner(cat, st, obs, pol)
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Address.Kind == schema.KindSPU && len(c.Fields) > 0 {
			c.SKUs = skuLines(cat.SPUs[c.Address.Name], pl.shown(c.Address.Name))
		}
	}
	plan.Pictures = pl.picturesOf(plan.Changes)
}

// shown is the copy of a product that a reader compares with: what buyers see,
// or the draft where they see nothing; nil for a product that is not there.
func (pl *planner) shown(outProductID string) *provider.Copy {
	if pl.obs == nil || pl.obs.Products[outProductID] == nil {
		return nil
	}
	p := pl.obs.Products[outProductID]
	return cmp.Or(p.Online, p.Draft)
}

// skuLines are the SKUs in the order of the files, then those that only the shop has.
func skuLines(want *schema.SPU, have *provider.Copy) []SKULine {
	var lines []SKULine
	place := map[string]int{}
	if want != nil {
		for i := range want.SKUs {
			s := &want.SKUs[i]
			place[s.OutSKUID] = len(lines)
			lines = append(lines, SKULine{OutSKUID: s.OutSKUID, Attrs: s.SKUAttrs, Thumb: s.ThumbImg.Key, Want: valuesOf(s, want.StockManaged || have == nil)})
		}
	}
	if have == nil {
		return lines
	}
	for i := range have.SPU.SKUs {
		s := &have.SPU.SKUs[i]
		values := valuesOf(s, true)
		if at, ok := place[s.OutSKUID]; ok {
			lines[at].Have = values
			continue
		}
		lines = append(lines, SKULine{OutSKUID: s.OutSKUID, Attrs: s.SKUAttrs, Thumb: s.ThumbImg.Key, Have: values})
	}
	return lines
}

func valuesOf(s *schema.SKU, stock bool) *SKUValues {
	v := &SKUValues{SalePrice: s.SalePrice, MarketPrice: s.MarketPrice}
	if stock {
		n := s.StockNum
		v.Stock = &n
	}
	return v
}

// picturesOf finds every picture that the changes name.
func (pl *planner) picturesOf(changes []Change) map[schema.ImageKey]PictureRef {
	refs := map[schema.ImageKey]PictureRef{}
	for i := range changes {
		for _, f := range changes[i].Fields {
			if f.Kind != FieldPictures {
				continue
			}
			for key := range strings.SplitSeq(f.Old+"\n"+f.New, "\n") {
				if key != "" {
					refs[schema.ImageKey(key)] = pl.pictureRef(schema.ImageKey(key))
				}
			}
		}
		for _, line := range changes[i].SKUs {
			if line.Thumb != "" {
				refs[line.Thumb] = pl.pictureRef(line.Thumb)
			}
		}
	}
	return refs
}

func (pl *planner) pictureRef(key schema.ImageKey) PictureRef {
	declared := pl.cat.Images[key]
	ref := PictureRef{Path: declared.Path, URL: declared.URL}
	if url, known := pl.image(key); known {
		ref.URL = url
	}
	if ref == (PictureRef{}) {
		ref.URL = string(key) // a picture of the shop that was never ours goes by its URL
	}
	return ref
}
