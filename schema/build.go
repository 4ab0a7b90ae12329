package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopctl/shopctl/lang"
)

// builder makes the kinds of nodes, and applies the rules to each.
type builder struct {
	*report
	gallery *gallery
	tree    *CategoryTree
	catalog *Catalog
	// wordings, leaves and categories serve the rules between objects.
	wordings   map[string]Range
	leaves     map[CategoryRef]Range
	categories []categoryUse
	mains      []mainPicture
}

func newBuilder(l *loader, dir string) *builder {
	return &builder{
		report: l.report, gallery: newGallery(l.report, l.dir), tree: l.opt.Tree,
		wordings: map[string]Range{}, leaves: map[CategoryRef]Range{},
		catalog: &Catalog{
			dir:    dir,
			Tree:   l.opt.Tree,
			Brands: map[string]*Brand{}, Qualifications: map[string]*Qualification{}, SPUs: map[string]*SPU{},
			Sources: map[Address]Source{},
		},
	}
}

// hang makes the shop block's word on pictures count from now on.
func (b *builder) hang(shop *workshop, p *pace) {
	b.gallery.shop, b.gallery.looked, b.catalog.workshop = shop, p.picture, shop
}

// spus makes products of nodes, after their pictures were decoded side by side.
func (b *builder) spus(nodes []*node) {
	var names []string
	for _, n := range nodes {
		names = n.pictureNames(names)
	}
	b.gallery.prepare(names)
	outer := b.row
	defer func() { b.row = outer }()
	for _, n := range nodes {
		b.row = n.row
		b.spu(n)
	}
}

// pictureNames adds the pictures of a block and of the blocks in it.
func (n *node) pictureNames(names []string) []string {
	for _, v := range n.values {
		switch v := v.v.(type) {
		case picture:
			names = append(names, v.name)
		case []any:
			for _, item := range v {
				if p, ok := item.(picture); ok {
					names = append(names, p.name)
				}
			}
		}
	}
	for _, inner := range n.nodes {
		names = inner.pictureNames(names)
	}
	return names
}

// claim notes where an object stands; false, and a finding, when its name is
// none or there is another object of its address.
func (b *builder) claim(kind Kind, n *node) (name string, ok bool) {
	name, at, ok := nameOf(kind, n)
	if !ok {
		return "", false // reported: its id is missing or bad
	}
	if !validID(name) || name == "" && kind != KindMerchant {
		b.add(ruleInvalidID, at, lang.F("%q is empty, or holds spaces at its ends, line breaks or control characters.", "%q 为空，或首尾有空格，或含有换行、控制字符。", name), lang.T("Correct the id.", "请修正标识。"))
		return "", false
	}
	addr := Address{Kind: kind, Name: name}
	if earlier, taken := b.catalog.Sources[addr]; taken {
		where := earlier.Range.String()
		if earlier.EachKey != "" {
			where += " (" + earlier.EachKey + ")"
		}
		b.add(ruleDuplicateID, at, lang.F("%s is declared already at %s.", "%s 已在 %s 声明。", addr, where), lang.T("Rename or remove one of the two.", "请改名或删除其中一个。"))
		return "", false
	}
	b.catalog.Sources[addr] = Source{Range: n.header, EachKey: n.eachKey}
	return name, true
}

// nameOf is the name of an object: its label; for an element of for_each its id,
// or its key where the kind does not demand an id.
func nameOf(kind Kind, n *node) (name string, at Range, ok bool) {
	switch {
	case !n.repeated:
		return n.label, n.at, true
	case n.has("id"):
		return get[string](n, "id"), n.place("id"), true
	case n.bad("id") || kind == KindSPU:
		return "", Range{}, false
	}
	return n.eachKey, n.at, true
}

func validID(name string) bool {
	return strings.TrimSpace(name) == name && !strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

// pictures resolves the pictures of an attribute; those that are bad are left
// out after they were reported.
func (b *builder) pictures(n *node, name string) []Image {
	var images []Image
	for _, p := range listOf[picture](n.values[name].v) {
		if img, ok := b.gallery.image(p); ok {
			images = append(images, img)
		}
	}
	return images
}

// count is how many elements a list has, good or bad.
func (n *node) count(name string) int {
	list, _ := n.values[name].v.([]any)
	return len(list)
}

func (b *builder) merchants(nodes []*node) {
	for _, n := range nodes {
		if _, ok := b.claim(KindMerchant, n); ok {
			b.catalog.Merchant = b.merchant(n)
		}
	}
}

func (b *builder) merchant(n *node) *Merchant {
	m := &Merchant{
		ServiceAgentType:  listOf[int](n.values["service_agent_type"].v),
		ServiceAgentPath:  get[string](n, "service_agent_path"),
		ServiceAgentPhone: get[string](n, "service_agent_phone"),
		Reason:            b.reason(n),
	}
	slices.Sort(m.ServiceAgentType)
	m.ServiceAgentType = slices.Compact(m.ServiceAgentType)
	if a := n.first("default_receiving_address"); a != nil {
		m.DefaultReceivingAddress = &ReceivingAddress{
			ReceiverName:    get[string](a, "receiver_name"),
			TelNumber:       get[string](a, "tel_number"),
			Country:         get[string](a, "country"),
			Province:        get[string](a, "province"),
			City:            get[string](a, "city"),
			Town:            get[string](a, "town"),
			DetailedAddress: get[string](a, "detailed_address"),
		}
	}
	b.checkMerchant(n, m)
	return m
}

func (b *builder) brand(n *node) {
	name, ok := b.claim(KindBrand, n)
	if !ok {
		return
	}
	brand := &Brand{
		BrandWording:                     get[string](n, "brand_wording"),
		BrandAuditType:                   get[int](n, "brand_audit_type"),
		BrandManagementType:              get[int](n, "brand_management_type"),
		CommodityOriginType:              get[int](n, "commodity_origin_type"),
		TrademarkType:                    get[string](n, "trademark_type"),
		License:                          b.pictures(n, "license"),
		SaleAuthorization:                b.pictures(n, "sale_authorization"),
		TrademarkRegistrationCertificate: b.pictures(n, "trademark_registration_certificate"),
		TrademarkChangeCertificate:       b.pictures(n, "trademark_change_certificate"),
		TrademarkRegistrant:              get[string](n, "trademark_registrant"),
		TrademarkRegistrantNu:            get[string](n, "trademark_registrant_nu"),
		TrademarkAuthorizationPeriod:     get[string](n, "trademark_authorization_period"),
		TrademarkRegistrationApplication: b.pictures(n, "trademark_registration_application"),
		TrademarkApplicant:               get[string](n, "trademark_applicant"),
		TrademarkApplicationTime:         get[string](n, "trademark_application_time"),
		ImportedGoodsForm:                b.pictures(n, "imported_goods_form"),
		Scenes:                           slices.Clone(b.catalog.Shop.Scenes),
		Granted:                          get[bool](n, grantedName),
		Reason:                           b.reason(n),
	}
	b.checkBrand(n, brand)
	b.catalog.Brands[name] = brand
}

func (b *builder) qualification(n *node) {
	name, ok := b.claim(KindQualification, n)
	if !ok {
		return
	}
	q := &Qualification{
		Category:    b.category(n),
		License:     b.pictures(n, "license"),
		Certificate: b.pictures(n, "certificate"),
		Scenes:      slices.Clone(b.catalog.Shop.Scenes),
		Granted:     get[bool](n, grantedName),
		Reason:      b.reason(n),
	}
	b.checkQualification(n, q)
	b.catalog.Qualifications[name] = q
}

// spu makes a product of a node. The findings about it are held back until its
// content is known.
func (b *builder) spu(n *node) {
	b.held, b.hold = n.held, true
	uses := len(b.categories)
	name, ok := b.claim(KindSPU, n)
	s := &SPU{
		OutProductID:      name,
		Title:             get[string](n, "title"),
		Path:              get[string](n, "path"),
		HeadImg:           b.pictures(n, "head_img"),
		QualificationPics: b.pictures(n, "qualification_pics"),
		Category:          b.category(n),
		Brand:             get[BrandRef](n, "brand"),
		Scenes:            slices.Clone(b.catalog.Shop.Scenes),
		InfoVersion:       get[string](n, "info_version"),
		Listing:           !n.has("listing") || get[bool](n, "listing"),
		StockManaged:      n.has("stock"),
		OnRemove:          b.catalog.Shop.OnRemove,
		InReview:          b.catalog.Shop.InReview,
		AsFound:           get[string](n, asFoundName),
		Order:             b.order(n, b.catalog.Shop.Order),
		Reason:            b.reason(n),
	}
	if n.has("scenes") {
		s.Scenes = b.scenes(n)
	}
	if n.has("on_remove") {
		s.OnRemove = OnRemove(get[string](n, "on_remove"))
	}
	if n.has("in_review") {
		s.InReview = InReview(get[string](n, "in_review"))
	}
	if d := n.first("desc_info"); d != nil {
		s.DescInfo = DescInfo{Desc: get[string](d, "desc"), Imgs: b.pictures(d, "imgs")}
	}
	if c := n.first("component"); c != nil {
		s.Component = b.component(c)
	}
	skus := n.all("sku")
	s.SKUs = slices.Grow(s.SKUs, len(skus))
	for _, sku := range skus {
		s.SKUs = append(s.SKUs, b.sku(sku))
	}
	b.checkSPU(n, s)
	asFound := b.asFound(n, s)
	for i := range b.categories[uses:] {
		b.categories[uses+i].asFound = asFound
	}
	b.release(asFound)
	if ok {
		b.catalog.SPUs[name] = s
		b.noteMain(n, s)
	}
}

// asFound reports whether the content of a product is what import found in the
// shop, and says so when it is not any more.
func (b *builder) asFound(n *node, s *SPU) bool {
	if _, sealed := n.values[asFoundName]; !sealed {
		return false
	}
	b.checkPresent(n)
	for _, sku := range n.all("sku") {
		b.checkPresent(sku)
	}
	asFound := s.AsFound == s.Seal()
	if s.AsFound != "" && !asFound {
		b.add(ruleAsFound, n.place(asFoundName), lang.T("It was changed since it was imported, so all rules hold for it again.", "导入之后内容有改动，所有规则重新生效。"),
			lang.T("Remove as_found.", "请删除 as_found。"))
	}
	return asFound
}

// maxReason is how many characters a reason may have: it is kept with every verdict.
const maxReason = 200

func (b *builder) reason(n *node) string {
	reason := get[string](n, reasonName)
	if length := utf8.RuneCountInString(reason); length > maxReason {
		b.add(ruleReason, n.place(reasonName), lang.F("Characters: %d. Allowed: at most %d.", "共有 %d 个字符，最多 %d 个。", length, maxReason), lang.T("Shorten it.", "请缩短。"))
	}
	return reason
}

func (b *builder) component(n *node) Component {
	c := Component{
		DirectPath:  get[string](n, "direct_path"),
		Supplier:    get[string](n, "supplier"),
		ProductType: get[string](n, "product_type"),
		SellTime:    get[string](n, "sell_time"),
		PickUpType:  listOf[string](n.values["pick_up_type"].v),
		UnitName:    get[string](n, "unitname"),
		UnitFactor:  int(get[int64](n, "unitfactor")),
	}
	if n.has("express_fee") {
		fee := get[Fen](n, "express_fee")
		c.ExpressFee = &fee
	}
	return c
}

func (b *builder) sku(n *node) SKU {
	s := SKU{
		OutSKUID:    n.label,
		SalePrice:   get[Fen](n, "sale_price"),
		MarketPrice: get[Fen](n, "market_price"),
		StockNum:    get[int64](n, "stock_num"),
		Barcode:     get[string](n, "barcode"),
		SKUCode:     get[string](n, "sku_code"),
		SKUAttrs:    get[[]Attr](n, "sku_attrs"),
	}
	if n.has("thumb_img") {
		s.ThumbImg, _ = b.gallery.image(get[picture](n, "thumb_img"))
	}
	if _, given := n.values["market_price"]; !given || !n.has("market_price") {
		s.MarketPrice = s.SalePrice
	}
	return s
}

// finish applies the rules between objects and seals the catalog.
func (b *builder) finish() *Catalog {
	b.checkCategories()
	b.checkAlike()
	c := b.catalog
	c.Images = b.gallery.used
	c.Digest = c.digest()
	return c
}

// digest covers everything that a plan depends on: the objects and how they are
// to be treated, not where they were written.
func (c *Catalog) digest() string {
	h := sha256.New()
	enc := canonicalEncoder(h)
	add := func(name string, v any) {
		h.Write([]byte(name + "\n"))
		encodeKind(enc, v)
	}
	shop := c.Shop
	shop.Range = Range{}
	add("shop", shop)
	for _, a := range c.Addresses() {
		switch a.Kind {
		case KindMerchant:
			add(a.String(), c.Merchant)
		case KindBrand:
			add(a.String(), c.Brands[a.Name])
			addGranted(add, c.Brands[a.Name].Granted)
		case KindQualification:
			add(a.String(), c.Qualifications[a.Name])
			addGranted(add, c.Qualifications[a.Name].Granted)
		case KindSPU:
			s := c.SPUs[a.Name]
			add(a.String(), s)
			add("local", []any{s.Listing, s.StockManaged, s.OnRemove, s.InReview})
			if s.Order != c.Shop.Order {
				add("order", s.Order)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// addGranted takes no note of what is not granted, so that the digests of older
// catalogs stay as they are.
func addGranted(add func(string, any), granted bool) {
	if granted {
		add(grantedName, granted)
	}
}

// ReasonOf is what the author gave as the reason of an object, "" for nothing.
func (c *Catalog) ReasonOf(a Address) string {
	switch {
	case a.Kind == KindMerchant && c.Merchant != nil:
		return c.Merchant.Reason
	case a.Kind == KindBrand && c.Brands[a.Name] != nil:
		return c.Brands[a.Name].Reason
	case a.Kind == KindQualification && c.Qualifications[a.Name] != nil:
		return c.Qualifications[a.Name].Reason
	case a.Kind == KindSPU && c.SPUs[a.Name] != nil:
		return c.SPUs[a.Name].Reason
	}
	return ""
}

// Addresses are the addresses of all objects, sorted.
func (c *Catalog) Addresses() []Address {
	addresses := make([]Address, 0, len(c.Sources))
	for a := range c.Sources {
		addresses = append(addresses, a)
	}
	slices.SortFunc(addresses, Address.Compare)
	return addresses
}
