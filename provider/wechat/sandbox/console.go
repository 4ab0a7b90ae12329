package sandbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Console is what people do outside the API: the merchant in the web console,
// the reviewer, the risk control, and the test that breaks things. Each method
// takes effect at once and is kept with the shop. An unknown product is an error.
type Console struct{ s *Sandbox }

// Console returns the shop's web console.
func (s *Sandbox) Console() *Console { return &Console{s} }

// do runs an action between two requests.
func (c *Console) do(action func(now time.Time, ch changes) error) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	now, ch := c.s.now(), changes{}
	c.s.settle(now, ch)
	err := action(now, ch)
	return cmp.Or(err, c.s.commit(ch), c.s.broken)
}

// edit runs an action on one product.
func (c *Console) edit(outProductID string, action func(p *product, now time.Time) error) error {
	return c.do(func(now time.Time, ch changes) error {
		p, found := c.s.product(selector{OutProductID: outProductID})
		if !found {
			return fmt.Errorf("sandbox has no product %q", outProductID)
		}
		if err := action(p, now); err != nil {
			return err
		}
		c.s.books.add(p)
		ch.add(p)
		ch.add(c.s.account)
		return nil
	})
}

// Ban takes a product off the shelf for a violation: status 13.
func (c *Console) Ban(outProductID, reason string) error {
	return c.edit(outProductID, func(p *product, now time.Time) error {
		p.Status, p.BanReason = statusBanned, reason
		c.s.announceStatus(p, now)
		return nil
	})
}

// Restore lifts a ban: the product is on the shelf again if it was ever
// approved, and as new otherwise.
func (c *Console) Restore(outProductID string) error {
	return c.edit(outProductID, func(p *product, now time.Time) error {
		p.Status, p.BanReason = statusListed, ""
		if p.Online == nil {
			p.Status = statusInitial
		}
		c.s.announceStatus(p, now)
		return nil
	})
}

// Edit is a change that somebody makes in the web console. It writes both
// copies without review, and leaves alone what is nil. Prices are fen.
type Edit struct {
	Title       *string `json:"title,omitempty"`
	Desc        *string `json:"desc,omitempty"`
	OutSKUID    string  `json:"out_sku_id,omitempty"` // whose numbers follow; "": all of them
	SalePrice   *int64  `json:"sale_price,omitempty"`
	MarketPrice *int64  `json:"market_price,omitempty"`
	StockNum    *int64  `json:"stock_num,omitempty"`
	Status      *int    `json:"status,omitempty"` // 5 listed, 11 delisted
}

// Edit changes a product behind the API's back.
func (c *Console) Edit(outProductID string, e Edit) error {
	return c.edit(outProductID, func(p *product, now time.Time) error {
		if e.OutSKUID != "" && p.Draft.SKU(e.OutSKUID) == nil {
			return fmt.Errorf("product %q has no SKU %q", outProductID, e.OutSKUID)
		}
		for _, copy := range p.copies() {
			e.write(copy)
		}
		set(&p.Status, e.Status)
		p.Updated = now
		return nil
	})
}

func (e Edit) write(c *Content) {
	set(&c.Title, e.Title)
	set(&c.Desc, e.Desc)
	c.SKUs = slices.Clone(c.SKUs)
	for i := range c.SKUs {
		k := &c.SKUs[i]
		if e.OutSKUID == "" || e.OutSKUID == k.OutSKUID {
			set(&k.SalePrice, e.SalePrice)
			set(&k.MarketPrice, e.MarketPrice)
			set(&k.StockNum, e.StockNum)
		}
	}
}

// SetTitle edits the title.
func (c *Console) SetTitle(outProductID, title string) error {
	return c.Edit(outProductID, Edit{Title: &title})
}

// SetPrice edits the sale price of a SKU, in fen.
func (c *Console) SetPrice(outProductID, outSKUID string, fen int64) error {
	return c.Edit(outProductID, Edit{OutSKUID: outSKUID, SalePrice: &fen})
}

// SetStock edits the stock of a SKU.
func (c *Console) SetStock(outProductID, outSKUID string, pieces int64) error {
	return c.Edit(outProductID, Edit{OutSKUID: outSKUID, StockNum: &pieces})
}

// ScriptVerdict tells the reviewer what to decide about a product, now and in
// later reviews (unless v.Once).
func (c *Console) ScriptVerdict(outProductID string, v Verdict) error {
	return c.script(func(s *scripts) { s.Products = with(s.Products, outProductID, v) })
}

// ScriptBrand is ScriptVerdict for the audit of a brand_wording.
func (c *Console) ScriptBrand(wording string, v Verdict) error {
	return c.script(func(s *scripts) { s.Brands = with(s.Brands, wording, v) })
}

// ScriptCategory is ScriptVerdict for the audit of a leaf category.
func (c *Console) ScriptCategory(leaf int, v Verdict) error {
	return c.script(func(s *scripts) { s.Categories = with(s.Categories, strconv.Itoa(leaf), v) })
}

// ClearVerdict lets the rules decide about a product again.
func (c *Console) ClearVerdict(outProductID string) error {
	return c.script(func(s *scripts) { delete(s.Products, outProductID) })
}

// Inject makes calls to come fail. Of several faults that match a call the
// first one strikes.
func (c *Console) Inject(faults ...Fault) error {
	return c.script(func(s *scripts) { s.Faults = append(s.Faults, faults...) })
}

// ClearFaults takes back every fault that has not struck yet.
func (c *Console) ClearFaults() error {
	return c.script(func(s *scripts) { s.Faults = nil })
}

func (c *Console) script(change func(*scripts)) error {
	return c.do(func(_ time.Time, ch changes) error {
		change(c.s.scripts)
		ch.add(c.s.scripts)
		return nil
	})
}

func with(verdicts map[string]Verdict, id string, v Verdict) map[string]Verdict {
	if verdicts == nil {
		verdicts = map[string]Verdict{}
	}
	verdicts[id] = v
	return verdicts
}

// ApproveNow ends the review of a product well, also one that has not begun.
func (c *Console) ApproveNow(outProductID string) error {
	return c.edit(outProductID, func(p *product, now time.Time) error {
		return p.decided(func() { c.s.approve(p, now) })
	})
}

// RejectNow ends the review of a product with a reason.
func (c *Console) RejectNow(outProductID, reason string) error {
	return c.edit(outProductID, func(p *product, now time.Time) error {
		return p.decided(func() { c.s.reject(p, Verdict{Reason: reason}.reason(), now) })
	})
}

// decided ends a review that runs or waits to begin.
func (p *product) decided(end func()) error {
	if !p.Waiting && p.EditStatus != editInReview {
		return fmt.Errorf("product %q is not in review", p.OutProductID)
	}
	p.Waiting = false
	end()
	return nil
}

// ExpireTokens ends the life of every token: 42001.
func (c *Console) ExpireTokens() error {
	return c.do(func(now time.Time, ch changes) error {
		for i := range c.s.access.Tokens {
			t := &c.s.access.Tokens[i]
			if t.Expires.After(now) {
				t.Expires = now
			}
		}
		ch.add(c.s.access)
		return nil
	})
}

// CompleteTasks lets the merchant have done everything that the onboarding asks
// for and the API does not show: orders, deliveries, after-sales.
func (c *Console) CompleteTasks() error {
	return c.do(func(_ time.Time, ch changes) error {
		for _, t := range tasks {
			if t.success != "" {
				c.s.account.Tasks[t.success] = 1
			}
		}
		ch.add(c.s.account)
		return nil
	})
}

// FileCertificates lets the merchant have submitted papers outside the component.
func (c *Console) FileCertificates(papers Certificates) error {
	return c.do(func(_ time.Time, ch changes) error {
		c.s.account.Certificates = papers
		ch.add(c.s.account)
		return nil
	})
}

// Knobs returns the knobs as they stand.
func (c *Console) Knobs() Knobs {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.knobs.clone()
}

// SetKnobs replaces all knobs.
func (c *Console) SetKnobs(k Knobs) error {
	return c.turn(func(Knobs) (Knobs, error) { return k.clone(), k.check() })
}

// mergeKnobs sets the knobs that a JSON object names.
func (c *Console) mergeKnobs(patch []byte) error {
	return c.turn(func(k Knobs) (Knobs, error) { return k.merge(patch) })
}

func (c *Console) turn(change func(Knobs) (Knobs, error)) error {
	return c.do(func(_ time.Time, ch changes) error {
		k, err := change(*c.s.knobs)
		if err != nil {
			return err
		}
		c.s.knobs = &k
		ch.add(c.s.knobs)
		return nil
	})
}

// VerifyPush asks the merchant's server to prove that it is the one meant, as
// the web console does when a URL is saved: it must return the echostr.
func (c *Console) VerifyPush(ctx context.Context) error {
	return c.s.pusher.verify(ctx, c.Knobs().Push, c.s.clock())
}

// Advance turns the shop's clock forward and lets happen what is due. The
// offset is kept with the shop.
func (c *Console) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("the clock cannot go back by %v", -d)
	}
	err := c.do(func(_ time.Time, ch changes) error {
		c.s.account.ClockOffset += Duration(d)
		ch.add(c.s.account)
		return nil
	})
	if err != nil {
		return err
	}
	return c.Settle()
}

// Settle lets happen what is due, as every request does.
func (c *Console) Settle() error {
	return c.do(func(time.Time, changes) error { return nil })
}

// Now is the time in the shop.
func (c *Console) Now() time.Time {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.now()
}

// Reset forgets everything but the knobs: a fresh shop, at the clock's own time.
func (c *Console) Reset() error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.books = newBooks(rand.Text(), *c.s.knobs)
	clear(c.s.windows)
	clear(c.s.memory)
	if c.s.ledger != nil && c.s.broken == nil {
		c.s.broken = c.s.ledger.rewrite(c.s.all())
	}
	return c.s.broken
}
