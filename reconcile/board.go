package reconcile

import (
	"slices"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Board says where every object stands: those declared, those remembered, and
// the products of the shop that nobody declared. It is sorted by address.
func Board(cat *schema.Catalog, st *state.State, obs *provider.Observation, pol Policy) []Standing {
	return BoardOf(Make(cat, st, obs, pol), cat, st, obs, pol)
}

// BoardOf is the board that belongs to a plan which was made already.
func BoardOf(plan *Plan, cat *schema.Catalog, st *state.State, obs *provider.Observation, pol Policy) []Standing {
	changes := make(map[schema.Address]*Change, len(plan.Changes))
	for i := range plan.Changes {
		changes[plan.Changes[i].Address] = &plan.Changes[i]
	}
	learned := make(map[schema.Address]*state.Record, len(plan.Learned.Records))
	for _, rec := range plan.Learned.Records {
		learned[rec.Address] = rec
	}
	pl := newPlanner(cat, st, obs, pol)
	addresses := pl.addresses(st)
	if obs != nil && len(pol.Targets) == 0 {
		addresses = pl.withUnmanaged(addresses)
	}
	board := make([]Standing, 0, len(addresses))
	for _, addr := range addresses {
		rec := st.Records[addr]
		s := Standing{Address: addr, Managed: rec != nil, Source: cat.Sources[addr], Change: changes[addr]}
		if newer := learned[addr]; newer != nil {
			rec = newer
		}
		pl.stand(&s, rec)
		board = append(board, s)
	}
	return board
}

func (pl *planner) withUnmanaged(addresses []schema.Address) []schema.Address {
	for id := range pl.obs.Products {
		addr := spuAddress(id)
		if pl.cat.SPUs[id] == nil && pl.peek(addr) == nil {
			addresses = append(addresses, addr)
		}
	}
	slices.SortFunc(addresses, schema.Address.Compare)
	return addresses
}

// stand fills in what the catalog, the record and the shop say of one object.
func (pl *planner) stand(s *Standing, rec *state.Record) {
	switch s.Address.Kind {
	case schema.KindMerchant:
		s.Declared = pl.cat.Merchant != nil
		s.Present = pl.obs != nil && pl.obs.Merchant != nil
	case schema.KindBrand, schema.KindQualification:
		if c := pl.claims[s.Address]; c != nil {
			s.Declared, s.Title, s.Present = true, c.title, pl.granted(s.Address)
		}
	case schema.KindSPU:
		pl.standProduct(s)
	}
	if rec == nil {
		return
	}
	s.Last = rec.LastVerdict()
	if rec.Rejected != nil {
		s.Rejected = rejectedBlock(rec.Rejected)
	}
	if s.SubmittedAt.IsZero() && rec.SubmittedAt != nil {
		s.SubmittedAt = *rec.SubmittedAt
	}
}

func (pl *planner) standProduct(s *Standing) {
	if want := pl.cat.SPUs[s.Address.Name]; want != nil {
		s.Declared, s.Wanted, s.Title = true, want.Listing, want.Title
	}
	if pl.obs == nil {
		return
	}
	have := pl.obs.Products[s.Address.Name]
	if have == nil {
		return
	}
	s.Present, s.Shelf, s.Review, s.SubmittedAt = true, have.Shelf, have.Review, have.SubmittedAt
	if s.Title == "" {
		s.Title = titleOf(have)
	}
	if have.Review == provider.ReviewRejected {
		s.Rejected = &Block{Kind: BlockRejected, Reason: have.Reason, At: timePtr(have.AuditedAt)}
	}
}
