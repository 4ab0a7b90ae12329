package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/schema"
)

// objects writes the objects of a bundle as blocks.
type objects struct {
	*text
	bundle *Bundle
}

func (o *objects) notes(a schema.Address) {
	for _, note := range o.bundle.Notes[a] {
		o.comment(note.In(o.bundle.Lang))
	}
}

func (o *objects) shop(s *schema.Shop) {
	o.open("shop " + quote(s.Name))
	o.attr("platform", quote(s.Platform))
	o.attr("appid", quote(s.AppID))
	o.attr("scenes", numbers(s.Scenes))
	o.close()
}

// agents are the words of service_agent_type.
var agents = map[int]string{0: "wechat", 1: "page", 2: "phone"}

func (o *objects) merchant(m *schema.Merchant) {
	o.notes(schema.Address{Kind: schema.KindMerchant})
	o.open("merchant")
	var ways []string
	for _, t := range m.ServiceAgentType {
		if agents[t] != "" {
			ways = append(ways, quote(agents[t]))
		}
	}
	o.list("service_agent_type", ways)
	o.text.optional("service_agent_path", m.ServiceAgentPath)
	o.text.optional("service_agent_phone", m.ServiceAgentPhone)
	if a := m.DefaultReceivingAddress; a != nil {
		o.open("default_receiving_address")
		o.attr("receiver_name", quote(a.ReceiverName))
		o.attr("tel_number", quote(a.TelNumber))
		o.text.optional("country", a.Country)
		o.attr("province", quote(a.Province))
		o.attr("city", quote(a.City))
		o.attr("town", quote(a.Town))
		o.attr("detailed_address", quote(a.DetailedAddress))
		o.close()
	}
	o.close()
}

func (o *objects) brand(name string, b *schema.Brand) {
	o.notes(schema.Address{Kind: schema.KindBrand, Name: name})
	o.open("brand " + quote(name))
	o.attr("brand_wording", quote(b.BrandWording))
	o.attr("granted", "true")
	o.close()
}

func (o *objects) qualification(name string, q *schema.Qualification) {
	o.notes(schema.Address{Kind: schema.KindQualification, Name: name})
	o.open("qualification " + quote(name))
	o.category(q.Category)
	o.attr("granted", "true")
	o.close()
}

func (o *objects) spu(s *schema.SPU) {
	o.notes(schema.Address{Kind: schema.KindSPU, Name: s.OutProductID})
	o.open("spu " + quote(s.OutProductID))
	o.attr("title", quote(s.Title))
	o.attr("path", quote(s.Path))
	o.list("head_img", pictures(s.HeadImg))
	o.category(s.Category)
	if s.Brand != "" {
		o.attr("brand", brandValue(s.Brand))
	}
	if len(s.QualificationPics) > 0 {
		o.list("qualification_pics", pictures(s.QualificationPics))
	}
	if o.bundle.ownScenes(s) {
		o.attr("scenes", numbers(s.Scenes))
	}
	o.treatment(s)
	o.descInfo(s.DescInfo)
	o.component(s.Component)
	for i := range s.SKUs {
		o.sku(&s.SKUs[i])
	}
	o.close()
}

// treatment are the attributes that are never sent.
func (o *objects) treatment(s *schema.SPU) {
	o.text.optional("info_version", s.InfoVersion)
	if !s.Listing {
		o.attr("listing", "false")
	}
	if s.StockManaged {
		o.attr("stock", quote("managed"))
	}
	if s.OnRemove != "" && s.OnRemove != o.bundle.Shop.OnRemove {
		o.attr("on_remove", quote(string(s.OnRemove)))
	}
	if s.InReview != "" && s.InReview != o.bundle.Shop.InReview {
		o.attr("in_review", quote(string(s.InReview)))
	}
	o.text.optional("as_found", s.AsFound)
}

func (o *objects) descInfo(d schema.DescInfo) {
	if d.Desc == "" && len(d.Imgs) == 0 {
		return
	}
	o.open("desc_info")
	o.text.optional("desc", d.Desc)
	if len(d.Imgs) > 0 {
		o.list("imgs", pictures(d.Imgs))
	}
	o.close()
}

func (o *objects) component(c schema.Component) {
	if isZeroComponent(c) {
		return
	}
	o.open("component")
	o.text.optional("direct_path", c.DirectPath)
	o.text.optional("supplier", c.Supplier)
	if c.ExpressFee != nil {
		o.attr("express_fee", yuan(*c.ExpressFee))
	}
	o.text.optional("product_type", c.ProductType)
	o.text.optional("sell_time", c.SellTime)
	if len(c.PickUpType) > 0 {
		o.list("pick_up_type", quoteAll(c.PickUpType))
	}
	o.text.optional("unitname", c.UnitName)
	if c.UnitFactor != 0 {
		o.attr("unitfactor", strconv.Itoa(c.UnitFactor))
	}
	o.close()
}

func isZeroComponent(c schema.Component) bool {
	return c.DirectPath+c.Supplier+c.ProductType+c.SellTime+c.UnitName == "" && c.ExpressFee == nil && len(c.PickUpType) == 0 && c.UnitFactor == 0
}

func (o *objects) sku(k *schema.SKU) {
	o.open("sku " + quote(k.OutSKUID))
	if picture := pictureName(k.ThumbImg); picture != "" {
		o.attr("thumb_img", quote(picture))
	}
	o.attr("sale_price", yuan(k.SalePrice))
	if k.MarketPrice != k.SalePrice {
		o.attr("market_price", yuan(k.MarketPrice))
	}
	o.attr("stock_num", strconv.FormatInt(k.StockNum, 10))
	o.text.optional("sku_code", k.SKUCode)
	o.text.optional("barcode", k.Barcode)
	if len(k.SKUAttrs) > 0 {
		o.attr("sku_attrs", attrsValue(k.SKUAttrs))
	}
	o.close()
}

func attrsValue(attrs []schema.Attr) string {
	items := make([]string, len(attrs))
	for i, a := range attrs {
		items[i] = quote(a.Key) + " = " + quote(a.Value)
	}
	return "{ " + strings.Join(items, ", ") + " }"
}

// category writes a leaf with its name beside it.
func (o *objects) category(c schema.CategoryRef) {
	value := strconv.FormatUint(c.ID, 10)
	if c.ID == 0 && c.Path != "" {
		value = quote(c.Path)
	}
	o.noted("category", value, o.bundle.categoryName(c))
}

// optional writes a text that is not empty.
func (t *text) optional(name, value string) {
	if value != "" {
		t.attr(name, quote(value))
	}
}

// brandValue is a declared brand by its address, another one by its number.
func brandValue(b schema.BrandRef) string {
	if a, err := schema.ParseAddress(string(b)); err == nil && a.Kind == schema.KindBrand {
		return reference(a)
	}
	return strings.TrimPrefix(string(b), "id:")
}

func pictures(images []schema.Image) []string {
	names := make([]string, len(images))
	for i, image := range images {
		names[i] = quote(pictureName(image))
	}
	return names
}

func pictureName(image schema.Image) string {
	if image.Path != "" {
		return image.Path
	}
	return image.URL
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// ownScenes reports whether a product is for other scenes than the shop's.
func (b *Bundle) ownScenes(s *schema.SPU) bool {
	return len(s.Scenes) > 0 && !slices.Equal(s.Scenes, b.Shop.Scenes)
}

// categoryName is the name path of a leaf, "" where it is not known.
func (b *Bundle) categoryName(c schema.CategoryRef) string {
	if b.Tree == nil {
		return ""
	}
	leaf, ok := b.Tree.Lookup(c.ID)
	if !ok {
		return ""
	}
	return leaf.Path()
}
