package fleet

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Shop is one shop of a repository.
type Shop struct {
	Dir string // below the root, with slashes; "." is the root
	// Block is what its shop block says; nil when that cannot be read. The task of
	// such a shop fails, and says why.
	Block *schema.Shop
}

// Name is the label of its shop block, "" when that is not known.
func (s Shop) Name() string {
	if s.Block == nil {
		return ""
	}
	return s.Block.Name
}

// ID says which shop of the platform it is; zero when that is not known.
func (s Shop) ID() state.ShopID {
	if s.Block == nil {
		return state.ShopID{}
	}
	return state.ShopID{Platform: s.Block.Platform, AppID: s.Block.AppID}
}

// source is where its shop block stands; zero when that is not known.
func (s Shop) source() schema.Range {
	if s.Block == nil {
		return schema.Range{}
	}
	return s.Block.Range
}

// Find looks root through for shops, and reads their shop blocks and nothing
// else. They are sorted by directory.
func Find(root string, opt schema.LoadOptions) ([]Shop, error) {
	dirs, err := schema.FindShops(root)
	if err != nil {
		return nil, fmt.Errorf("look for shops: %w", err)
	}
	shops := make([]Shop, len(dirs))
	for i, dir := range dirs {
		block, _ := schema.PeekShop(filepath.Join(root, filepath.FromSlash(dir)), opt)
		shops[i] = Shop{Dir: dir, Block: block}
	}
	return shops, nil
}

// Match keeps the shops that one of the patterns fits: globs as of path.Match
// over the directory, its last element, or the name. No pattern keeps all.
func Match(shops []Shop, patterns []string) ([]Shop, error) {
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("%q: %w", pattern, err)
		}
	}
	if len(patterns) == 0 {
		return shops, nil
	}
	var kept []Shop
	for _, s := range shops {
		if slices.ContainsFunc(patterns, s.matches) {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

func (s Shop) matches(pattern string) bool {
	pattern = strings.TrimSuffix(pattern, "/") // as shells complete it
	for _, name := range []string{s.Dir, path.Base(s.Dir), s.Name()} {
		if ok, _ := path.Match(pattern, name); ok && name != "" {
			return true
		}
	}
	return false
}

// Fight is what two or more directories claim for themselves: with both at work
// neither would ever be done, and a shared state would be lost.
type Fight struct {
	// AppID is set when they declare the same shop, State when they keep their
	// state in the same place.
	AppID, State string
	Dirs         []string // sorted
}

// Fights are the claims that more than one of the shops makes. settle fills in what
// a state block leaves to the environment.
func Fights(root string, shops []Shop, settle func(schema.StateConfig) schema.StateConfig) []Fight {
	ids, places := map[string][]string{}, map[string][]string{}
	for _, s := range shops {
		if s.Block == nil {
			continue
		}
		ids[s.Block.AppID] = append(ids[s.Block.AppID], s.Dir)
		place := Place(filepath.Join(root, filepath.FromSlash(s.Dir)), settle(s.Block.State))
		places[place] = append(places[place], s.Dir)
	}
	var fights []Fight
	for id, dirs := range ids {
		if len(dirs) > 1 {
			fights = append(fights, Fight{AppID: id, Dirs: dirs})
		}
	}
	for place, dirs := range places {
		if len(dirs) > 1 {
			fights = append(fights, Fight{State: place, Dirs: dirs})
		}
	}
	slices.SortFunc(fights, func(a, b Fight) int {
		return cmp.Or(slices.Compare(a.Dirs, b.Dirs), cmp.Compare(a.AppID, b.AppID))
	})
	return fights
}

// Tasks are one task for each shop.
func Tasks(verb Verb, shops []Shop, opt Options) []Task {
	tasks := make([]Task, len(shops))
	for i, s := range shops {
		tasks[i] = Task{Verb: verb, Dir: s.Dir, Name: s.Name(), Shop: s.ID(), Source: s.source(), Options: opt}
	}
	return tasks
}
