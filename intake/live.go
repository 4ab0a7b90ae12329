package intake

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// Live is a shop that was read, to be taken over into files.
type Live struct {
	Seen *provider.Observation
	// Catalog is what is declared already; nil for a fresh directory.
	Catalog *schema.Catalog
	// Shop is the shop block: the catalog's, or the one to be written.
	Shop schema.Shop
	Tree *schema.CategoryTree
	Lang lang.Lang
	// Wanted says which objects to take; nil for all.
	Wanted func(schema.Address) bool
}

// Taken is what was made of a shop.
type Taken struct {
	*Bundle
	// From says which copy of which product each SPU of the bundle was written
	// from, by out_product_id.
	From map[string]Origin
	// Known is how many of the shop's products are declared already.
	Known int
	links map[schema.ImageKey]string
	// Problems are what could not be taken, or not as it is.
	Problems []Problem
}

// Origin is a product of the shop and the copy of it that was taken.
type Origin struct {
	Product *provider.Product
	Copy    *provider.Copy
}

// Take puts what a shop has into the terms of the language. The result is
// complete but for its pictures, which are links of the shop (see Pictures), and
// for the seals of odd products (see Seal).
func (l *Live) Take() *Taken {
	t := &Taken{
		Bundle: &Bundle{
			Shop: l.Shop, NewShop: l.Catalog == nil, Tree: l.Tree, Lang: l.Lang,
			Brands: map[string]*schema.Brand{}, Qualifications: map[string]*schema.Qualification{},
			Declared: map[schema.Address]schema.Source{}, Notes: map[schema.Address][]lang.Text{},
		},
		From: map[string]Origin{},
	}
	if l.Catalog != nil {
		t.Declared = l.Catalog.Sources
	}
	l.merchant(t)
	brands := l.brands(t)
	l.qualifications(t)
	for _, id := range slices.Sorted(maps.Keys(l.Seen.Products)) {
		if l.wants(schema.Address{Kind: schema.KindSPU, Name: id}) {
			l.product(t, l.Seen.Products[id], brands)
		}
	}
	for _, id := range l.Seen.Nameless {
		t.problem("product_id "+id, lang.T("The product has no out_product_id, so that no file can name it.", "该商品没有 out_product_id，文件中无法引用。"),
			lang.T("Give it one through the program that made it, or leave it in the console.", "请通过创建它的程序设置 out_product_id，或继续在后台管理。"))
	}
	return t
}

func (l *Live) wants(a schema.Address) bool { return l.Wanted == nil || l.Wanted(a) }

func (t *Taken) problem(object string, why, remedy lang.Text) {
	t.Problems = append(t.Problems, Problem{Object: object, Why: why, Remedy: remedy})
}

func (t *Taken) note(a schema.Address, note lang.Text) { t.Notes[a] = append(t.Notes[a], note) }

// merchant takes the settings where the language can say all of them: they are
// compared, and sent, as a whole.
func (l *Live) merchant(t *Taken) {
	m, addr := l.Seen.Merchant, schema.Address{Kind: schema.KindMerchant}
	if m == nil || !l.wants(addr) || isEmptyMerchant(m) {
		return
	}
	if !sayable(m) {
		t.problem(addr.String(), lang.T("The settings are incomplete in the shop, so they are left there.", "店铺中的商家设置不完整，未导入。"),
			lang.T("Complete customer service and return address in the console, and import again; or write the block by hand.", "请在后台补全客服与退货地址后再次导入，或手工编写。"))
		return
	}
	t.Merchant = m
}

func isEmptyMerchant(m *schema.Merchant) bool {
	return len(m.ServiceAgentType) == 0 && m.ServiceAgentPath+m.ServiceAgentPhone == "" && m.DefaultReceivingAddress == nil
}

func sayable(m *schema.Merchant) bool {
	for _, t := range m.ServiceAgentType {
		if agents[t] == "" {
			return false
		}
	}
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	if slices.Contains(m.ServiceAgentType, 1) && blank(m.ServiceAgentPath) || slices.Contains(m.ServiceAgentType, 2) && blank(m.ServiceAgentPhone) {
		return false
	}
	a := m.DefaultReceivingAddress
	return a == nil || !blank(a.ReceiverName) && !blank(a.TelNumber) && !blank(a.Province) && !blank(a.City) && !blank(a.Town) && !blank(a.DetailedAddress)
}

// brands takes the granted brands, and returns the reference to each by its id.
func (l *Live) brands(t *Taken) map[string]schema.BrandRef {
	refs := map[string]schema.BrandRef{}
	declared := map[string]string{}
	if l.Catalog != nil {
		for name, b := range l.Catalog.Brands {
			declared[b.BrandWording] = name
		}
	}
	for _, wording := range slices.Sorted(maps.Keys(l.Seen.Brands)) {
		grant := l.Seen.Brands[wording]
		if strings.TrimSpace(wording) == "" || !norm.NFC.IsNormalString(wording) {
			continue // it stays a number where it is used
		}
		name, known := declared[wording]
		if !known {
			name = freeName(identifier(wording), "brand-"+grant.BrandID, func(n string) bool {
				_, taken := t.Declared[schema.Address{Kind: schema.KindBrand, Name: n}]
				return taken || t.Brands[n] != nil
			})
			t.Brands[name] = &schema.Brand{BrandWording: wording, Granted: true, Scenes: l.Shop.Scenes}
		}
		refs["id:"+grant.BrandID] = schema.BrandRef("brand." + name)
	}
	return refs
}

// qualifications takes the granted categories that need a grant.
func (l *Live) qualifications(t *Taken) {
	declared := map[uint64]bool{}
	if l.Catalog != nil {
		for _, q := range l.Catalog.Qualifications {
			declared[q.Category.ID] = true
		}
	}
	if l.Tree == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(l.Seen.Categories)) {
		leaf, known := l.Tree.Lookup(id)
		if !known || leaf.QualificationType == schema.NeedNone || declared[id] {
			continue
		}
		name := freeName(identifier(leaf.Name), "category-"+strconv.FormatUint(id, 10), func(n string) bool {
			_, taken := t.Declared[schema.Address{Kind: schema.KindQualification, Name: n}]
			return taken || t.Qualifications[n] != nil
		})
		t.Qualifications[name] = &schema.Qualification{Category: schema.CategoryRef{ID: id}, Granted: true, Scenes: l.Shop.Scenes}
	}
}

// identifier is a word as it can stand behind "brand.", "" when nothing is left.
func identifier(s string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '-'
	}, s), "-")
	if !hclsyntax.ValidIdentifier(name) {
		return ""
	}
	return name
}

func freeName(name, otherwise string, taken func(string) bool) string {
	if name == "" || taken(name) {
		return otherwise
	}
	return name
}

// product takes one product.
func (l *Live) product(t *Taken, p *provider.Product, brands map[string]schema.BrandRef) {
	addr := schema.Address{Kind: schema.KindSPU, Name: p.OutProductID}
	if _, declared := t.Declared[addr]; declared {
		t.Known++
		return
	}
	from, notes := choose(p)
	if from == nil {
		return
	}
	if why, ok := unnameable(p.OutProductID, &from.SPU); ok {
		t.problem(addr.String(), why, lang.T("Rename it in the program that made it, or leave it in the console.", "请在创建它的程序中改名，或继续在后台管理。"))
		return
	}
	t.SPUs = append(t.SPUs, l.declared(p, from, brands))
	t.From[p.OutProductID] = Origin{p, from}
	for _, note := range notes {
		t.note(addr, note)
	}
}

// declared is a copy of a product as a catalog would declare it.
func (l *Live) declared(p *provider.Product, from *provider.Copy, brands map[string]schema.BrandRef) *schema.SPU {
	s := *from.SPU.Composed()
	s.OutProductID, s.InfoVersion = p.OutProductID, ""
	if ref, granted := brands[string(s.Brand)]; granted {
		s.Brand = ref
	}
	if len(s.Scenes) == 0 {
		s.Scenes = l.Shop.Scenes
	}
	s.SKUs = slices.Clone(s.SKUs)
	s.Component = sayableComponent(s.Component)
	s.Listing, s.OnRemove, s.InReview = onShelf(p, l.Seen.At), l.Shop.OnRemove, l.Shop.InReview
	return &s
}

// choose says which copy of a product to take, and why: what is under review is
// what its owner wants; everything else in a draft nobody has submitted, or a
// reviewer has turned down, and buyers see the online copy.
func choose(p *provider.Product) (*provider.Copy, []lang.Text) {
	switch {
	case p.Online == nil && p.Draft == nil:
		return nil, nil
	case p.Online == nil:
		return p.Draft, []lang.Text{neverApproved(p)}
	case p.Draft != nil && p.Review == provider.ReviewRunning:
		return p.Draft, []lang.Text{lang.T("from the draft: it is under review, and buyers see an older version", "取自草稿：正在审核，买家看到的是旧版本")}
	}
	notes := []lang.Text{lang.T("from the online copy: what buyers see", "取自线上版本：买家看到的内容")}
	switch {
	case p.Review == provider.ReviewRejected:
		notes = append(notes, lang.F("the draft was rejected: %s", "草稿被驳回：%s", p.Reason))
	case p.Review == provider.ReviewNotAudited:
		notes = append(notes, lang.T("a draft is saved that nobody has submitted", "另有已保存但未提交审核的草稿"))
	}
	switch p.Shelf {
	case provider.ShelfListed:
	case provider.ShelfDelisted:
		notes[0] = lang.T("from the online copy: approved, and taken off the shelf", "取自线上版本：已通过审核，已下架")
	case provider.ShelfBanned:
		notes[0] = lang.T("from the online copy: taken off the shelf by the platform; set listing = true once it is put right", "取自线上版本：已被平台下架；整改后请设置 listing = true")
	default:
		notes[0] = lang.F("from the online copy; its shelf state is %d", "取自线上版本；货架状态为 %d", int(p.Shelf))
	}
	return p.Online, notes
}

func neverApproved(p *provider.Product) lang.Text {
	switch p.Review {
	case provider.ReviewRunning:
		return lang.T("from the draft: it is under review for the first time", "取自草稿：首次审核中")
	case provider.ReviewRejected:
		return lang.F("from the draft: it was rejected: %s", "取自草稿：已被驳回：%s", p.Reason)
	case provider.ReviewApproved:
		return lang.T("from the draft: it was approved, and is not on the shelf", "取自草稿：已通过审核，未上架")
	}
	return lang.T("from the draft: it was never approved, and is not under review; it is submitted when its content changes", "取自草稿：从未通过审核，也不在审核中；内容修改后才会提交")
}

// copyGrace is how long the platform takes to put an approved product onto the
// shelf by itself (reference section 8.8).
const copyGrace = time.Minute

// onShelf reports whether a product is on the shelf, or gets there by itself.
func onShelf(p *provider.Product, at time.Time) bool {
	switch p.Shelf {
	case provider.ShelfListed:
		return true
	case provider.ShelfInitial:
		return p.Review != provider.ReviewApproved || at.Sub(p.AuditedAt) < copyGrace
	}
	return false
}

// unnameable says why a product cannot be declared: ids are compared byte by
// byte, and a catalog has them trimmed, composed and in one line.
func unnameable(id string, s *schema.SPU) (lang.Text, bool) {
	if !nameable(id) {
		return lang.F("The out_product_id %q cannot stand in a catalog.", "out_product_id %q 无法写入目录。", id), true
	}
	seen := map[string]bool{}
	for i := range s.SKUs {
		sku := s.SKUs[i].OutSKUID
		if !nameable(sku) || seen[sku] {
			return lang.F("The out_sku_id %q is empty, stands twice, or cannot stand in a catalog.", "out_sku_id %q 为空、重复，或无法写入目录。", sku), true
		}
		seen[sku] = true
	}
	return lang.Text{}, false
}

func nameable(id string) bool {
	return id != "" && strings.TrimSpace(id) == id && norm.NFC.IsNormalString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// sayableComponent leaves out what the language has no word for. These members
// are informational, and the shop keeps what it is not sent.
func sayableComponent(c schema.Component) schema.Component {
	if c.ProductType != "2" && c.ProductType != "3" {
		c.ProductType = "" // 1 is how "not set" is echoed too
	}
	if slices.ContainsFunc(c.PickUpType, func(t string) bool { return !slices.Contains([]string{"1", "2", "3", "4"}, t) }) {
		c.PickUpType = nil
	}
	if c.ExpressFee != nil && *c.ExpressFee < 0 {
		c.ExpressFee = nil
	}
	c.UnitFactor = max(c.UnitFactor, 0)
	return c
}

// Seal seals the products that the platform evidently accepted although they
// break its rules of today, so that they can be loaded; those that break the
// rules of the language itself are left out.
func (t *Taken) Seal(dir string) error {
	qualified := map[uint64]bool{}
	for _, q := range t.Qualifications {
		qualified[q.Category.ID] = true
	}
	checked := make([]*schema.SPU, len(t.SPUs))
	for i, s := range t.SPUs {
		checked[i] = withoutPictures(s)
	}
	found, err := schema.CheckSPUs(dir, checked, schema.CheckOptions{Tree: t.Tree, Qualified: qualified})
	if err != nil {
		return err
	}
	var refused []string
	for _, f := range found {
		s := t.SPUs[f.SPU]
		if f.Severity != schema.SeverityError {
			continue
		}
		if schema.IsContentRule(f.Rule) {
			s.AsFound = s.Seal()
			continue
		}
		t.problem("spu."+s.OutProductID, f.Why, f.Remedy)
		refused = append(refused, s.OutProductID)
	}
	t.SPUs = slices.DeleteFunc(t.SPUs, func(s *schema.SPU) bool { return slices.Contains(refused, s.OutProductID) })
	for _, s := range t.SPUs {
		if lacking(s) {
			s.AsFound = s.Seal()
		}
	}
	return nil
}

// lacking reports whether a product breaks a rule that holds for values as they
// are written: something is missing or stands twice.
func lacking(s *schema.SPU) bool {
	return strings.TrimSpace(s.Title) == "" || strings.TrimSpace(s.Path) == "" || repeats(s.Scenes) || slices.ContainsFunc(s.Scenes, func(n int) bool { return n <= 0 || n > 1000 }) ||
		slices.ContainsFunc(s.SKUs, func(k schema.SKU) bool { return pictureName(k.ThumbImg) == "" || repeats(attrKeys(k)) })
}

func attrKeys(k schema.SKU) []string {
	keys := make([]string, len(k.SKUAttrs))
	for i, a := range k.SKUAttrs {
		keys[i] = a.Key
	}
	return keys
}

func repeats[T cmp.Ordered](list []T) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(list)))) < len(list)
}

// withoutPictures is a copy with as many pictures, none of which has to be read.
func withoutPictures(s *schema.SPU) *schema.SPU {
	c := *s
	blank := func(images []schema.Image) []schema.Image {
		return slices.Repeat([]schema.Image{{URL: "https://picture.invalid/"}}, len(images))
	}
	c.HeadImg, c.QualificationPics, c.DescInfo.Imgs = blank(c.HeadImg), blank(c.QualificationPics), blank(c.DescInfo.Imgs)
	c.SKUs = slices.Clone(c.SKUs)
	for i := range c.SKUs {
		c.SKUs[i].ThumbImg = schema.Image{}
	}
	return &c
}
