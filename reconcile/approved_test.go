package reconcile

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// A change as it was read: the title goes from A to B, a price from 990 to 890.
func readChange() Change {
	c := Change{
		Address: spuAddress("719"), Want: "sha256:1", Steps: []Op{OpUpdate, OpList},
		Fields: []FieldDiff{
			{Path: "title", Kind: FieldText, Old: "A", New: "B"},
			{Path: "sku.s.sale_price", Kind: FieldMoney, Old: "990", New: "890"},
			{Path: "sku.s.stock_num", Kind: FieldNumber, Old: "5", New: "9"},
		},
	}
	c.finish(c.Address, schema.Source{})
	return c
}

func TestCompareByMeaning(t *testing.T) {
	for _, test := range []struct {
		name string
		now  func(*Change) // what has become of the change
		want func(*Comparison) any
		kind StrayKind // of the stray, "" for none
	}{
		{"nothing has changed", func(*Change) {}, heldList, ""},
		{"stock was sold meanwhile", func(c *Change) { c.Fields[2].Old = "3" }, heldList, ""},
		{"it waits for a review by now", func(c *Change) { c.Steps = nil }, lessList, ""},
		{"the update was made, the shelf is left", func(c *Change) { c.Steps, c.Fields = c.Steps[1:], nil }, lessList, ""},
		{"the title was put right in the console", func(c *Change) { c.Fields = c.Fields[1:] }, lessList, ""},
		{"the files declare something else", func(c *Change) { c.Want = "sha256:2" }, nil, StrayContent},
		{"the title was edited in the console", func(c *Change) { c.Fields[0].Old = "C" }, nil, StrayShop},
		{"one more field drifted", func(c *Change) {
			c.Fields = append(c.Fields, FieldDiff{Path: "sku.s.barcode", Old: "1", New: "2"})
		}, nil, StrayFields},
		{"a submission must be withdrawn first", func(c *Change) { c.Steps = []Op{OpWithdraw, OpUpdate, OpList} }, nil, StraySteps},
		{"the order of the steps is another", func(c *Change) { c.Steps = []Op{OpList, OpUpdate} }, nil, StraySteps},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := readChange()
			now.Steps, now.Fields = slices.Clone(now.Steps), slices.Clone(now.Fields)
			test.now(&now)
			got := Compare(&Plan{Changes: []Change{readChange()}}, &Plan{Changes: []Change{now}})
			if test.kind != "" {
				if len(got.Strayed) != 1 || got.Strayed[0].Kind != test.kind || got.Approved() {
					t.Fatalf("got %+v, want a stray of kind %s", got, test.kind)
				}
				return
			}
			if list := test.want(&got); !cmp.Equal(list, []schema.Address{spuAddress("719")}) || !got.Approved() {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// What follows from a creation was read with it, and nothing else.
func TestACreationIsReadWithItsShelf(t *testing.T) {
	read := Change{Address: spuAddress("1"), Steps: []Op{OpAdd}, Fields: []FieldDiff{{Path: "title", New: "A"}}}
	apart := Change{Address: spuAddress("2"), Steps: []Op{OpAdd, OpDelist}, Fields: read.Fields}
	plan := &Plan{Changes: []Change{read, apart}}
	shelf := func(id string, op Op, from, to string) *Change {
		return &Change{Address: spuAddress(id), Steps: []Op{op}, Fields: []FieldDiff{{Path: listingPath, Kind: FieldShelf, Old: from, New: to}}}
	}
	for name, test := range map[string]struct {
		now  *Change
		want bool
	}{
		"it is listed after its review":           {shelf("1", OpList, "off", "on"), true},
		"it was banned":                           {shelf("1", OpList, "banned", "on"), false},
		"it is taken off, which nobody has read":  {shelf("1", OpDelist, "on", "off"), false},
		"it is kept off the shelf as read":        {shelf("2", OpDelist, "on", "off"), true},
		"it is listed, though read as kept off":   {shelf("2", OpList, "off", "on"), false},
		"a product that is not in the plan":       {shelf("3", OpList, "off", "on"), false},
		"a product that only waits":               {&Change{Address: spuAddress("3")}, true},
		"its price was edited in the shop by now": {&Change{Address: spuAddress("1"), Steps: []Op{OpUpdateFree}, Fields: []FieldDiff{{Path: "sku.s.sale_price"}}}, false},
	} {
		if got := plan.Approver()(test.now); got != test.want {
			t.Errorf("%s: approved %v, want %v", name, got, test.want)
		}
	}
}

// What a plan says will follow a verdict was read with it, and nothing else.
func TestASubmissionIsReadThatFollowsAVerdict(t *testing.T) {
	title := FieldDiff{Path: "title", Old: "A", New: "C", Cost: schema.CostReview}
	behind := Change{Address: spuAddress("1"), Want: "sha256:1", Waits: []Wait{{Kind: WaitReview}}, Fields: []FieldDiff{title}} // in_review = "wait"
	running := Change{Address: spuAddress("2"), Want: "sha256:1", Waits: []Wait{{Kind: WaitReview}}}
	approves := (&Plan{Changes: []Change{behind, running}}).Approver()
	submit := func(id string, fields ...FieldDiff) *Change {
		return &Change{Address: spuAddress(id), Want: "sha256:1", Steps: []Op{OpUpdate}, Fields: fields}
	}
	edited := title
	edited.Old = "B"
	for name, test := range map[string]struct {
		now  *Change
		want bool
	}{
		"it goes to review as was said":                   {submit("1", title), true},
		"buyers see something else by now":                {submit("1", edited), false},
		"what was under review must be submitted again":   {submit("2"), false},
		"a product of which the plan has not said a word": {submit("3", title), false},
	} {
		if got := approves(test.now); got != test.want {
			t.Errorf("%s: approved %v, want %v", name, got, test.want)
		}
	}
}

// What the platform makes necessary on the way to what was read was read with it; an
// edit that a human made meanwhile was not.
func TestWhatFollowsOnTheWay(t *testing.T) {
	review := []Wait{{Kind: WaitReview}}
	price := FieldDiff{Path: "sku.s.sale_price", Kind: FieldMoney, Old: "990", New: "890", Cost: schema.CostFree}
	on := FieldDiff{Path: listingPath, Kind: FieldShelf, Old: "off", New: "on"}
	off := FieldDiff{Path: listingPath, Kind: FieldShelf, Old: "on", New: "off"}
	brand := schema.Address{Kind: schema.KindBrand, Name: "b"}
	for name, test := range map[string]struct {
		read, now Change
		want      bool
	}{
		"created, and saved without a review (1000017)":      {Change{Steps: []Op{OpAdd}}, Change{Steps: []Op{OpUpdate}}, true},
		"an edit at once that was refused":                   {Change{Steps: []Op{OpUpdateFree}, Fields: []FieldDiff{price}}, Change{Steps: []Op{OpUpdate}, Fields: []FieldDiff{price}}, true},
		"the first review is over, and it is not listed":     {Change{Waits: review, Fields: []FieldDiff{on}}, Change{Steps: []Op{OpList}, Fields: []FieldDiff{on}}, true},
		"on the shelf in its review, and then taken off":     {Change{Waits: review}, Change{Steps: []Op{OpList}, Fields: []FieldDiff{on}}, false},
		"listed by its approval, and declared off the shelf": {Change{Waits: review}, Change{Steps: []Op{OpDelist}, Fields: []FieldDiff{off}}, true},
		"an audit of which nobody knows whether it arrived":  {Change{Address: brand, Waits: []Wait{{Kind: WaitAudit, AuditUnknown: true}}}, Change{Address: brand, Steps: []Op{OpSubmitBrand}}, true},
		"an audit that runs":                                 {Change{Address: brand, Waits: []Wait{{Kind: WaitAudit}}}, Change{Address: brand, Steps: []Op{OpSubmitBrand}}, false},
	} {
		if got := (&Plan{Changes: []Change{test.read}}).Approver()(&test.now); got != test.want {
			t.Errorf("%s: approved %v, want %v", name, got, test.want)
		}
	}
}

func heldList(c *Comparison) any { return c.Held }
func lessList(c *Comparison) any { return c.Less }

func TestCompareNamesWhatCameAndWent(t *testing.T) {
	wait := Change{Address: spuAddress("3"), Waits: []Wait{{Kind: WaitReview}}}
	got := Compare(
		&Plan{Changes: []Change{{Address: spuAddress("1"), Steps: []Op{OpList}}}},
		&Plan{Changes: []Change{{Address: spuAddress("2"), Steps: []Op{OpDelist}}, wait}})
	want := Comparison{
		Done: []schema.Address{spuAddress("1")}, New: []schema.Address{spuAddress("2")}, Less: []schema.Address{spuAddress("3")},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if got.Approved() {
		t.Error("a change that nobody read is approved")
	}
}

// A declared object is known again by its content, whatever is sent or not.
func TestWantFollowsTheDeclaration(t *testing.T) {
	spu := func(change func(*schema.SPU)) *schema.Catalog {
		s := &schema.SPU{OutProductID: "719", Title: "毛毯", Listing: true, SKUs: []schema.SKU{{OutSKUID: "s", SalePrice: 990}}}
		change(s)
		return &schema.Catalog{SPUs: map[string]*schema.SPU{"719": s}}
	}
	same := wantOf(spu(func(*schema.SPU) {}), spuAddress("719"))
	seen := map[string]string{same: "nothing"}
	for name, change := range map[string]func(*schema.SPU){
		"title": func(s *schema.SPU) { s.Title = "x" }, "price": func(s *schema.SPU) { s.SKUs[0].SalePrice = 1 },
		"shelf": func(s *schema.SPU) { s.Listing = false }, "stock": func(s *schema.SPU) { s.StockManaged = true },
	} {
		want := wantOf(spu(change), spuAddress("719"))
		if other, taken := seen[want]; taken {
			t.Errorf("%s and %s give the same digest", name, other)
		}
		seen[want] = name
	}
	if wantOf(&schema.Catalog{}, spuAddress("719")) != "" {
		t.Error("an object that is not declared has a digest")
	}
}

func savedPlan() *Plan {
	return &Plan{
		ShopName: "blankets", Shop: state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"},
		Changes: []Change{readChange()}, Uploads: []Upload{}, Breaches: []Breach{},
	}
}

func encodePlan(t *testing.T, p *Plan, head planHead) []byte {
	t.Helper()
	b, err := json.Marshal(struct {
		planHead
		*Plan
		Summary struct{} `json:"summary"`
	}{head, p, struct{}{}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadPlan(t *testing.T) {
	good := planHead{PlanDocument, PlanVersion}
	got, err := ReadPlan(bytes.NewReader(encodePlan(t, savedPlan(), good)))
	if err != nil {
		t.Fatal(err)
	}
	if c := Compare(got, savedPlan()); !c.Approved() || len(c.Held) != 1 {
		t.Errorf("a plan that was written and read is another one: %+v", c)
	}
	for _, test := range []struct {
		name, file, says string
	}{
		{"not JSON", "plan", "not JSON"},
		{"a report", string(encodePlan(t, savedPlan(), planHead{"report", 1})), `"report" version 1`},
		{"a newer plan", string(encodePlan(t, savedPlan(), planHead{PlanDocument, 2})), "version 2"},
		{"an unknown member", `{"document":"plan","version":1,"sudo":true}`, "another version"},
		{"no shop", `{"document":"plan","version":1}`, "the shop is missing"},
		{"an unknown step", string(broken(t, func(c *Change) { c.Steps = []Op{"format"} })), `unknown step "format"`},
		{"a harmless headline over a deletion", string(broken(t, func(c *Change) { c.Steps = []Op{OpDelete}; c.Action = ActionEdit })), `its steps mean "delete"`},
		{"a deletion that is said to be free", string(broken(t, func(c *Change) { c.Steps, c.Action = []Op{OpDelete}, ActionDelete })), `its steps are "irreversible"`},
	} {
		_, err := ReadPlan(strings.NewReader(test.file))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.says)
		}
	}
}

func broken(t *testing.T, change func(*Change)) []byte {
	p := savedPlan()
	change(&p.Changes[0])
	return encodePlan(t, p, planHead{PlanDocument, PlanVersion})
}

func TestOnlyDropsWhoNeedsWhatIsDropped(t *testing.T) {
	brand := brandAddress("cxy")
	p := &Plan{
		Changes: []Change{
			{Address: brand, Steps: []Op{OpSubmitBrand}},
			{Address: spuAddress("1"), Steps: []Op{OpAdd}, Needs: []schema.Address{brand}},
			{Address: spuAddress("2"), Steps: []Op{OpUpdateFree}},
		},
		Uploads: []Upload{
			{Key: "a", For: []schema.Address{brand, spuAddress("1")}},
			{Key: "b", For: []schema.Address{spuAddress("1"), spuAddress("2")}},
		},
	}
	left := p.Only(func(c *Change) bool { return c.Address != brand })
	if !cmp.Equal(left, []schema.Address{brand, spuAddress("1")}) {
		t.Errorf("left out %v", left)
	}
	if len(p.Changes) != 1 || len(p.Uploads) != 1 || !cmp.Equal(p.Uploads[0].For, []schema.Address{spuAddress("2")}) {
		t.Errorf("kept %+v and %+v", p.Changes, p.Uploads)
	}
}
