package intake

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Accept is one product that was changed in the shop's console, and is to be
// declared as it is there now.
type Accept struct {
	Address schema.Address
	Source  schema.Source
	// Want is the product as declared, Have as the shop shows it, with pictures
	// and brand in terms of the catalog.
	Want, Have *schema.SPU
	// Paths are the fields to take over, as plans name them: "title",
	// "sku.27359029914.sale_price", "sku.27359029914" for the SKU itself.
	Paths []string
}

// Edit is one field of one product in one file.
type Edit struct {
	Address schema.Address `json:"address"`
	Path    string         `json:"path"`
	At      string         `json:"at"` // "file:line"
	Old     string         `json:"old,omitempty"`
	New     string         `json:"new,omitempty"`
	// ByHand is set where an expression cannot be turned round: New is the value to
	// write, Why what stands in the way.
	ByHand bool      `json:"by_hand,omitempty"`
	Why    lang.Text `json:"why,omitzero"`
}

// Drift is what has to change in the files so that they say what the shop has.
// Nothing is written before Write.
type Drift struct {
	Edits []Edit
	dir   *os.Root
	hcl   map[string]*hclFile
	csv   map[string]*csvFile
}

// PlanDrift works out the edits. The caller closes the result.
func PlanDrift(dir string, accepts []Accept) (*Drift, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Drift{dir: root, hcl: map[string]*hclFile{}, csv: map[string]*csvFile{}}
	for i := range accepts {
		if err := d.accept(&accepts[i]); err != nil {
			root.Close()
			return nil, fmt.Errorf("%s: %w", accepts[i].Address, err)
		}
	}
	return d, nil
}

// Close lets go of the directory.
func (d *Drift) Close() error { return d.dir.Close() }

// Written is how many edits Write makes; the others are for people.
func (d *Drift) Written() int {
	n := 0
	for _, e := range d.Edits {
		if !e.ByHand {
			n++
		}
	}
	return n
}

// Write replaces the files that changed, each in one step, and returns them.
func (d *Drift) Write() ([]string, error) {
	content := map[string][]byte{}
	for name, f := range d.hcl {
		if f.changed {
			b, err := f.bytes()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			content[name] = b
		}
	}
	for name, f := range d.csv {
		if len(f.splices) > 0 {
			b, err := f.bytes()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			content[name] = b
		}
	}
	var written []string
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if err := replace(d.dir, name, content[name]); err != nil {
			return written, err
		}
		written = append(written, name)
	}
	return written, nil
}

// accept works out the edits of one product.
func (d *Drift) accept(a *Accept) error {
	p := &place{drift: d, accept: a}
	if err := p.open(); err != nil {
		return err
	}
	if p.outer == nil {
		for _, path := range a.Paths {
			p.byHand(path, a.Source.Range.Start.Line, lang.T("the product is not in a file of HCL blocks", "该商品不在 HCL 块文件中"), "")
		}
		return nil
	}
	for _, path := range a.Paths {
		id, field, isSKU := cutSKUPath(path, a)
		switch {
		case isSKU && field == "":
			p.presence(path, id)
		case isSKU:
			p.skuField(path, id, field)
		default:
			p.spuField(path)
		}
	}
	return nil
}

// cutSKUPath takes "sku.ID" and "sku.ID.FIELD" apart. An out_sku_id may hold
// dots, so the ids are those that the product has, there or here.
func cutSKUPath(path string, a *Accept) (id, field string, ok bool) {
	rest, ok := strings.CutPrefix(path, "sku.")
	if !ok {
		return "", "", false
	}
	if skuOf(a.Want, rest) != nil || skuOf(a.Have, rest) != nil {
		return rest, "", true
	}
	i := strings.LastIndexByte(rest, '.')
	if i < 0 {
		return rest, "", true
	}
	return rest[:i], rest[i+1:], true
}

func skuOf(s *schema.SPU, id string) *schema.SKU {
	for i := range s.SKUs {
		if s.SKUs[i].OutSKUID == id {
			return &s.SKUs[i]
		}
	}
	return nil
}
