package providertest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// walks are the contract.
var walks = []struct {
	name string
	run  func(*walker)
}{
	{"the life of a product", life},
	{"a rejected product", rejected},
	{"a product in review", inReview},
	{"a banned product", banned},
	{"what is not there", notThere},
	{"prices and stock change at once", freeEdits},
	{"an edit in the console shows", drift},
	{"what is declared comes back", roundTrip},
	{"odd ids", oddIDs},
	{"merchant settings", merchant},
	{"a brand", brand},
	{"a rejected brand", rejectedBrand},
	{"a qualification", qualification},
	{"the category tree", tree},
	{"pictures", pictures},
	{"a busy platform and an old token", transient},
	{"an answer is lost", lostAnswer},
	{"a read that denies what exists", denied},
	{"many products", many},
	{"many at the same time", together},
}

func life(w *walker) {
	s := w.spu("p1")
	receipt := w.add(s)
	w.sees("p1", "review 1, shelf 0, draft, not online")
	w.Advance(w.PushDelay)
	w.sees("p1", "review 2, shelf 0, draft, not online")
	w.Advance(w.ReviewDelay)
	w.sees("p1", "review 4, shelf 5, draft, online")
	product := w.product("p1")
	if receipt.ProductID != product.ProductID {
		w.Errorf("Add gave product_id %s, the shop shows %s", receipt.ProductID, product.ProductID)
	}
	ref := refOf(product)

	s.Title = "珊瑚绒毯子加厚"
	w.must(w.update(ref, s))
	w.Advance(w.PushDelay)
	product = w.product("p1")
	if product.Draft.SPU.Title != s.Title || product.Online.SPU.Title == s.Title {
		w.Errorf("while the review runs, draft is %q and online is %q", product.Draft.SPU.Title, product.Online.SPU.Title)
	}
	w.sees("p1", "review 2, shelf 5, draft, online")
	w.Advance(w.ReviewDelay)
	if got := w.product("p1").Online.SPU.Title; got != s.Title {
		w.Errorf("after approval, online is %q", got)
	}

	w.must(w.Provider.Delist(w.Context(), ref))
	w.sees("p1", "review 4, shelf 11, draft, online")
	w.must(w.Provider.List(w.Context(), ref))
	w.sees("p1", "review 4, shelf 5, draft, online")
	w.must(w.Provider.Delete(w.Context(), ref))
	w.missing("p1")
}

func rejected(w *walker) {
	w.Reject("p1", "标题与主图不符")
	s := w.spu("p1")
	w.add(s)
	w.review()
	w.sees("p1", "review 3, shelf 0, draft, not online")
	if got := w.product("p1").Reason; got != "标题与主图不符" {
		w.Errorf("reason = %q", got)
	}
	// Better content passes, and the reason is gone.
	s.Title = "珊瑚绒毯子新款"
	w.must(w.update(refOf(w.product("p1")), s))
	w.review()
	w.sees("p1", "review 4, shelf 5, draft, online")
	if got := w.product("p1").Reason; got != "" {
		w.Errorf("reason after approval = %q", got)
	}
	// A rejected update leaves the listed product as it was.
	w.Reject("p1", "图片模糊")
	better := s.Title
	s.Title = "珊瑚绒毯子再改"
	w.must(w.update(refOf(w.product("p1")), s))
	w.review()
	w.sees("p1", "review 3, shelf 5, draft, online")
	if got := w.product("p1").Online.SPU.Title; got != better {
		w.Errorf("online is %q after a rejection, want %q", got, better)
	}
}

func inReview(w *walker) {
	s := w.spu("p1")
	w.add(s)
	ref := refOf(w.product("p1"))
	w.Advance(w.PushDelay)
	w.conflict("update", w.update(ref, s), provider.ConflictInReview)
	w.conflict("add again", w.tryAdd(s), provider.ConflictExists)
	price := schema.Fen(880)
	w.conflict("free edit before approval", w.Provider.UpdateFree(w.Context(), ref, []provider.FreeEdit{{OutSKUID: "p1-red", SalePrice: &price}}), provider.ConflictNotOnline)
	w.conflict("listing before approval", w.Provider.List(w.Context(), ref), provider.ConflictNotOnline)

	w.must(w.Provider.Withdraw(w.Context(), ref))
	w.sees("p1", "review 1, shelf 0, draft, not online")
	w.class("withdraw again", w.Provider.Withdraw(w.Context(), ref), provider.ClassNoop)
	s.Title = "珊瑚绒毯子改过"
	w.must(w.update(ref, s))
	w.review()
	if got := w.product("p1").Online.SPU.Title; got != s.Title {
		w.Errorf("online is %q", got)
	}
}

func banned(w *walker) {
	w.approved("p1")
	w.Ban("p1")
	w.sees("p1", "review 4, shelf 13, draft, online")
}

func notThere(w *walker) {
	w.missing("nothing")
	ref := provider.Ref{OutProductID: "nothing"}
	for name, err := range map[string]error{
		"list":     w.Provider.List(w.Context(), ref),
		"delist":   w.Provider.Delist(w.Context(), ref),
		"delete":   w.Provider.Delete(w.Context(), ref),
		"withdraw": w.Provider.Withdraw(w.Context(), ref),
		"update":   w.update(ref, w.spu("nothing")),
	} {
		w.class(name, err, provider.ClassConflict)
		if !errors.Is(err, provider.ErrNotFound) {
			w.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
	verdict, err := w.Provider.Audit(w.Context(), "RQAAAHVqT2xkAAAAFTrfXw")
	w.must(err)
	if verdict.Status != provider.VerdictUnknown {
		w.Errorf("verdict on an unknown audit = %+v", verdict)
	}
}

func freeEdits(w *walker) {
	w.approved("p1")
	ref, price, stock, code := refOf(w.product("p1")), schema.Fen(880), int64(7), "c-2"
	w.must(w.Provider.UpdateFree(w.Context(), ref, []provider.FreeEdit{{OutSKUID: "p1-red", SalePrice: &price, StockNum: &stock, SKUCode: &code}}))
	product := w.product("p1")
	for plane, content := range map[string]*provider.Copy{"draft": product.Draft, "online": product.Online} {
		want := w.spu("p1").SKUs
		want[0].SalePrice, want[0].StockNum, want[0].SKUCode = price, stock, code
		if diff := cmp.Diff(plain(want), plain(content.SPU.SKUs)); diff != "" {
			w.Errorf("%s: only what was given changes: %s", plane, diff)
		}
	}
	w.sees("p1", "review 4, shelf 5, draft, online")
	w.conflict("a SKU that is not online", w.Provider.UpdateFree(w.Context(), ref, []provider.FreeEdit{{OutSKUID: "other", SalePrice: &price}}), provider.ConflictSKU)
	w.must(w.Provider.UpdateFree(w.Context(), ref, nil))
}

func drift(w *walker) {
	w.approved("p1")
	w.SetPrice("p1", "p1-red", 1234)
	if got := w.product("p1").Online.SPU.SKUs[0].SalePrice; got != 1234 {
		w.Errorf("price = %v", got)
	}
}

func roundTrip(w *walker) {
	s := w.spu("p1")
	s.Title, s.Path, s.DescInfo.Desc = "毛毯“新款”A&B<C>100*150cm", "pages/item/item?id=p1&from=<live>&name=毛毯", "第一行\n第二行 \"引号\" \\ & <b>粗体</b>"
	w.add(s)
	w.review()
	product := w.product("p1")
	for plane, content := range map[string]*provider.Copy{"draft": product.Draft, "online": product.Online} {
		if diff := cmp.Diff(outline(s), outline(&content.SPU)); diff != "" {
			w.Errorf("%s: %s", plane, diff)
		}
		if got := content.SPU.InfoVersion; got != s.Version() {
			w.Errorf("%s: info_version = %q, want %q", plane, got, s.Version())
		}
		if len(content.SKUIDs) != len(s.SKUs) {
			w.Errorf("%s: sku ids = %v", plane, content.SKUIDs)
		}
	}
	if product.UpdatedAt.IsZero() || product.SubmittedAt.IsZero() || product.AuditedAt.Before(product.SubmittedAt) {
		w.Errorf("submitted %v, audited %v, updated %v", product.SubmittedAt, product.AuditedAt, product.UpdatedAt)
	}
}

func oddIDs(w *walker) {
	ids := []string{"00719", "a.b", "a b", "a/b?c=d&e", `a"b\c`, "毛毯-1", "9007199254740993", strings.Repeat("x", 128)}
	for _, id := range ids {
		w.add(w.spu(id))
		product := w.product(id)
		sku := product.Draft.SPU.SKUs[0].OutSKUID
		if product.OutProductID != id || sku != skuID(id) || product.Draft.SKUIDs.Of(sku) == "" {
			w.Errorf("%q: out_product_id %q, out_sku_id %q, sku ids %v", id, product.OutProductID, sku, product.Draft.SKUIDs)
		}
	}
	if o := w.observe(provider.Scope{}); len(o.Products) != len(ids) {
		w.Errorf("%d products are listed, want %d", len(o.Products), len(ids))
	}
}

func merchant(w *walker) {
	m := &schema.Merchant{ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/cs/cs", ServiceAgentPhone: "020-88880000", DefaultReceivingAddress: &schema.ReceivingAddress{
		ReceiverName: "张三", TelNumber: "13800000000", Country: "中国", Province: "广东省", City: "广州市", Town: "海珠区", DetailedAddress: "示例路 1 号",
	}}
	w.must(w.Provider.UpdateMerchant(w.Context(), m))
	if diff := cmp.Diff(m, w.observe(provider.Scope{Merchant: true}).Merchant); diff != "" {
		w.Error(diff)
	}
	if got := w.observe(provider.Scope{}).Merchant; got != nil {
		w.Errorf("settings that nobody asked for are read: %+v", got)
	}
}

func brand(w *walker) {
	b, links := w.brand("示例牌")
	id, err := w.Provider.SubmitBrand(w.Context(), b, links)
	w.must(err)
	if got := w.verdict(id); got.Status != provider.VerdictPending && got.Status != provider.VerdictUnknown {
		w.Errorf("verdict at once = %+v", got)
	}
	_, err = w.Provider.SubmitBrand(w.Context(), b, links)
	w.conflict("submit again", err, provider.ConflictInReview)
	w.Advance(w.AuditDelay)
	verdict := w.verdict(id)
	grant := w.observe(provider.Scope{Brands: true}).Brands["示例牌"]
	if verdict.Status != provider.VerdictPassed || verdict.BrandID == "" || grant.BrandID != verdict.BrandID {
		w.Fatalf("verdict %+v, grant %+v", verdict, grant)
	}

	s, spuLinks := w.spu("p1"), w.links()
	s.Brand, spuLinks.BrandID = "brand.example", verdict.BrandID
	_, err = w.Provider.Add(w.Context(), s, spuLinks)
	w.must(err)
	if got, want := w.product("p1").Draft.SPU.Brand, schema.BrandRef("id:"+verdict.BrandID); got != want {
		w.Errorf("brand = %q, want %q", got, want)
	}
	s, spuLinks.BrandID = w.spu("p2"), "999999"
	_, err = w.Provider.Add(w.Context(), s, spuLinks)
	w.class("a brand that was never granted", err, provider.ClassPermission)
}

func rejectedBrand(w *walker) {
	w.RejectBrand("示例牌", "商标证书不清晰")
	b, links := w.brand("示例牌")
	id, err := w.Provider.SubmitBrand(w.Context(), b, links)
	w.must(err)
	w.Advance(w.AuditDelay)
	if diff := cmp.Diff(provider.Verdict{Status: provider.VerdictRejected, Reason: "商标证书不清晰"}, w.verdict(id)); diff != "" {
		w.Error(diff)
	}
	if got := w.observe(provider.Scope{Brands: true}).Brands; len(got) != 0 {
		w.Errorf("brands = %v", got)
	}
}

func qualification(w *walker) {
	s := w.spu("p1")
	s.Category = schema.CategoryRef{ID: w.RestrictedLeaf}
	w.class("a category that is not granted", w.tryAdd(s), provider.ClassPermission)

	leaves, err := w.Provider.Categories(w.Context(), false)
	w.must(err)
	leaf, ok := leaves.Lookup(w.RestrictedLeaf)
	if !ok {
		w.Fatalf("no category %d", w.RestrictedLeaf)
	}
	q := &schema.Qualification{Category: schema.CategoryRef{ID: leaf.ID}, License: []schema.Image{picture("license")}, Certificate: []schema.Image{picture("certificate")}, Scenes: []int{1}}
	links := w.links()
	links.Category = leaf
	id, err := w.Provider.SubmitQualification(w.Context(), q, links)
	w.must(err)
	_, err = w.Provider.SubmitQualification(w.Context(), q, links)
	w.conflict("submit again", err, provider.ConflictInReview)
	w.Advance(w.AuditDelay)
	if got := w.verdict(id); got.Status != provider.VerdictPassed {
		w.Errorf("verdict = %+v", got)
	}
	if !w.observe(provider.Scope{Qualifications: true}).Categories[leaf.ID] {
		w.Errorf("category %d is not granted", leaf.ID)
	}
	_, err = w.Provider.SubmitQualification(w.Context(), q, links)
	w.class("submit what is granted", err, provider.ClassNoop)
	links.Category, _ = leaves.Lookup(w.FreeLeaf)
	_, err = w.Provider.SubmitQualification(w.Context(), q, links)
	w.class("submit what needs none", err, provider.ClassNoop)
	w.add(s)
}

func tree(w *walker) {
	leaves, err := w.Provider.Categories(w.Context(), false)
	w.must(err)
	free, ok := leaves.Lookup(w.FreeLeaf)
	if !ok || free.QualificationType != schema.NeedNone {
		w.Errorf("the free leaf is %+v", free)
	}
	restricted, ok := leaves.Lookup(w.RestrictedLeaf)
	if !ok || restricted.QualificationType != schema.NeedRequired || restricted.Qualification == "" {
		w.Errorf("the restricted leaf is %+v", restricted)
	}
	for _, leaf := range leaves.Leaves {
		if leaf.ID == 0 || leaf.FirstID == 0 || leaf.SecondID == 0 || leaf.Name == "" {
			w.Errorf("a row without parents or name: %+v", leaf)
		}
	}
}

func pictures(w *walker) {
	url, err := w.Provider.UploadImage(w.Context(), upload("red"))
	w.must(err)
	before := w.Calls(MethodUploadImage)
	again, err := w.Provider.UploadImage(w.Context(), provider.Picture{Key: schema.ImageKey(url), URL: url})
	w.must(err)
	if again != url || w.Calls(MethodUploadImage) != before {
		w.Errorf("a picture of the platform's own was sent again: %s, %s", url, again)
	}
}

func transient(w *walker) {
	w.Break(MethodAdd, FaultBusy)
	w.class("add while the platform is busy: it may have happened", w.tryAdd(w.spu("p0")), provider.ClassUnknown)
	w.add(w.spu("p0"))
	w.Break(MethodAdd, FaultToken)
	w.add(w.spu("p1"))
	for _, f := range []Fault{FaultBusy, FaultToken} {
		w.Break(MethodProduct, f)
		w.product("p1")
	}
	w.Break(MethodProduct, FaultLostRequest) // a reading call may be sent again
	w.product("p0")
}

func lostAnswer(w *walker) {
	w.links() // uploads the pictures
	for f, exists := range map[Fault]bool{FaultLostReply: true, FaultLostRequest: false} {
		id := strings.ReplaceAll(string(f), " ", "-")
		before := w.Calls(MethodAdd)
		w.Break(MethodAdd, f)
		w.class(string(f), w.tryAdd(w.spu(id)), provider.ClassUnknown)
		if sent := w.Calls(MethodAdd) - before; sent != 1 {
			w.Errorf("%s: the product was sent %d times", f, sent)
		}
		_, err := w.Provider.Product(w.Context(), id)
		if exists {
			w.must(err)
		} else if !errors.Is(err, provider.ErrNotFound) {
			w.Errorf("%s: %v, want ErrNotFound", f, err)
		}
	}
}

func denied(w *walker) {
	w.add(w.spu("p1"))
	w.Break(MethodProduct, FaultMissing)
	w.product("p1")
	w.Break(MethodProduct, FaultMissing)
	scope := provider.Scope{Only: true, Products: []string{"p1"}}
	if w.observe(scope).Products["p1"] == nil {
		w.Error("a product that exists was believed to be missing")
	}
}

// manyProducts needs more than one page of every platform.
const manyProducts = 120

func many(w *walker) {
	var ids []string
	for i := range manyProducts {
		ids = append(ids, fmt.Sprintf("p%03d", i))
		w.add(w.spu(ids[i]))
	}
	w.review()
	o := w.observe(provider.Scope{Products: append(ids, "nothing")})
	for _, id := range ids {
		if p := o.Products[id]; p == nil || p.Draft == nil || p.Online == nil || p.Shelf != provider.ShelfListed {
			w.Errorf("%s: %+v", id, p)
		}
	}
	if len(o.Products) != manyProducts {
		w.Errorf("%d products", len(o.Products))
	}
	if o = w.observe(provider.Scope{Only: true, Products: ids[:2]}); len(o.Products) != 2 {
		w.Errorf("%d products, want the 2 asked for", len(o.Products))
	}
	if o = w.observe(provider.Scope{Only: true, Products: ids[:60]}); len(o.Products) != 60 {
		w.Errorf("%d products, want the 60 asked for", len(o.Products))
	}
	if o = w.observe(provider.Scope{Only: true, Products: ids[:1], Fresh: ids[1:60]}); len(o.Products) != 60 {
		w.Errorf("asked for one and 59 that nobody remembers: %d", len(o.Products))
	}
	if o = w.observe(provider.Scope{Only: true}); len(o.Products) != 0 {
		w.Errorf("%d products, want none: none was asked for", len(o.Products))
	}
}

func together(w *walker) {
	w.links()
	var all sync.WaitGroup
	for i := range 16 {
		id := fmt.Sprintf("p%d", i)
		all.Go(func() {
			if _, err := w.Provider.Add(w.Context(), w.spu(id), w.links()); err != nil {
				w.Errorf("%s: %v", id, err)
			}
			if _, err := w.Provider.Product(w.Context(), id); err != nil {
				w.Errorf("%s: %v", id, err)
			}
			if _, err := w.Provider.Categories(w.Context(), false); err != nil {
				w.Errorf("%s: %v", id, err)
			}
		})
	}
	all.Wait()
	if o := w.observe(provider.Scope{}); len(o.Products) != 16 {
		w.Errorf("%d products", len(o.Products))
	}
}
