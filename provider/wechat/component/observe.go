package component

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// pageSize is the most that spu/get_list gives at a time (990005 above).
const pageSize = 100

// maxPages ends a listing that never comes to an end: a million products.
const maxPages = 10_000

// fewProducts is up to how many products are read one by one instead of through
// the lists: two calls each against two or more for everything.
const fewProducts = 20

// pagesAhead is how many pages of one plane are asked for at a time, once the second
// page was another than the first, and as long as the platform's total says that
// there are so many: with the two planes that keeps the default rate busy at 350 ms
// a call.
const pagesAhead = 4

// listAll reads every page of one plane. Pages shift while they are read, so
// products are told apart by id; a server that ignores the page number is noticed
// by a page that brings nothing new. total_num can only make the reading longer.
func (a *API) listAll(ctx context.Context, plane Plane, same *sameCopies, progress func(plane Plane, done, total int)) (map[string]*row, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	all := map[string]*row{}
	var asked []<-chan listed
	total := 0
	for n, next := 1, 1; n <= maxPages; n++ {
		for len(asked) == 0 || n > 2 && len(asked) < pagesAhead && (next-1)*pageSize < total {
			asked = append(asked, a.ask(ctx, ListQuery{Page: next, PageSize: pageSize, NeedEditSPU: plane}, same.declared))
			next++
		}
		page := <-asked[0]
		asked = asked[1:]
		page.crashed.Rethrow()
		if page.err != nil {
			return nil, page.err
		}
		before := len(all)
		total = int(page.Total)
		for _, row := range page.rows {
			if key := row.key(); all[key] == nil {
				all[key] = row
				same.join(key, row)
			}
		}
		progress(plane, len(all), total)
		if len(all) == before || len(page.rows) < pageSize && total <= len(all) {
			return all, nil
		}
	}
	return nil, badReply("spu/get_list", fmt.Errorf("the list does not end after %d pages", maxPages))
}

// listed is a page that was asked for.
type listed struct {
	*spuList
	err     error
	crashed *crash.Panic
}

func (a *API) ask(ctx context.Context, query ListQuery, declared map[string]*schema.SPU) <-chan listed {
	answer := make(chan listed, 1)
	go func() {
		var page listed
		page.crashed = crash.Catch(func() {
			if page.spuList, page.err = a.listSPUs(ctx, query); page.err == nil {
				(&keeper{declared: declared}).rows(page.rows)
			}
		})
		answer <- page
	}()
	return answer
}

// sameCopies lets the two copies of a product be one value where they are equal,
// as they are for all products at rest: a large shop fits into half the memory.
// Copies are never changed.
type sameCopies struct {
	declared map[string]*schema.SPU // see keeper
	mu       sync.Mutex
	first    map[string]*row
}

// join gives r what it has in common with the row of the other plane, so that the
// page it came with is no longer held.
func (s *sameCopies) join(key string, r *row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	other := s.first[key]
	if other == nil {
		s.first[key] = r
		return
	}
	delete(s.first, key)
	if !other.content.SPU.SameContent(&r.content.SPU) || !slices.Equal(other.content.SKUIDs, r.content.SKUIDs) {
		return
	}
	r.content = other.content
	for _, text := range []struct{ own, same *string }{
		{&r.productID, &other.productID}, {&r.outProductID, &other.outProductID},
		{&r.reason, &other.reason}, {&r.auditID, &other.auditID},
	} {
		if *text.own == *text.same {
			*text.own = *text.same
		}
	}
}

// key tells products apart: by product_id, or by out_product_id where the
// platform sends none.
func (r *row) key() string {
	if r.productID != "" {
		return r.productID
	}
	return "out:" + r.outProductID
}

// Observe implements provider.Provider.
func (p *Provider) Observe(ctx context.Context, scope provider.Scope) (*provider.Observation, error) {
	o := &provider.Observation{At: p.now()}
	group, ctx := crash.WithContext(ctx)
	group.Go(func() (err error) {
		o.Products, o.Nameless, err = p.products(ctx, scope)
		return err
	})
	group.Go(func() (err error) {
		o.Verdicts, err = p.verdicts(ctx, scope.AuditIDs)
		return err
	})
	if scope.Merchant {
		group.Go(func() (err error) {
			o.Merchant, err = p.merchant(ctx)
			return err
		})
	}
	if scope.Brands {
		group.Go(func() (err error) {
			o.Brands, err = p.brands(ctx)
			return err
		})
	}
	if scope.Qualifications {
		group.Go(func() (err error) {
			o.Categories, err = p.grantedCategories(ctx)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return o, nil
}

// products reads the products of a scope. A product without an out_product_id
// was made by no program of the merchant and cannot be declared; only its id is
// told.
func (p *Provider) products(ctx context.Context, scope provider.Scope) (found map[string]*provider.Product, nameless []string, err error) {
	wanted := slices.Compact(slices.Sorted(slices.Values(slices.Concat(scope.Products, scope.Fresh))))
	if scope.Only && len(wanted) <= fewProducts {
		found, err = p.lookupAll(ctx, wanted, productRechecks)
		return found, nil, err
	}
	drafts, online, err := p.bothLists(ctx, scope.Declared, countBoth(scope.Progress))
	if err != nil {
		return nil, nil, err
	}
	found, nameless = join(drafts, online)
	missing := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(scope.Products))), func(id string) bool { return found[id] != nil })
	confirmed, err := p.lookupAll(ctx, missing, confirmRechecks)
	if err != nil {
		return nil, nil, err
	}
	for id, product := range confirmed {
		found[id] = product
	}
	if scope.Only {
		for id := range found {
			if _, ok := slices.BinarySearch(wanted, id); !ok {
				delete(found, id)
			}
		}
	}
	return found, nameless, nil
}

// countBoth sums up what is listed of the two planes. The platform's total is
// left out when it is that of the page (section 13.13).
func countBoth(tell func(done, total int)) func(plane Plane, done, total int) {
	if tell == nil {
		return func(Plane, int, int) {}
	}
	var mu sync.Mutex
	var done, total [2]int
	return func(plane Plane, listed, all int) {
		mu.Lock()
		defer mu.Unlock()
		done[plane], total[plane] = listed, all
		if sum := total[0] + total[1]; total[0] >= done[0] && total[1] >= done[1] && min(total[0], total[1]) > pageSize {
			tell(done[0]+done[1], sum)
			return
		}
		tell(done[0]+done[1], 0)
	}
}

func (p *Provider) bothLists(ctx context.Context, declared map[string]*schema.SPU, progress func(Plane, int, int)) (drafts, online map[string]*row, err error) {
	same := &sameCopies{declared: declared, first: map[string]*row{}}
	group, ctx := crash.WithContext(ctx)
	group.Go(func() (err error) {
		drafts, err = p.api.listAll(ctx, PlaneDraft, same, progress)
		return err
	})
	group.Go(func() (err error) {
		online, err = p.api.listAll(ctx, PlaneOnline, same, progress)
		return err
	})
	return drafts, online, group.Wait()
}

// join makes products of the two lists, which it uses up: rows and products of a large
// shop need not be there together. Of two products with the same out_product_id, which
// a deleted and re-added one can be, the younger counts.
func join(drafts, online map[string]*row) (products map[string]*provider.Product, nameless []string) {
	products = map[string]*provider.Product{}
	put := func(product *provider.Product) {
		old := products[product.OutProductID]
		switch {
		case product.OutProductID == "":
			nameless = append(nameless, product.ProductID)
		case old == nil || younger(product.ProductID, old.ProductID):
			products[product.OutProductID] = product
		}
	}
	for key, draft := range drafts {
		put(productOf(draft, online[key]))
		delete(drafts, key)
		delete(online, key)
	}
	for _, spu := range online {
		put(productOf(nil, spu))
	}
	slices.Sort(nameless)
	return products, nameless
}

// younger compares two decimal ids of the platform, which rise.
func younger(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return strings.Compare(a, b) > 0
}

// lookupAll reads products one by one, some at a time. Those that do not exist
// are left out.
func (p *Provider) lookupAll(ctx context.Context, ids []string, rechecks int) (map[string]*provider.Product, error) {
	var mu sync.Mutex
	found := map[string]*provider.Product{}
	group, ctx := crash.WithContext(ctx)
	group.SetLimit(p.concurrency)
	for _, id := range ids {
		group.Go(func() error {
			product, err := p.lookup(ctx, id, rechecks)
			if errors.Is(err, provider.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			found[id] = product
			return nil
		})
	}
	return found, group.Wait()
}
