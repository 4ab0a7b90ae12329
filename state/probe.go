package state

import (
	"context"

	"github.com/shopctl/shopctl/lang"
)

// Prober is a store that can try whether its server keeps the promises that the
// store is built on. It uses objects and locks of its own and removes them.
type Prober interface {
	Probe(ctx context.Context) ([]Finding, error)
}

// Finding is one promise and what was seen of it.
type Finding struct {
	Promise lang.Text
	Kept    bool
	Seen    lang.Text
}
