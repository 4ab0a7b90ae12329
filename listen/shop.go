package listen

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Shop is the Reader of a catalog and its shop.
type Shop struct {
	// Load reads the catalog's files again. When that fails, the catalog stays what
	// it was.
	Load     func(ctx context.Context) (*schema.Catalog, error)
	Catalog  *schema.Catalog
	Provider provider.Provider
	Backend  state.Backend
	ID       state.ShopID
	// Lock says who we are to others who want the state.
	Lock func() state.LockInfo
	Log  *slog.Logger
	Now  func() time.Time

	mu       sync.Mutex
	products map[string]schema.Address // by the platform's id
	known    map[schema.Address]bool
}

// attempts is how often a reading is begun anew because somebody wrote to the
// state meanwhile; after that the lock is held while the shop is read.
const attempts = 3

// Read implements Reader. The lock is held only while the state is told, not while
// the shop is read, which may take minutes, so that apply hardly ever has to wait.
func (s *Shop) Read(ctx context.Context, objects []schema.Address) ([]reconcile.Standing, error) {
	if len(objects) == 0 {
		s.reload(ctx)
	}
	pol := reconcile.Policy{Targets: objects, Hosted: s.Provider.Hosts}
	for range attempts {
		pol.Now = s.Now()
		before, _, err := state.Read(ctx, s.Backend, s.ID)
		if err != nil {
			return nil, err
		}
		s.index(before)
		obs, err := s.observe(ctx, before, pol)
		if err != nil {
			return nil, err
		}
		board, err := s.learn(ctx, obs, pol, before)
		if errors.Is(err, errOutrun) {
			continue
		}
		if _, locked := errors.AsType[*state.LockError](err); locked {
			board = reconcile.Board(s.Catalog, before, obs, pol)
		}
		return board, err
	}
	pol.Now = s.Now()
	return s.learn(ctx, nil, pol, nil)
}

func (s *Shop) observe(ctx context.Context, st *state.State, pol reconcile.Policy) (*provider.Observation, error) {
	return s.Provider.Observe(ctx, reconcile.ScopeOf(s.Catalog, st, pol))
}

// errOutrun says that the state was written to while the shop was read: what was
// read is older than what the state knows.
var errOutrun = errors.New("the state was written to meanwhile")

// learn tells the state what was read, if it still is as it was before. Without an
// observation the shop is read here, under the lock.
func (s *Shop) learn(ctx context.Context, obs *provider.Observation, pol reconcile.Policy, before *state.State) (board []reconcile.Standing, err error) {
	session, _, err := state.Open(ctx, s.Backend, s.ID, s.Lock())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, session.Close(context.WithoutCancel(ctx))) }()
	st := session.State()
	if before != nil && (st.Lineage != before.Lineage || st.Seq != before.Seq) {
		return nil, errOutrun
	}
	if obs == nil {
		if obs, err = s.observe(ctx, st, pol); err != nil {
			return nil, err
		}
	}
	if err := reconcile.Learn(ctx, s.Catalog, session, obs, pol); err != nil {
		return nil, err
	}
	st = session.State()
	s.index(st)
	return reconcile.Board(s.Catalog, st, obs, pol), nil
}

// Free implements Reader.
func (s *Shop) Free(ctx context.Context) bool {
	holder, err := s.Backend.Holder(ctx)
	return err == nil && holder == nil
}

// reload takes the catalog as it is in the files now.
func (s *Shop) reload(ctx context.Context) {
	catalog, err := s.Load(ctx)
	if err != nil {
		s.Log.Warn("the catalog has errors; the one before stays in use", "error", err)
		return
	}
	s.Catalog = catalog
}

// index notes by which names messages may call our objects.
func (s *Shop) index(st *state.State) {
	products, known := map[string]schema.Address{}, map[schema.Address]bool{}
	for addr, rec := range st.Records {
		known[addr] = true
		if addr.Kind == schema.KindSPU && rec.RemoteID != "" {
			products[rec.RemoteID] = addr
		}
	}
	for addr := range s.Catalog.Sources {
		known[addr] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.products, s.known = products, known
}

// Find implements Reader. What a brand or a category allows concerns many
// products, and so does the account: the whole shop is read.
func (s *Shop) Find(m push.Message) (objects []schema.Address, all bool) {
	switch m.Kind {
	case push.KindBrand, push.KindCategory, push.KindAccount, push.KindScene:
		return nil, true
	case push.KindProduct:
		return s.product(m), false
	}
	return nil, false
}

func (s *Shop) product(m push.Message) []schema.Address {
	s.mu.Lock()
	defer s.mu.Unlock()
	addr, found := s.products[m.ProductID]
	if m.OutProductID != "" {
		addr = schema.Address{Kind: schema.KindSPU, Name: m.OutProductID}
		found = s.known[addr]
	}
	if !found {
		return nil
	}
	return []schema.Address{addr}
}
