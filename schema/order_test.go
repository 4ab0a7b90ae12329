package schema

import (
	"testing"
	"time"
)

const orderHCL = `
shop "s" {
  platform = "component"
  appid    = "wx0123456789abcdef"
  priority = 2
  deadline = "2026-11-27 20:00"

  budget {
    per_hour = 150
  }
}

spu "plain" {
  title    = "纯棉面巾"
  path     = "pages/item"
  head_img = ["img/a.png"]
  category = 1445
  sku "a" {
    thumb_img  = "img/a.png"
    sale_price = 9
    stock_num  = 1
  }
}

spu "first" {
  title    = "竹纤维面巾"
  path     = "pages/item"
  head_img = ["img/a.png"]
  category = 1445
  priority = 9
  deadline = "2026-11-26 19:30:30"
  sku "a" {
    thumb_img  = "img/a.png"
    sale_price = 9
    stock_num  = 1
  }
}
`

func TestProductsTakeTheOrderOfTheShop(t *testing.T) {
	c, ds := Load(writeFiles(t, map[string][]byte{"c.hcl": []byte(orderHCL), "img/a.png": pngBytes(t, 1)}), LoadOptions{})
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	evening := time.Date(2026, 11, 27, 20, 0, 0, 0, Beijing)
	if want := (Budget{PerHour: 150, PerDay: 1000}); c.Shop.Budget != want {
		t.Errorf("the budget is %+v, want %+v", c.Shop.Budget, want)
	}
	if want := (Order{2, evening}); c.Shop.Order != want || c.SPUs["plain"].Order != want {
		t.Errorf("the order is %v in the shop and %v in the product, want %v", c.Shop.Order, c.SPUs["plain"].Order, want)
	}
	if want := (Order{9, time.Date(2026, 11, 26, 19, 30, 30, 0, Beijing)}); c.SPUs["first"].Order != want {
		t.Errorf("the order is %v, want %v", c.SPUs["first"].Order, want)
	}
	later := *c.SPUs["plain"]
	later.Order.Deadline = evening.Add(time.Hour)
	before := c.digest()
	c.SPUs["plain"] = &later
	if c.digest() == before {
		t.Error("another deadline gives the same digest")
	}
}
