package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Shop is what people see of a shop: the page at / and GET /sandbox/shop.
// Pictures are ids, to be had at /img/<id>; prices are fen.
type Shop struct {
	AppID       string       `json:"appid"`
	Now         string       `json:"now"` // Beijing time
	Open        bool         `json:"open"`
	HourUsed    int          `json:"submissions_last_hour"`
	HourLimit   int          `json:"submissions_per_hour"` // 0: none
	DayUsed     int          `json:"submissions_last_day"`
	DayLimit    int          `json:"submissions_per_day"`
	Products    []Product    `json:"products"` // oldest first
	Audits      []Audit      `json:"audits"`   // newest first
	Brands      []BrandGrant `json:"brands"`
	Categories  []string     `json:"categories"` // granted, as name paths
	ServiceWays []int        `json:"service_agent_type"`
	CallCount   uint64       `json:"call_count"` // API calls ever
	Latest      []Call       `json:"-"`          // a few, newest first
}

// Product is one product with both copies.
type Product struct {
	ProductID    uint64   `json:"product_id"`
	OutProductID string   `json:"out_product_id"`
	Status       int      `json:"status"`
	EditStatus   int      `json:"edit_status"`
	Waiting      bool     `json:"waiting"`                    // for its push into review
	Reason       string   `json:"reject_reason,omitempty"`    // of a rejected draft
	BanReason    string   `json:"ban_reason,omitempty"`       // of a banned product
	Changes      []string `json:"draft_differs_in,omitempty"` // names of members that the review is about
	Category     string   `json:"category"`                   // name path
	Brand        string   `json:"brand"`
	Updated      string   `json:"update_time"`
	Draft        *Content `json:"draft"`
	Online       *Content `json:"online"` // nil: never approved
}

// Shown is the copy to look at: what buyers see, or else the draft.
func (p Product) Shown() *Content {
	if p.Online != nil {
		return p.Online
	}
	return p.Draft
}

// Audit is one order to review a brand or a category.
type Audit struct {
	ID        string `json:"audit_id"`
	Type      int    `json:"audit_type"` // 1 brand, 2 category
	Name      string `json:"name"`       // wording or name path
	Status    int    `json:"status"`     // 0 in audit, 1 passed, 9 rejected
	Reason    string `json:"reject_reason,omitempty"`
	Submitted string `json:"submit_time"`
}

// Shop settles what is due and returns a copy of the shop to look at.
func (c *Console) Shop() Shop {
	var view Shop
	_ = c.do(func(now time.Time, _ changes) error { // looking works even when the disk has failed
		view = c.s.look(now)
		return nil
	})
	return view
}

// latestCalls is how many calls the page shows.
const latestCalls = 30

func (s *Sandbox) look(now time.Time) Shop {
	v := Shop{
		AppID: s.appID, Now: stampOf(now), Open: s.account.Joined,
		HourUsed: s.submissions(now.Add(-time.Hour), nil), HourLimit: s.knobs.SubmissionsPerHour,
		DayUsed: s.submissions(now.Add(-24*time.Hour), nil), DayLimit: s.knobs.SubmissionsPerDay,
		Brands:      slices.Clone(orEmpty(s.account.Brands)),
		ServiceWays: slices.Clone(orEmpty(s.account.Info.ServiceAgentType)),
		CallCount:   s.account.Calls,
		Products:    []Product{}, Audits: []Audit{}, Categories: []string{},
	}
	for _, p := range s.living() {
		v.Products = append(v.Products, s.lookAt(p))
	}
	for _, a := range s.audits {
		v.Audits = append(v.Audits, Audit{a.ID, a.Type, orElse(a.Wording, categoryPath(a.Leaf)), a.Status, a.Reason, stampOf(a.Submitted)})
	}
	slices.SortFunc(v.Audits, func(a, b Audit) int { return int(s.audits[b.ID].Serial) - int(s.audits[a.ID].Serial) })
	for _, leaf := range s.account.Categories {
		v.Categories = append(v.Categories, categoryPath(leaf))
	}
	for _, call := range slices.Backward(s.calls[max(0, len(s.calls)-latestCalls):]) {
		v.Latest = append(v.Latest, *call)
	}
	return v
}

func (s *Sandbox) lookAt(p *product) Product {
	draft := p.Draft.clone()
	v := Product{
		ProductID: p.ProductID, OutProductID: p.OutProductID, Status: p.Status, EditStatus: p.EditStatus,
		Waiting: p.Waiting, BanReason: p.BanReason, Updated: stampOf(p.Updated), Draft: &draft,
	}
	if p.EditStatus == editRejected {
		v.Reason = p.Reason
	}
	if p.Online != nil {
		online := p.Online.clone()
		v.Online, v.Changes = &online, differences(online, draft)
	}
	v.Category, v.Brand = categoryPath(v.Shown().Leaf), s.brandName(v.Shown().BrandID)
	return v
}

func categoryPath(leaf int) string {
	c := leaves[leaf]
	return fmt.Sprintf("%s/%s/%s", c.FirstName, c.SecondName, c.Name)
}

// brandName is the wording of a granted brand; "" for none.
func (s *Sandbox) brandName(id uint64) string {
	for _, b := range s.account.Brands {
		if b.BrandID == id {
			return b.Wording
		}
	}
	return ""
}

// differences names the members of content in which two copies differ, sorted.
func differences(a, b Content) []string {
	var names []string
	x, y := membersOf(a), membersOf(b)
	for name := range x {
		if !bytes.Equal(x[name], y[name]) {
			names = append(names, name)
		}
	}
	for name := range y {
		if x[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func membersOf(c Content) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	b, _ := json.Marshal(c) // our own types always encode
	if err := json.Unmarshal(b, &m); err != nil {
		panic(err) // it was an object
	}
	return m
}
