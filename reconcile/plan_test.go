package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// world is a catalog of one product, what we remember and what the shop has, to
// be bent by a test and planned for.
type world struct {
	cat *schema.Catalog
	st  *state.State
	obs *provider.Observation
	pol Policy

	want *schema.SPU
	rec  *state.Record
	have *provider.Product
}

// inSync is a world in which the product is online, listed, and as declared.
func inSync() *world {
	want := blanket()
	addr := spuAddress(want.OutProductID)
	w := &world{
		want: want,
		rec:  &state.Record{Address: addr, RemoteID: "403700001", Stamp: want.Stamp(), Memo: memoOf(want)},
		have: &provider.Product{ProductID: "403700001", OutProductID: want.OutProductID, Review: provider.ReviewApproved, Shelf: provider.ShelfListed,
			Draft: shopCopy(want), Online: shopCopy(want), SubmittedAt: tableNow.Add(-time.Hour), AuditedAt: tableNow.Add(-50 * time.Minute)},
		st:  state.New(state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"}),
		pol: Policy{Now: tableNow},
	}
	w.cat = &schema.Catalog{SPUs: map[string]*schema.SPU{want.OutProductID: want}, Brands: map[string]*schema.Brand{}, Qualifications: map[string]*schema.Qualification{}}
	w.st.Records[addr] = w.rec
	w.obs = &provider.Observation{At: tableNow, Products: map[string]*provider.Product{want.OutProductID: w.have},
		Brands: map[string]provider.BrandGrant{}, Categories: map[uint64]bool{}, Verdicts: map[string]provider.Verdict{}}
	return w
}

func (w *world) plan() *Plan { return Make(w.cat, w.st, w.obs, w.pol) }

// words is the whole plan as the table words it, an object a line.
func (w *world) words() string {
	var lines []string
	for _, c := range w.plan().Changes {
		lines = append(lines, strings.TrimSpace(c.Address.String()+" "+word(&c)))
	}
	return strings.Join(lines, "\n")
}

func online(w *world, change func(*schema.SPU)) {
	change(&w.have.Online.SPU)
	change(&w.have.Draft.SPU)
}

func TestProductPlans(t *testing.T) {
	tests := []struct {
		name string
		bend func(*world)
		plan string // "" is an empty plan
	}{
		{"as declared", func(w *world) {}, ""},

		// The shop's words are not always enough to tell.
		{"prefix of a plugin page is the provider's to remove, another path is a difference", func(w *world) {
			online(w, func(s *schema.SPU) { s.Path = "pages/other" })
		}, "spu.719 update"},
		{"scenes are not echoed for old products", func(w *world) {
			online(w, func(s *schema.SPU) { s.Scenes = nil })
		}, ""},
		{"informational members are not echoed", func(w *world) {
			fee := schema.Fen(600)
			w.want.Component = schema.Component{Supplier: "示例供应商", ExpressFee: &fee}
			online(w, func(s *schema.SPU) { s.InfoVersion = w.want.Stamp() })
		}, ""},
		{"attributes come back in another order", func(w *world) {
			online(w, func(s *schema.SPU) {
				for i := range s.SKUs {
					s.SKUs[i].SKUAttrs = []schema.Attr{s.SKUs[i].SKUAttrs[1], s.SKUs[i].SKUAttrs[0]}
				}
			})
		}, ""},
		{"the author reorders the attributes", func(w *world) {
			a := w.want.SKUs[0].SKUAttrs
			w.want.SKUs[0].SKUAttrs = []schema.Attr{a[1], a[0]}
		}, "spu.719 update"},
		{"a picture is missing in the shop", func(w *world) {
			online(w, func(s *schema.SPU) { s.HeadImg = s.HeadImg[:1] })
		}, "spu.719 update"},
		{"a picture of ours stands in the wrong place", func(w *world) {
			w.st.Images[w.want.HeadImg[1].Key] = state.ImageRecord{URL: "https://mmecimage.cn/p/wx/2"}
			online(w, func(s *schema.SPU) {
				s.HeadImg = []schema.Image{{URL: "https://mmecimage.cn/p/wx/2"}, s.HeadImg[1]}
			})
		}, "spu.719 update"},
		{"info_version is not echoed, the record vouches", func(w *world) {
			online(w, func(s *schema.SPU) { s.InfoVersion = "" })
		}, ""},
		{"foreign info_version and no record: the pictures are unknown", func(w *world) {
			online(w, func(s *schema.SPU) { s.InfoVersion = "7" })
			delete(w.st.Records, w.rec.Address)
		}, "spu.719 update"},
		{"the author owns info_version", func(w *world) {
			w.want.InfoVersion = "v2"
			w.rec.Stamp, w.rec.Version, w.rec.Memo = w.want.Stamp(), "v2", memoOf(w.want)
			online(w, func(s *schema.SPU) { s.InfoVersion = "v2" })
		}, ""},

		// Stock belongs to the shop, unless the author says otherwise.
		{"managed stock", func(w *world) { w.want.StockManaged = true }, "spu.719 update-free"},
		{"managed stock of a product that was never online waits for the review", func(w *world) {
			w.want.StockManaged = true
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewRunning
		}, "spu.719 wait:review"},
		{"a price of a product that was never online needs a new review", func(w *world) {
			w.want.SKUs[0].SalePrice = 890
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewRunning
		}, "spu.719 withdraw update"},

		// A price that belongs to new content comes with it.
		{"title and price together", func(w *world) {
			w.want.Title, w.want.SKUs[0].SalePrice = "毛毯百搭加厚珊瑚绒毯子100*150cm", 1290
		}, "spu.719 update"},
		{"price changes while a new title is under review", func(w *world) {
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			w.have.Draft, w.have.Review = shopCopy(w.want), provider.ReviewRunning
			w.want.SKUs[0].SalePrice = 1290
		}, "spu.719 update-free wait:review"},

		// Policies.
		{"in_review = wait keeps the running review", func(w *world) {
			w.want.InReview = schema.InReviewWait
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			w.have.Draft.SPU.Title, w.have.Review = "后台改过的毛毯标题", provider.ReviewRunning
		}, "spu.719 wait:review"},
		{"not wanted on the shelf", func(w *world) { w.want.Listing = false }, "spu.719 delist"},
		{"not wanted on the shelf, under its first review", func(w *world) {
			w.want.Listing = false
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewRunning
		}, "spu.719 delist wait:review"},
		{"not wanted on the shelf and new", func(w *world) {
			w.want.Listing = false
			delete(w.obs.Products, "719")
			delete(w.st.Records, w.rec.Address)
		}, "spu.719 add delist"},
		{"on_remove = delete", func(w *world) {
			delete(w.cat.SPUs, "719")
			w.rec.OnRemove = schema.OnRemoveDelete
		}, "spu.719 delete forget"},
		{"on_remove = delete while under review", func(w *world) {
			delete(w.cat.SPUs, "719")
			w.rec.OnRemove, w.have.Review = schema.OnRemoveDelete, provider.ReviewRunning
		}, "spu.719 withdraw delete forget"},
		{"on_remove = forget", func(w *world) {
			delete(w.cat.SPUs, "719")
			w.rec.OnRemove = schema.OnRemoveForget
		}, "spu.719 forget"},

		// Rejections and bans.
		{"rejected, then edited in the console, then declared as rejected: not sent again", func(w *world) {
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			w.rec.Rejected = &state.Rejection{Stamp: w.want.Stamp(), Reason: "标题不规范", At: tableNow}
			w.have.Draft.SPU.Title, w.have.Draft.SPU.InfoVersion, w.have.Review = "后台改过的毛毯标题", "1", provider.ReviewNotAudited
		}, "spu.719 block:rejected"},
		{"rejected and resubmitted on request", func(w *world) {
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			w.have.Draft, w.have.Review = shopCopy(w.want), provider.ReviewRejected
			w.pol.Resubmit = map[schema.Address]bool{spuAddress("719"): true}
		}, "spu.719 update"},
		{"rejected and mended", func(w *world) {
			w.have.Draft.SPU.Title, w.have.Review = "后台改过的毛毯标题", provider.ReviewRejected
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
		}, "spu.719 update"},
		{"a new product was rejected: a new price is new content", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewRejected
			w.want.SKUs[0].SalePrice = 890
		}, "spu.719 update"},
		{"a new product was rejected, and its price is edited in the console: that is no new content", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewRejected
			w.rec.Rejected = &state.Rejection{Stamp: w.want.Stamp(), Reason: "主图模糊", At: tableNow}
			w.have.Draft.SPU.SKUs[0].SalePrice = 10
		}, "spu.719 block:rejected"},
		{"a banned product is not listed", func(w *world) { w.have.Shelf = provider.ShelfBanned }, "spu.719 block:banned"},
		{"a banned product with the same old content and drift is not pushed", func(w *world) {
			w.have.Shelf = provider.ShelfBanned
			w.rec.BannedStamp = w.want.Stamp()
			online(w, func(s *schema.SPU) { s.Title = "后台改过的毛毯标题" })
		}, "spu.719 block:banned"},
		{"a banned product with new content goes to review", func(w *world) {
			w.have.Shelf = provider.ShelfBanned
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
		}, "spu.719 update"},
		{"a shelf state nobody has told us about", func(w *world) { w.have.Shelf = 20 }, "spu.719 block:shelf"},

		// Review states between the lines.
		{"withdrawn by us and wanted again", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewNotAudited
			w.rec.Withdrawn = true
		}, "spu.719 update"},
		{"withdrawn by us, replaced, and the answer never heard", func(w *world) {
			long := tableNow.Add(-24 * time.Hour)
			w.rec.Withdrawn, w.rec.SubmittedAt = true, &long
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			w.have.Draft, w.have.Review = shopCopy(w.want), provider.ReviewNotAudited
		}, "spu.719 wait:push"},
		{"withdrawn by us, submitted again unchanged, and the answer never heard", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewNotAudited
			w.rec.Withdrawn = true
			w.st.Intents[7] = state.Intent{Address: w.rec.Address, Call: "update", Stamp: w.want.Stamp(), At: tableNow.Add(-time.Second)}
		}, "spu.719 wait:push"},
		{"submitted long ago, then again, and the answer never heard", func(w *world) {
			long := tableNow.Add(-24 * time.Hour)
			w.rec.SubmittedAt = &long
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			w.have.Draft, w.have.Review = shopCopy(w.want), provider.ReviewNotAudited
		}, "spu.719 wait:push"},
		{"never pushed to review", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewNotAudited
		}, "spu.719 update"},
		{"never pushed to review, submitted once more already", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewNotAudited
			w.rec.Repushed = true
		}, "spu.719 wait:push"},
		{"never pushed to review, and nobody tells since when", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewNotAudited
			w.have.SubmittedAt, w.have.UpdatedAt, w.rec.SubmittedAt = time.Time{}, time.Time{}, nil
		}, "spu.719 wait:push"},
		{"the platform's clock is wrong, ours says it was just submitted", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.Review = nil, provider.ShelfInitial, provider.ReviewNotAudited
			now := tableNow.Add(-time.Second)
			w.rec.SubmittedAt = &now
		}, "spu.719 wait:push"},
		{"edit_status 0 on a live product is no draft", func(w *world) { w.have.Review = provider.ReviewNone }, ""},
		{"approved a moment ago, not on the shelf yet", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.AuditedAt = nil, provider.ShelfInitial, tableNow.Add(-time.Second)
		}, "spu.719 wait:platform"},
		{"approved a moment ago, and its verdict is not dated", func(w *world) {
			w.have.Online, w.have.Shelf, w.have.AuditedAt, w.have.UpdatedAt = nil, provider.ShelfInitial, time.Time{}, tableNow.Add(-time.Second)
		}, "spu.719 wait:platform"},
		{"approved, never listed by the platform", func(w *world) { w.have.Online, w.have.Shelf = nil, provider.ShelfInitial }, "spu.719 list"},
		{"somebody deleted it in the console", func(w *world) { delete(w.obs.Products, "719") }, "spu.719 add"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := inSync()
			test.bend(w)
			if got := w.words(); got != test.plan {
				t.Errorf("plan %q, want %q", got, test.plan)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	tests := []struct {
		name  string
		bend  func(*world)
		cause Cause
	}{
		{"price changed in the file", func(w *world) { w.want.SKUs[0].SalePrice = 890 }, CauseFile},
		{"price changed in the shop", func(w *world) { online(w, func(s *schema.SPU) { s.SKUs[0].SalePrice = 10 }) }, CauseDrift},
		{"price changed in both", func(w *world) {
			w.want.SKUs[1].SalePrice = 890
			online(w, func(s *schema.SPU) { s.SKUs[0].SalePrice = 10 })
		}, CauseBoth},
		{"title in the file, price in the shop", func(w *world) {
			w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
			online(w, func(s *schema.SPU) { s.SKUs[0].SalePrice = 10 })
		}, CauseBoth},
		{"SKU added in the shop", func(w *world) {
			online(w, func(s *schema.SPU) { s.SKUs = append(s.SKUs, schema.SKU{OutSKUID: "z", SalePrice: 1}) })
		}, CauseDrift},
		{"SKU removed from the file", func(w *world) { w.want.SKUs = w.want.SKUs[:1] }, CauseFile},
		{"delisted in the shop", func(w *world) { w.have.Shelf = provider.ShelfDelisted }, CauseDrift},
		{"delisted in the file", func(w *world) { w.want.Listing = false }, CauseFile},
		{"no state tells", func(w *world) {
			delete(w.st.Records, w.rec.Address)
			w.want.SKUs[0].SalePrice = 890
		}, CauseUnknown},
		{"no state tells, and a part of it is in the draft", func(w *world) {
			delete(w.st.Records, w.rec.Address)
			w.want.Title, w.want.DescInfo.Desc = "毛毯百搭加厚珊瑚绒毯子100*150cm", "加厚毯"
			w.have.Draft.SPU.DescInfo.Desc = "加厚毯"
		}, CauseUnknown},
		{"drift of a price beside a rejection", func(w *world) {
			online(w, func(s *schema.SPU) { s.SKUs[0].SalePrice = 10 })
			w.have.Review = provider.ReviewRejected
		}, CauseDrift},
		{"a running review", func(w *world) { w.have.Review = provider.ReviewRunning }, CauseReview},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := inSync()
			test.bend(w)
			changes := w.plan().Changes
			if len(changes) != 1 || changes[0].Cause != test.cause {
				t.Fatalf("changes %+v, want one caused by %s", changes, test.cause)
			}
		})
	}
}

// An online copy that is older than our last submission accuses nobody.
func TestOnlineCopyOfAnOlderSubmission(t *testing.T) {
	w := inSync()
	submitted := blanket()
	submitted.Title = "毛毯百搭第二版珊瑚绒毯子"
	w.rec.Stamp, w.rec.Memo = submitted.Stamp(), memoOf(submitted)
	w.have.Draft, w.have.Review = shopCopy(submitted), provider.ReviewRunning
	w.want.Title = "毛毯百搭第三版珊瑚绒毯子"
	c := w.plan().Changes[0]
	if len(c.Fields) != 1 || c.Fields[0].Path != "title" || c.Fields[0].Old != blanket().Title || c.Cause != CauseFile {
		t.Errorf("cause %s, fields %+v, want the title against what buyers see, changed in the file", c.Cause, c.Fields)
	}
}

func TestFieldDiffsNameFields(t *testing.T) {
	w := inSync()
	w.want.SKUs[0].SalePrice = 890
	w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
	w.want.SKUs = append(w.want.SKUs, schema.SKU{OutSKUID: "c.1", SalePrice: 990, SKUAttrs: []schema.Attr{{Key: "颜色", Value: "墨绿"}}})
	w.want.SKUs[1].SKUAttrs[0].Value = "天蓝"
	got := w.plan().Changes[0].Fields
	want := []FieldDiff{
		{Path: "title", Kind: FieldText, Old: "毛毯百搭休闲珊瑚绒毯子100*150cm", New: w.want.Title, Cost: schema.CostReview, Cause: CauseFile},
		{Path: "sku.a.sale_price", Kind: FieldMoney, Old: "990", New: "890", Cost: schema.CostFree, Cause: CauseFile},
		{Path: "sku.b.sku_attrs", Kind: FieldText, Old: "颜色=蓝色; 面料=珊瑚绒", New: "颜色=天蓝; 面料=珊瑚绒", Cost: schema.CostReview, Cause: CauseFile},
		{Path: "sku.c.1", Kind: FieldSKU, New: "颜色=墨绿 ¥9.90", Cost: schema.CostReview, Cause: CauseFile},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFreeEditSendsOnlyWhatDiffers(t *testing.T) {
	w := inSync()
	w.want.SKUs[1].SalePrice, w.want.SKUs[1].Barcode = 890, "123"
	edits := w.plan().Changes[0].edits
	price, barcode := schema.Fen(890), "123"
	want := []provider.FreeEdit{{OutSKUID: "b", SalePrice: &price, Barcode: &barcode}}
	if diff := cmp.Diff(want, edits); diff != "" {
		t.Error(diff)
	}
}

func TestLostStateIsRebuilt(t *testing.T) {
	w := inSync()
	delete(w.st.Records, w.rec.Address)
	p := w.plan()
	if !p.Empty() || p.Adopted != 1 {
		t.Fatalf("plan %+v, want empty with one adopted product", p.Changes)
	}
	if len(p.Learned.Records) != 1 || p.Learned.Records[0].Stamp != w.want.Stamp() || p.Learned.Records[0].RemoteID != "403700001" {
		t.Errorf("learned %+v, want the whole record", p.Learned.Records)
	}
	if got, want := len(p.Learned.Images), 2+1+2; got != want {
		t.Errorf("learned %d pictures, want %d: head, details and SKUs", got, want)
	}
	w.st.Records[w.rec.Address] = p.Learned.Records[0]
	if again := w.plan(); len(again.Learned.Records) != 0 {
		t.Errorf("the second plan learns %+v again", again.Learned.Records)
	}
}

// A declared brand and a product that carries it.
func withBrand() *world {
	w := inSync()
	w.cat.Brands["cxy"] = &schema.Brand{BrandWording: "CXY", BrandAuditType: 1, BrandManagementType: 1, License: []schema.Image{picture("license")}, Scenes: []int{1}}
	w.want.Brand = "brand.cxy"
	delete(w.obs.Products, "719")
	delete(w.st.Records, w.rec.Address)
	return w
}

func TestGrants(t *testing.T) {
	brand := schema.Address{Kind: schema.KindBrand, Name: "cxy"}
	submitted := tableNow.Add(-time.Hour)
	pending := func(w *world) *state.Record {
		rec := &state.Record{Address: brand, AuditID: "RQ1", AuditPending: true, Stamp: w.cat.Brands["cxy"].Stamp(), SubmittedAt: &submitted}
		w.st.Records[brand] = rec
		return rec
	}
	tests := []struct {
		name string
		bend func(*world)
		plan string
	}{
		{"new brand: the product waits for it", func(w *world) {}, "brand.cxy submit-brand\nspu.719 add wait:brand"},
		{"granted already: adopted by its wording", func(w *world) {
			w.obs.Brands["CXY"] = provider.BrandGrant{BrandID: "29001", Wording: "CXY"}
		}, "spu.719 add"},
		{"audit runs", func(w *world) {
			pending(w)
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictPending}
		}, "brand.cxy wait:audit\nspu.719 add wait:brand"},
		{"passed, and not in the list yet", func(w *world) {
			pending(w)
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictPassed, BrandID: "29001"}
		}, "spu.719 add"},
		{"passed after it was rejected and sent again unchanged", func(w *world) {
			rec := pending(w)
			rec.Rejected = &state.Rejection{Stamp: rec.Stamp, Reason: "证书不清晰", At: submitted}
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictPassed, BrandID: "29001"}
		}, "spu.719 add"},
		{"a renewal passed, and the answer does not repeat the id", func(w *world) {
			pending(w).RemoteID = "29001"
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictPassed}
		}, "spu.719 add"},
		{"rejected: the product needs a human too", func(w *world) {
			pending(w)
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictRejected, Reason: "证书不清晰"}
		}, "brand.cxy block:rejected\nspu.719 block:needs"},
		{"rejected, then changed", func(w *world) {
			rec := pending(w)
			rec.AuditID, rec.AuditPending = "", false
			rec.Rejected = &state.Rejection{Stamp: rec.Stamp, Reason: "证书不清晰", At: tableNow}
			w.cat.Brands["cxy"].License = []schema.Image{picture("license2")}
		}, "brand.cxy submit-brand\nspu.719 add wait:brand"},
		{"changed while the audit runs: no second submission", func(w *world) {
			pending(w)
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictPending}
			w.cat.Brands["cxy"].License = []schema.Image{picture("license2")}
		}, "brand.cxy wait:audit\nspu.719 add wait:brand"},
		{"the platform does not know the audit yet", func(w *world) {
			pending(w)
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictUnknown}
		}, "brand.cxy wait:audit\nspu.719 add wait:brand"},
		{"the platform has lost the audit", func(w *world) {
			long := tableNow.Add(-48 * time.Hour)
			pending(w).SubmittedAt = &long
			w.obs.Verdicts["RQ1"] = provider.Verdict{Status: provider.VerdictUnknown}
		}, "brand.cxy submit-brand\nspu.719 add wait:brand"},
		{"an audit runs under an id that nobody knows", func(w *world) {
			pending(w).AuditID = ""
		}, "brand.cxy wait:audit\nspu.719 add wait:brand"},
		{"the submission was not answered: the lists are watched first", func(w *world) {
			w.st.Intents[7] = state.Intent{Address: brand, Call: "submit-brand", At: tableNow.Add(-time.Second)}
		}, "brand.cxy wait:audit\nspu.719 add wait:brand"},
		{"of several submissions that were not answered the youngest counts", func(w *world) {
			for seq := range uint64(20) {
				w.st.Intents[100-seq] = state.Intent{Address: brand, Call: "submit-brand", At: tableNow.Add(-time.Second - time.Duration(seq)*time.Hour)}
			}
		}, "brand.cxy wait:audit\nspu.719 add wait:brand"},
		{"the submission was not answered, and nothing was granted for a while", func(w *world) {
			w.st.Intents[7] = state.Intent{Address: brand, Call: "submit-brand", At: tableNow.Add(-time.Minute)}
		}, "brand.cxy submit-brand\nspu.719 add wait:brand"},
		{"an audit ran under an id that nobody knows, for hours", func(w *world) {
			long := tableNow.Add(-7 * time.Hour)
			rec := pending(w)
			rec.AuditID, rec.SubmittedAt = "", &long
		}, "brand.cxy submit-brand\nspu.719 add wait:brand"},
		{"granted and renewed: products do not wait", func(w *world) {
			w.obs.Brands["CXY"] = provider.BrandGrant{BrandID: "29001", Wording: "CXY"}
			w.st.Records[brand] = &state.Record{Address: brand, RemoteID: "29001", Stamp: "sc1-old"}
		}, "brand.cxy submit-brand\nspu.719 add"},
		{"said to be granted, and it is: nothing is submitted, whatever was before", func(w *world) {
			w.cat.Brands["cxy"].Granted, w.cat.Brands["cxy"].License = true, nil
			w.obs.Brands["CXY"] = provider.BrandGrant{BrandID: "29001", Wording: "CXY"}
			w.st.Records[brand] = &state.Record{Address: brand, RemoteID: "29001", Stamp: "sc1-old"}
		}, "spu.719 add"},
		{"said to be granted, and the shop does not have it: what needs it is blocked", func(w *world) {
			w.cat.Brands["cxy"].Granted = true
			w.st.Records[brand] = &state.Record{Address: brand, RemoteID: "29001"}
		}, "brand.cxy block:not_granted\nspu.719 block:needs"},
		{"said to be granted, and the shop was not read", func(w *world) {
			w.cat.Brands["cxy"].Granted = true
			w.obs = nil
		}, "spu.719 add"},
		{"a product that is online takes the new brand: its update waits", func(w *world) {
			synced := inSync()
			w.obs.Products, w.st.Records = synced.obs.Products, synced.st.Records
		}, "brand.cxy submit-brand\nspu.719 update wait:brand"},
		{"granted and not declared any more", func(w *world) {
			pending(w)
			delete(w.cat.Brands, "cxy")
			w.want.Brand = ""
		}, "brand.cxy forget\nspu.719 add"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := withBrand()
			test.bend(w)
			if got := w.words(); got != test.plan {
				t.Errorf("plan\n%s\nwant\n%s", got, test.plan)
			}
		})
	}
}

// Where the shop was not read, the files are believed, and nothing is learned.
func TestAGrantThatWasNotLookedUpIsNotLearned(t *testing.T) {
	w := withBrand()
	w.cat.Brands["cxy"].Granted = true
	w.obs = nil
	if p := w.plan(); len(p.Learned.Records) != 0 || p.Adopted != 0 {
		t.Errorf("learned %+v, adopted %d", p.Learned.Records, p.Adopted)
	}
}

// A product whose creation was not answered is looked up by itself, although no
// record says that it is there.
func TestAnAnnouncedProductIsLookedUp(t *testing.T) {
	w := inSync()
	delete(w.st.Records, w.rec.Address)
	if scope := ScopeOf(w.cat, w.st, w.pol); len(scope.Products) != 0 {
		t.Errorf("a product that nobody announced is looked up: %v", scope.Products)
	}
	w.st.Intents[7] = state.Intent{Address: w.rec.Address, Call: "add", At: tableNow}
	if scope := ScopeOf(w.cat, w.st, w.pol); len(scope.Products) != 1 || scope.Products[0] != "719" {
		t.Errorf("looked up are %v, want the announced product", scope.Products)
	}
}

// A category that is said to be granted is never submitted either.
func TestGrantedCategories(t *testing.T) {
	w := inSync()
	w.cat.Qualifications["q"] = &schema.Qualification{Category: w.want.Category, Granted: true}
	if got := w.words(); got != "qualification.q block:not_granted" {
		t.Errorf("not granted: %s", got)
	}
	w.obs.Categories[w.want.Category.ID] = true
	plan := w.plan()
	if !plan.Empty() || plan.Adopted != 1 {
		t.Errorf("granted: %+v, %d adopted", plan.Changes, plan.Adopted)
	}
}

// A product that was written from the shop is known by the info_version that the
// shop shows, also when nobody here has sent it, and after plans have learned.
func TestAdoptedProductsAreKnownByTheirVersion(t *testing.T) {
	w := inSync()
	online(w, func(s *schema.SPU) { s.InfoVersion = "1" })
	rec, _ := Adopt(nil, w.want, w.have, w.have.Online)
	if rec.Version != "1" || rec.Repushed {
		t.Errorf("version %q, repushed %v", rec.Version, rec.Repushed)
	}
	for reading := range 3 {
		w.st.Records[rec.Address] = rec
		online(w, func(s *schema.SPU) {
			for i := range s.HeadImg {
				url := fmt.Sprintf("https://mmecimage.cn/%d/%d", reading, i)
				s.HeadImg[i] = schema.Image{Key: schema.ImageKey(url), URL: url}
			}
		})
		plan := w.plan()
		if !plan.Empty() {
			t.Fatalf("plan %+v", plan.Changes[0].Fields)
		}
		for _, learned := range plan.Learned.Records {
			rec = learned
		}
	}
}

// A draft that somebody saved and nobody reviews is left where it is; one that is
// on its way, or behind a live product, is not his to keep.
func TestAdoptingLeavesParkedDrafts(t *testing.T) {
	for _, test := range []struct {
		name   string
		online bool
		review provider.Review
		parked bool
	}{
		{"saved, never online", false, provider.ReviewNotAudited, true},
		{"no draft under review, never online", false, provider.ReviewNone, true},
		{"under its first review", false, provider.ReviewRunning, false},
		{"saved behind a live product", true, provider.ReviewNotAudited, false},
	} {
		w := inSync()
		w.have.Review = test.review
		if !test.online {
			w.have.Online = nil
		}
		if rec, _ := Adopt(nil, w.want, w.have, w.have.Draft); rec.Repushed != test.parked {
			t.Errorf("%s: repushed is %v, want %v", test.name, rec.Repushed, test.parked)
		}
	}
}

func TestShelfMoved(t *testing.T) {
	w := inSync()
	if ShelfMoved(w.rec, w.want, w.have) {
		t.Error("it is where it belongs")
	}
	w.have.Shelf = provider.ShelfDelisted
	if !ShelfMoved(w.rec, w.want, w.have) || ShelfMoved(nil, w.want, w.have) {
		t.Error("somebody took it down, and nobody knows without a record")
	}
	w.want.Listing = false // the files want it down now
	if ShelfMoved(w.rec, w.want, w.have) {
		t.Error("the files moved it")
	}
}

func TestMerchant(t *testing.T) {
	settings := func() *schema.Merchant {
		return &schema.Merchant{ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/cs", ServiceAgentPhone: "020-88880000",
			DefaultReceivingAddress: &schema.ReceivingAddress{ReceiverName: "张三", TelNumber: "13800000000", DetailedAddress: "示例路 1 号"}}
	}
	tests := []struct {
		name string
		bend func(*world)
		plan string
	}{
		{"never set", func(w *world) { w.obs.Merchant = nil }, "merchant update-merchant"},
		{"as declared", func(w *world) { w.obs.Merchant = settings() }, ""},
		{"another phone in the shop", func(w *world) {
			w.obs.Merchant = settings()
			w.obs.Merchant.ServiceAgentPhone = "1"
		}, "merchant update-merchant"},
		{"the address is not echoed, but was sent", func(w *world) {
			w.obs.Merchant = settings()
			w.obs.Merchant.DefaultReceivingAddress = nil
			w.st.Records[merchantAddress] = &state.Record{Address: merchantAddress, Memo: memoOfObject(&schema.Merchant{}, settings())}
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := inSync()
			w.cat.Merchant = settings()
			test.bend(w)
			if got := w.words(); got != test.plan {
				t.Errorf("plan %q, want %q", got, test.plan)
			}
		})
	}
}

func TestGuards(t *testing.T) {
	fraction, one := 0.30, 1
	w := inSync()
	w.want.SKUs[1].SalePrice = 660 // from 990: a third
	w.cat.Shop.Guard = schema.Guard{MaxPriceDrop: &fraction, MaxRemovals: &one, MaxChanges: &one}
	p := w.plan()
	if len(p.Breaches) != 1 || p.Breaches[0].Guard != GuardPriceDrop || len(p.Breaches[0].Objects) != 1 {
		t.Fatalf("breaches %+v, want the price drop alone", p.Breaches)
	}
	if got := p.Breaches[0].Actual; got < 0.33 || got > 0.34 {
		t.Errorf("the drop is %v, want a third", got)
	}
	w.pol.Override = map[GuardName]bool{GuardPriceDrop: true}
	if got := w.plan().Breaches; len(got) != 0 {
		t.Errorf("breaches %+v after the override", got)
	}
	w.pol.Override, w.want.SKUs[1].SalePrice = nil, 990
	for _, id := range []string{"a", "b"} {
		have := *w.have
		have.OutProductID = id
		w.obs.Products[id] = &have
		addr := spuAddress(id)
		w.st.Records[addr] = &state.Record{Address: addr, RemoteID: id}
	}
	p = w.plan()
	if len(p.Breaches) != 2 || p.Breaches[0].Guard != GuardRemovals || p.Breaches[1].Actual != 2 {
		t.Errorf("breaches %+v, want removals and changes", p.Breaches)
	}
}

// A setting that was sent and is gone from the shop was removed there.
func TestASettingThatIsGoneIsDrift(t *testing.T) {
	w := inSync()
	w.cat.Merchant = &schema.Merchant{ServiceAgentType: []int{0, 2}, ServiceAgentPhone: "020-88880000"}
	w.obs.Merchant = &schema.Merchant{ServiceAgentType: []int{0, 2}}
	cause := func() Cause { return w.plan().Changes[0].Fields[0].Cause }
	if got := cause(); got != CauseFile {
		t.Errorf("never sent: %s", got)
	}
	w.st.Records[merchantAddress] = &state.Record{Address: merchantAddress, Memo: memoOfObject(&schema.Merchant{}, w.cat.Merchant)}
	if got := cause(); got != CauseDrift {
		t.Errorf("sent before: %s", got)
	}
}

func TestUnmanagedAreCountedAndLeftAlone(t *testing.T) {
	w := inSync()
	stranger := *w.have
	stranger.OutProductID = "typed-into-the-console"
	w.obs.Products[stranger.OutProductID] = &stranger
	p := w.plan()
	if !p.Empty() || p.Unmanaged != 1 || p.Unchanged != 1 {
		t.Errorf("changes %v unmanaged %d unchanged %d", p.Changes, p.Unmanaged, p.Unchanged)
	}
}

func TestUploadsAreSharedByContent(t *testing.T) {
	w := inSync()
	second := blanket()
	second.OutProductID = "720"
	w.cat.SPUs["720"] = second
	w.obs.Products = map[string]*provider.Product{}
	w.st.Images[picture("desc").Key] = state.ImageRecord{URL: "https://mmecimage.cn/p/wx/d"}
	p := w.plan()
	if got, want := len(p.Uploads), 4; got != want {
		t.Fatalf("%d uploads, want %d: two head pictures and two colours, the detail picture is there", got, want)
	}
	if got := len(p.Uploads[0].For); got != 2 {
		t.Errorf("the upload is for %d products, want 2", got)
	}
	if s := p.Summary(); s.Create != 2 || s.Submissions != 2 || s.Reviews != 2 || s.Calls != 6 {
		t.Errorf("summary %+v", s)
	}
}

// A picture that is sent smaller than it is tells both sizes, and its product says
// so.
func TestUploadsTellWhatIsShrunk(t *testing.T) {
	w := inSync()
	w.obs.Products = map[string]*provider.Product{}
	large := w.want.HeadImg[0]
	w.cat.Images = map[schema.ImageKey]schema.ImageFile{large.Key: {
		Image: large, Size: 1000, Original: &schema.Original{Size: 3 << 20, Width: 4000, Height: 4000}}}
	p := w.plan()
	i := slices.IndexFunc(p.Uploads, func(u Upload) bool { return u.Key == large.Key })
	if u := p.Uploads[i]; u.Size != 1000 || u.OriginalSize != 3<<20 {
		t.Errorf("%d bytes of %d", u.Size, u.OriginalSize)
	}
	if notes := p.Changes[0].Notes; !slices.ContainsFunc(notes, func(n lang.Text) bool { return strings.Contains(n.EN, "is shrunk") }) {
		t.Errorf("notes %v", notes)
	}
}

func TestTargetsBringWhatTheyNeed(t *testing.T) {
	w := withBrand()
	other := blanket()
	other.OutProductID = "720"
	w.cat.SPUs["720"] = other
	w.pol.Targets = []schema.Address{spuAddress("719")}
	if got, want := w.words(), "brand.cxy submit-brand\nspu.719 add wait:brand"; got != want {
		t.Errorf("plan\n%s\nwant\n%s", got, want)
	}
	scope := ScopeOf(w.cat, w.st, w.pol)
	want := provider.Scope{Only: true, Brands: true, Fresh: []string{"719"}, Declared: w.cat.SPUs}
	if diff := cmp.Diff(want, scope); diff != "" {
		t.Error(diff)
	}
}

func TestPlanWithoutReadingTheShop(t *testing.T) {
	tests := []struct {
		name string
		bend func(*world)
		plan string
	}{
		{"as last sent", func(w *world) {}, ""},
		{"price", func(w *world) { w.want.SKUs[0].SalePrice = 890 }, "spu.719 update-free"},
		{"title", func(w *world) { w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm" }, "spu.719 update"},
		{"stock belongs to the shop", func(w *world) { w.want.SKUs[0].StockNum = 1 }, ""},
		{"shelf", func(w *world) { w.want.Listing = false }, "spu.719 delist"},
		{"new", func(w *world) { delete(w.st.Records, w.rec.Address) }, "spu.719 add"},
		{"removed", func(w *world) { delete(w.cat.SPUs, "719") }, "spu.719 delist forget"},
		{"rejected before", func(w *world) {
			w.rec.Rejected = &state.Rejection{Stamp: w.want.Stamp(), Reason: "标题不规范"}
		}, "spu.719 block:rejected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := inSync()
			w.obs = nil
			test.bend(w)
			if got := w.words(); got != test.plan {
				t.Errorf("plan %q, want %q", got, test.plan)
			}
		})
	}
}

func TestFieldsAreWordedForReaders(t *testing.T) {
	w := withBrand()
	w.cat.Tree = schema.NewCategoryTree([]schema.Category{{ID: 1445, Name: "毛毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺"}})
	w.cat.Merchant = &schema.Merchant{ServiceAgentType: []int{0, 1, 2}}
	got := map[string]string{}
	for _, c := range w.plan().Changes {
		for _, f := range c.Fields {
			got[c.Address.String()+" "+f.Path] = f.New
		}
	}
	for path, want := range map[string]string{
		"merchant service_agent_type": "wechat page phone",
		"brand.cxy brand_audit_type":  "domestic_r",
		"brand.cxy scene_group_list":  "1",
		"spu.719 third_cat_id":        "家纺/毯类/毛毯 (1445)",
	} {
		if got[path] != want {
			t.Errorf("%s is %q, want %q", path, got[path], want)
		}
	}
}
