package reconcile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// A pass runs one plan as a graph: each picture and each change is a node; a
// change comes after its pictures and after the changes that it needs.
type pass struct {
	*Run
	pl *planner
	// granted is set when an audit turned out to be unnecessary or granted at
	// once, so that what waited for it can go on without waiting for time to pass.
	granted          bool
	uploads, changes phase
	flights          [lanes]flight
	ready            flight // objects whose calls are announced or under way
	// left are the products for which the budget has no place in this pass, with
	// the time at which it may.
	left map[schema.Address]time.Time
	seen map[schema.Address]*provider.Product // read again during the pass
	err  *StateError                          // the state could not be written: nothing may go on
}

// pass runs the plan once. progress reports whether looking again at once may
// bring more.
func (r *Run) pass(ctx context.Context, plan *Plan) (progress bool, err error) {
	p := &pass{Run: r, pl: newPlanner(r.Catalog, r.Session.State(), r.Observation, r.Policy), uploads: uploadPhase(plan, r.Now()), changes: phase{began: r.Now(), total: len(plan.Changes)}, flights: newFlights(r), ready: make(flight, announced(r.Parallelism)), seen: map[schema.Address]*provider.Product{}}
	p.pl.record, p.pl.peek, p.pl.image = r.Session.Record, r.Session.Record, r.Session.Image
	p.pl.open = func(addr schema.Address) *state.Intent { return latest(r.Session.Intents())(addr) }
	if err := learn(ctx, r.Session, plan, p.pl.looked(), r.Now()); err != nil {
		return false, err
	}
	runGraph(ctx, r.Stop, [lanes]int{laneObjects: abreast(r.Parallelism), laneUploads: abreast(r.UploadParallelism)}, p.nodes(plan))
	p.unstarted(plan)
	if p.err != nil {
		return p.granted, p.err
	}
	return p.granted, nil
}

// phase is how far one kind of work of a pass is.
type phase struct {
	began             time.Time
	done, total       int
	bytes, totalBytes int64
}

// event adds to an event how far its phase is.
func (f *phase) event(e Event) Event {
	e.Began, e.Done, e.Total, e.Bytes, e.TotalBytes = f.began, f.done, f.total, f.bytes, f.totalBytes
	return e
}

func uploadPhase(plan *Plan, now time.Time) phase {
	f := phase{began: now, total: len(plan.Uploads)}
	for i := range plan.Uploads {
		f.totalBytes += plan.Uploads[i].Size
	}
	return f
}

// nodes is the graph: free changes first, then what goes to review, so that a
// price never waits behind a submission; uploads go beside them.
func (p *pass) nodes(plan *Plan) []*node {
	uploads := make(map[schema.ImageKey]*node, len(plan.Uploads))
	nodes := make([]*node, 0, len(plan.Uploads)+len(plan.Changes))
	for i := range plan.Uploads {
		up := &plan.Uploads[i]
		n := &node{lane: laneUploads, rank: classRank[ClassReview], do: func(ctx context.Context) { p.upload(ctx, up) }}
		uploads[up.Key] = n
		nodes = append(nodes, n)
	}
	changes := make(map[schema.Address]*node, len(plan.Changes))
	for _, c := range p.inTurn(plan) {
		n := &node{rank: classRank[c.Class], do: func(ctx context.Context) { p.change(ctx, c) }}
		for _, key := range c.Images {
			n.after = append(n.after, uploads[key])
		}
		for _, need := range c.Needs {
			n.after = append(n.after, changes[need]) // needs are of earlier kinds, so they stand before
		}
		changes[c.Address] = n
		nodes = append(nodes, n)
	}
	return nodes
}

// inTurn are the changes in the order in which they begin: what submits no
// product, in the order of the plan, then the queue for the budget.
func (p *pass) inTurn(plan *Plan) []*Change {
	list := make([]*Change, 0, len(plan.Changes))
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.submission() == "" {
			list = append(list, c)
		}
	}
	queue := p.pl.queue(plan.Changes)
	p.allot(queue)
	return append(list, queue...)
}

// unstarted accounts for changes that the end of the run has cut off.
func (p *pass) unstarted(plan *Plan) {
	for i := range plan.Changes {
		c := &plan.Changes[i]
		p.finish(c.Address, func(res *Result) {
			if res.Outcome == "" {
				res.Title, res.Source, res.Outcome, res.Err = c.Title, c.Source, OutcomeLater, errStopped
			}
		})
	}
}

// stateFailed ends everything: a call whose result cannot be saved must not be made.
func (p *pass) stateFailed(err error, lost ...Unsaved) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = &StateError{Err: err}
	}
	p.err.Unsaved = append(p.err.Unsaved, lost...)
	return errState
}

// errState is the reason given to objects when the state could not be saved.
var errState = errors.New("the state could not be saved")

func (p *pass) broken() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err != nil || p.fatal != nil
}

// upload hands over one picture and remembers its URL at once.
func (p *pass) upload(ctx context.Context, up *Upload) {
	err := p.uploadOne(ctx, up)
	p.mu.Lock()
	p.uploads.done++
	p.uploads.bytes += up.Size
	e := p.uploads.event(Event{Kind: EventUploaded, Image: up.Key, Err: err})
	if err != nil {
		p.failed[up.Key] = err
	} else {
		p.report.Uploaded++
		p.report.Calls++
	}
	if err != nil && !errors.Is(err, errStopped) {
		p.report.Refused++
	}
	p.mu.Unlock()
	p.tell(e)
}

func (p *pass) uploadOne(ctx context.Context, up *Upload) error {
	if _, have := p.Session.Image(up.Key); have {
		return nil
	}
	url, err := p.send(ctx, up)
	if err != nil {
		return err
	}
	if err := p.Session.PutImage(ctx, up.Key, url, p.Now()); err != nil {
		return p.stateFailed(err, Unsaved{Picture: up.Key, URL: url})
	}
	return nil
}

// send hands a picture over when its place is there, if it may be then.
func (p *pass) send(ctx context.Context, up *Upload) (url string, err error) {
	places := p.flights[laneUploads]
	if err := places.enter(ctx, p.Stop); err != nil {
		return "", err
	}
	defer places.leave()
	if p.over(ctx) || p.broken() {
		return "", errStopped
	}
	if refusal := p.uploadsClosed(); refusal != nil {
		return "", fmt.Errorf("upload %s: %w", up.name(), refusal)
	}
	picture := provider.Picture{Key: up.Key, URL: up.URL, Size: up.Size}
	if up.URL == "" {
		picture.Name = p.Catalog.Images[up.Key].FileName()
		picture.Open = func() (io.ReadCloser, error) { return p.Catalog.Open(up.Key) }
	}
	url, err = p.Provider.UploadImage(provider.About(ctx, up.name()), picture)
	p.heard(err)
	if err != nil {
		p.note(err)
		p.heedUpload(err)
		return "", fmt.Errorf("upload %s: %w", up.name(), err)
	}
	return url, nil
}

func (up *Upload) name() string {
	if up.URL != "" {
		return up.URL
	}
	return up.Path
}

// heedUpload ends the uploads of this run when their quota is spent.
func (p *pass) heedUpload(err error) {
	refusal, ok := errors.AsType[*provider.Error](err)
	if !ok || refusal.Class != provider.ClassLater {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noUploads, p.report.Stopped = refusal, refusal
}

func (p *pass) uploadsClosed() *provider.Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.noUploads
}

// note takes down a refusal that concerns more than one object.
func (p *pass) note(err error) {
	refusal, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if (refusal.Everywhere || refusal.Class == provider.ClassAuth) && p.fatal == nil {
		p.fatal = refusal
	}
}

// deaf is how many calls in a row may get no answer, however often they were tried,
// before the run ends: there may be thousands of objects, and each would wait for
// minutes. One object alone, of which the platform cannot speak, ends no run.
const deaf = 3

// heard takes down whether the platform answers at all.
func (p *pass) heard(err error) {
	refusal, failed := errors.AsType[*provider.Error](err)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case failed && refusal.Class == provider.ClassUnknown:
		return // it was tried once: the next look tells
	case !failed || refusal.Class != provider.ClassRetry || refusal.Code != 0:
		p.silent = 0
		return
	}
	if p.silent++; p.silent >= deaf && p.fatal == nil {
		p.fatal = refusal
	}
}

// links are what the calls about an object refer to.
func (p *pass) links(addr schema.Address) (provider.Links, error) {
	links := provider.Links{Images: map[schema.ImageKey]string{}}
	var pictures []schema.Image
	switch addr.Kind {
	case schema.KindBrand:
		pictures = brandPictures(p.Catalog.Brands[addr.Name])
	case schema.KindQualification:
		q := p.Catalog.Qualifications[addr.Name]
		pictures = append(append(pictures, q.License...), q.Certificate...)
		if p.Catalog.Tree != nil {
			links.Category, _ = p.Catalog.Tree.Lookup(q.Category.ID)
		}
	case schema.KindSPU:
		spu := p.Catalog.SPUs[addr.Name]
		pictures = spuPictures(spu)
		links.BrandID = p.pl.brandOf(spu)
	}
	for _, picture := range pictures {
		url, err := p.linkOf(picture)
		if err != nil {
			return links, err
		}
		links.Images[picture.Key] = url
	}
	return links, nil
}

func (p *pass) linkOf(picture schema.Image) (string, error) {
	if picture.Key == "" {
		return "", nil
	}
	if url, ok := p.Session.Image(picture.Key); ok {
		return url, nil
	}
	if picture.URL != "" && p.Policy.Hosted != nil && p.Policy.Hosted(picture.URL) {
		return picture.URL, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.failed[picture.Key]; err != nil {
		return "", err
	}
	return "", fmt.Errorf("picture %s was not uploaded: %w", picture.Key, errStopped)
}

// brandOf is the platform's brand id of a product, "" for none.
func (pl *planner) brandOf(s *schema.SPU) string {
	if addr, err := schema.ParseAddress(string(s.Brand)); err == nil && addr.Kind == schema.KindBrand {
		return pl.brandID(addr)
	}
	return rawBrandID(s.Brand)
}

// recordOf is the record of an object to be changed and put back.
func (p *pass) recordOf(addr schema.Address) *state.Record {
	if rec := p.Session.Record(addr); rec != nil {
		return rec
	}
	return &state.Record{Address: addr}
}
