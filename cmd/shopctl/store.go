package main

import (
	"fmt"
	"path/filepath"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// backend is where the state of a catalog is kept. That of the sandbox is always
// a file of its own. The caller closes it.
func (a *app) backend(catalog *schema.Catalog) (state.Backend, error) {
	if a.global.sandbox {
		return state.NewLocal(filepath.Join(a.dataDir(), "state.jsonl")), nil
	}
	switch c := catalog.Shop.State; c.Store {
	case "local":
		return state.NewLocal(filepath.Join(a.global.dir, filepath.FromSlash(c.Path))), nil
	default:
		return nil, fmt.Errorf("no store %q: the rules of the shop block let it pass", c.Store)
	}
}
