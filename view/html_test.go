package view

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// illustrated is the sample plan as a page shows it: with the SKUs of 719.
func illustrated() *reconcile.Plan {
	plan := samplePlan()
	stock := int64(200)
	plan.Changes[2].SKUs = []reconcile.SKULine{
		{OutSKUID: "27359029914", Attrs: []schema.Attr{{Key: "选择颜色", Value: "酒红"}}, Thumb: "sha256:1",
			Have: &reconcile.SKUValues{SalePrice: 990, MarketPrice: 2190, Stock: &stock}, Want: &reconcile.SKUValues{SalePrice: 890, MarketPrice: 1990}},
		{OutSKUID: "27359029915", Want: &reconcile.SKUValues{SalePrice: 990, MarketPrice: 1990, Stock: &stock}},
		{OutSKUID: "red.v1", Have: &reconcile.SKUValues{SalePrice: 990, MarketPrice: 1990, Stock: &stock}},
	}
	plan.Pictures = map[schema.ImageKey]reconcile.PictureRef{"sha256:1": {Path: "img/719/1.png"}, "sha256:2": {Path: "img/719/2.png"}}
	return plan
}

// onePixel is a PNG.
const onePixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

func planPage(t *testing.T, plan *reconcile.Plan, l lang.Lang) string {
	t.Helper()
	var b bytes.Buffer
	v := View{Out: &b, Lang: l, Format: HTML, Thumb: func(schema.ImageKey) []byte { return []byte(onePixel) }}
	if err := v.Plan(plan, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever the text says of a change, the page says too.
func TestPageSaysWhatTheTextSays(t *testing.T) {
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		page := planPage(t, illustrated(), l)
		for _, e := range readPlan(illustrated(), names{}) {
			for _, r := range e.remarks {
				if want := escaped(clean(r.text.In(l))); !strings.Contains(page, want) {
					t.Errorf("%s: %q is missing", e.change.Address, want)
				}
			}
			if !strings.Contains(page, `id="`+e.change.Address.String()+`"`) {
				t.Errorf("%s has no card", e.change.Address)
			}
		}
		for _, want := range []string{"¥8.90", "-10.1%", "data:image/png;base64,", "-45.5%", "img/719/2.png"} {
			if !strings.Contains(page, escaped(want)) {
				t.Errorf("%v: %q is missing", l, want)
			}
		}
	}
}

// escaped is a text as html/template writes it.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "+", "&#43;", `"`, "&#34;", "'", "&#39;").Replace(s)
}

// reaching are the attributes by which a page asks for something.
var reaching = []string{"src", "href", "action", "formaction", "poster", "srcset", "background", "data"}

// tagsOf are the tags of a page, as a browser reads them.
func tagsOf(t *testing.T, page string) []html.Token {
	t.Helper()
	var tags []html.Token
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return tags
		case html.StartTagToken, html.SelfClosingTagToken:
			tags = append(tags, z.Token())
		}
	}
}

// The page asks nobody for anything, whatever stands in the shop.
func TestPageReachesNowhere(t *testing.T) {
	plan := illustrated()
	for i := range plan.Changes {
		plan.Changes[i].Title = `"><img src=https://evil.example/x onerror=alert(1)><script>alert(2)</script>`
	}
	plan.Changes[2].Fields = append(plan.Changes[2].Fields, reconcile.FieldDiff{Path: "head_img", Kind: reconcile.FieldPictures, Old: "javascript:alert(3)", New: "https://evil.example/y.png"})
	page := planPage(t, plan, lang.EN)
	scripts := 0
	for _, tag := range tagsOf(t, page) {
		if tag.Data == "script" {
			scripts++
		}
		for _, a := range tag.Attr {
			if strings.HasPrefix(a.Key, "on") || slices.Contains(reaching, a.Key) && !strings.HasPrefix(a.Val, "data:image/png;") {
				t.Errorf("the page has <%s %s=%q>", tag.Data, a.Key, a.Val)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("the page has %d scripts", scripts)
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") && !strings.Contains(page, "default-src 'none'") {
		t.Error("no policy forbids what slips through")
	}
}

// What is neither a JPEG nor a PNG is not put into the page as a picture.
func TestPageShowsOnlyPictures(t *testing.T) {
	var b bytes.Buffer
	v := View{Out: &b, Lang: lang.EN, Format: HTML, Thumb: func(schema.ImageKey) []byte { return []byte("<svg onload=alert(1)>") }}
	if err := v.Plan(illustrated(), nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "src=\"data:") || strings.Contains(b.String(), "svg") {
		t.Error("something that is no picture is in the page")
	}
}
