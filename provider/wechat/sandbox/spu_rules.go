package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spuRequest is the body of spu/add and, but for the platform's id, spu/update.
type spuRequest struct {
	OutProductID string       `json:"out_product_id"`
	Title        string       `json:"title"`
	Path         string       `json:"path"`
	DirectPath   string       `json:"direct_path"`
	HeadImg      []string     `json:"head_img"`
	Proofs       []string     `json:"qualification_pics"`
	DescInfo     descInfo     `json:"desc_info"`
	Leaf         int          `json:"third_cat_id"`
	BrandID      uint64       `json:"brand_id"`
	Version      string       `json:"info_version"`
	SKUs         []skuRequest `json:"skus"`
	Scenes       *[]int       `json:"scene_group_list"`
	Extensions
}

type descInfo struct {
	Desc string   `json:"desc"`
	Imgs []string `json:"imgs"`
}

type skuRequest struct {
	OutProductID string `json:"out_product_id"`
	SKU
}

// Limits of content. Those marked are the successor's or version 1's, for want
// of figures for this API (reference section 8.1).
const (
	minTitle    = 3
	maxTitle    = 60
	maxOutID    = 128  // successor
	maxHeadImg  = 9    // successor
	maxProofs   = 5    // successor
	maxDesc     = 2000 // successor
	maxDescImgs = 50   // successor
	maxStock    = 10_000_000
	maxSKUCode  = 20
	maxAttr     = 40 // version 1
)

// ForbiddenWord makes the platform's content check refuse a product (87014).
const ForbiddenWord = "违禁词"

// checkMerchant refuses products of merchants who are not ready to sell.
func (x *exchange) checkMerchant() *refusal {
	switch {
	case !slices.Contains(x.account.Info.ServiceAgentType, serviceWeChat):
		return refuse(1040042)
	case x.knobs.DepositDue:
		return refuse(1000021)
	}
	return nil
}

// contentRule is one reason to refuse a product.
type contentRule func(x *exchange, in *spuRequest, adding bool) *refusal

// contentRules are asked in the platform's order: what is missing, what is too
// long, what it means, and whether it is allowed.
var contentRules = []contentRule{
	ruleSKUsPresent,
	ruleRequired,
	ruleLengths,
	ruleTitle,
	rulePath,
	ruleWords,
	ruleSKUIDs,
	ruleNumbers,
	ruleStock,
	ruleCategory,
	ruleBrand,
	ruleScenes,
}

// checkContent applies the rules and turns the request into content.
func (x *exchange) checkContent(in *spuRequest, outID string, adding bool) (Content, *refusal) {
	if outID == "" {
		return Content{}, refuse(1000001)
	}
	in.OutProductID = outID
	for _, rule := range contentRules {
		if r := rule(x, in, adding); r != nil {
			return Content{}, r
		}
	}
	return x.readContent(in)
}

func ruleSKUsPresent(_ *exchange, in *spuRequest, _ bool) *refusal {
	if len(in.SKUs) == 0 {
		return refuse(1000020)
	}
	return nil
}

func ruleRequired(_ *exchange, in *spuRequest, _ bool) *refusal {
	if in.Title == "" || in.Path == "" || len(in.HeadImg) == 0 || in.Leaf == 0 || in.BrandID == 0 {
		return refuse(1000014)
	}
	for _, k := range in.SKUs {
		switch {
		case k.OutSKUID == "" || k.OutProductID == "":
			return refuse(990007)
		case k.ThumbImg == "" || k.SalePrice == 0 || k.MarketPrice == 0:
			return refuse(1000014)
		}
	}
	return nil
}

func ruleLengths(_ *exchange, in *spuRequest, _ bool) *refusal {
	tooLong := len(in.OutProductID) > maxOutID || len(in.HeadImg) > maxHeadImg || len(in.Proofs) > maxProofs ||
		utf8.RuneCountInString(in.DescInfo.Desc) > maxDesc || len(in.DescInfo.Imgs) > maxDescImgs
	for _, k := range in.SKUs {
		tooLong = tooLong || len(k.OutSKUID) > maxOutID || len(k.SKUCode) > maxSKUCode
		for _, a := range k.Attrs {
			tooLong = tooLong || utf8.RuneCountInString(a.Key) > maxAttr || utf8.RuneCountInString(a.Value) > maxAttr
		}
	}
	if tooLong {
		return refuse(990008)
	}
	return nil
}

// titleSymbols are the special characters that a title may hold, beside
// Chinese, digits and Latin letters.
const titleSymbols = "·~!@#$%^&()*-_=+[]{}\\|;:'\",./<>?`" +
	"～！＠＃＄％＾＆（）＊－＿＝＋［］｛｝＼｜；：＇＂，．／＜＞？" +
	"【】《》“”‘’、。…—￥ \u00a0\u3000"

func ruleTitle(_ *exchange, in *spuRequest, _ bool) *refusal {
	chinese, foreign := false, false
	for _, c := range in.Title {
		han := unicode.Is(unicode.Han, c)
		chinese = chinese || han
		plain := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		foreign = foreign || !han && !plain && !strings.ContainsRune(titleSymbols, c)
	}
	n := utf8.RuneCountInString(in.Title)
	if n < minTitle || n > maxTitle || !chinese || foreign {
		return refuse(1000045)
	}
	return nil
}

// rulePath refuses what cannot be a page of a mini program. The platform's code
// for it is not known.
func rulePath(_ *exchange, in *spuRequest, _ bool) *refusal {
	for _, p := range []string{in.Path, in.DirectPath} {
		page, _, _ := strings.Cut(p, "?")
		foreign := strings.Contains(page, "://") && !strings.HasPrefix(page, "plugin-private://")
		if foreign || strings.ContainsFunc(p, unicode.IsSpace) {
			return refusef(9401020, "path不是可用的小程序路径")
		}
	}
	return nil
}

func ruleWords(_ *exchange, in *spuRequest, _ bool) *refusal {
	words := in.Title + in.DescInfo.Desc
	for _, k := range in.SKUs {
		words += k.attributes()
	}
	if strings.Contains(words, ForbiddenWord) {
		return refuse(87014)
	}
	return nil
}

func ruleSKUIDs(_ *exchange, in *spuRequest, _ bool) *refusal {
	seen := map[string]bool{}
	for _, k := range in.SKUs {
		switch {
		case k.OutProductID != in.OutProductID:
			return refuse(9401020)
		case seen[k.OutSKUID]:
			return refuse(9401005)
		}
		seen[k.OutSKUID] = true
	}
	return nil
}

func ruleNumbers(x *exchange, in *spuRequest, _ bool) *refusal {
	for _, k := range in.SKUs {
		if r := x.checkNumbers(k.SKU); r != nil {
			return r
		}
	}
	return nil
}

// checkNumbers holds for every write of a SKU, also without review.
func (x *exchange) checkNumbers(k SKU) *refusal {
	top := x.knobs.MaxPrice
	switch {
	case k.SalePrice <= 0, k.MarketPrice < k.SalePrice, k.StockNum < 0,
		x.knobs.MarketAboveSale && k.MarketPrice == k.SalePrice,
		top > 0 && k.MarketPrice > top:
		return refuse(9401020)
	case k.StockNum > maxStock, len(k.SKUCode) > maxSKUCode:
		return refuse(990008)
	}
	return nil
}

func ruleStock(_ *exchange, in *spuRequest, adding bool) *refusal {
	if adding && slices.ContainsFunc(in.SKUs, func(k skuRequest) bool { return k.StockNum == 0 }) {
		return refuse(1000015)
	}
	return nil
}

func ruleCategory(x *exchange, in *spuRequest, _ bool) *refusal {
	leaf, r := x.findLeaf(in.Leaf)
	switch {
	case r != nil:
		return r
	case x.needsGrant(leaf):
		return refusef(1000005, "请先申请[%s](%d):[%s](%d):[%s](%d)类目通过后再提审此类目对应的商品",
			leaf.FirstName, leaf.FirstID, leaf.SecondName, leaf.SecondID, leaf.Name, leaf.ID)
	case leaf.ProductQualificationType == mandatory && len(in.Proofs) == 0:
		return refuse(1000008)
	}
	return nil
}

func ruleBrand(x *exchange, in *spuRequest, _ bool) *refusal {
	if !x.account.hasBrand(in.BrandID) {
		return refuse(1000006)
	}
	return nil
}

func ruleScenes(x *exchange, in *spuRequest, _ bool) *refusal {
	switch {
	case in.Scenes != nil:
		return x.checkScenes(*in.Scenes)
	case x.knobs.RequireScenes:
		return refuse(990007)
	}
	return nil
}

// readContent looks the pictures up and keeps everything else as it came.
func (x *exchange) readContent(in *spuRequest) (c Content, r *refusal) {
	c = Content{
		Title: in.Title, Path: in.Path, DirectPath: in.DirectPath, Desc: in.DescInfo.Desc,
		Leaf: in.Leaf, BrandID: in.BrandID, Version: in.Version, Extensions: in.Extensions,
	}
	if in.Scenes != nil {
		c.Scenes = *in.Scenes
	}
	for _, list := range []struct {
		from []string
		to   *[]string
	}{{in.HeadImg, &c.HeadImg}, {in.Proofs, &c.Proofs}, {in.DescInfo.Imgs, &c.DescImgs}} {
		if *list.to, r = x.findPictures(list.from); r != nil {
			return c, r
		}
	}
	for _, k := range in.SKUs {
		if k.SKU.ThumbImg, r = x.findPicture(k.ThumbImg); r != nil {
			return c, r
		}
		c.SKUs = append(c.SKUs, k.SKU)
	}
	return c, nil
}

func equalJSON(a, b any) bool {
	x, _ := json.Marshal(a) // our own types always encode
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
