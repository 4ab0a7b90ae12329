package sandbox

import (
	"fmt"
	"net/url"
	"time"
)

// Plant puts a product into the shop as if it had always been there: from before
// a rule, or typed into a console that does not know the rules. Nothing is
// checked. Pictures are ids of uploads; a product that is there already is
// replaced. Of p only the ids, the states, the reasons and the copies count.
func (c *Console) Plant(p Product) error {
	return c.do(func(now time.Time, ch changes) error {
		if p.OutProductID == "" || p.Draft == nil {
			return fmt.Errorf("a product needs an out_product_id and a draft")
		}
		old, found := c.s.product(selector{OutProductID: p.OutProductID})
		planted := &product{
			ProductID: c.s.newProductID(), OutProductID: p.OutProductID, Draft: p.Draft.clone(), Status: p.Status, EditStatus: p.EditStatus,
			SKUIDs: map[string]uint64{}, Created: now, Updated: now, Submitted: now, Pushed: now, Audited: now, Reason: p.Reason, BanReason: p.BanReason,
		}
		if found {
			planted.ProductID = old.ProductID
		}
		if p.Online != nil {
			online := p.Online.clone()
			planted.Online = &online
		}
		for _, content := range planted.copies() {
			for _, k := range content.SKUs {
				planted.SKUIDs[k.OutSKUID] = skuBase + c.s.account.next()
			}
		}
		c.s.books.add(planted)
		ch.add(planted)
		ch.add(c.s.account)
		return nil
	})
}

// PictureID is the id of the upload that a link of img/upload leads to.
func (c *Console) PictureID(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return c.s.pictureAt(u.Path)
}
