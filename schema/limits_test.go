package schema

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLimitsAreAllowedToTheEdge: what a rule allows at most is allowed, and one
// more is not.
func TestLimitsAreAllowedToTheEdge(t *testing.T) {
	title := func(n int) string { return "title = \"" + strings.Repeat("巾", n) + "\"" }
	pictures := func(name string, n int) string {
		return name + " = [" + strings.TrimSuffix(strings.Repeat("\"img/a.png\", ", n), ", ") + "]"
	}
	for _, test := range []struct {
		rule, group, allowed, refused string
	}{
		{"title-length", "product", title(minTitle), title(minTitle - 1)},
		{"title-length", "product", title(maxTitle), title(maxTitle + 1)},
		{"title-characters", "product", `title = "棉巾（Ａ）￥～！"`, `title = "棉巾｠"`},
		{"head-img-count", "product", pictures("head_img", maxHeadImg), pictures("head_img", maxHeadImg+1)},
		{"qualification-pic-count", "product", pictures("qualification_pics", maxQualPics), pictures("qualification_pics", maxQualPics+1)},
		{"page-path", "product", `path = "pages/item/item?to=a:b"`, `path = "https://a/b"`},
		{"price-positive", "product", "sale_price = 0.01", "sale_price = 0"},
		{"price-high", "product", "market_price = 100000", "market_price = 100000.01"},
		{"price-above-market", "product", "market_price = 9.9", "market_price = 9.89"},
		{"stock", "product", "stock_num = 10000000", "stock_num = 10000001"},
		{"sku-code-length", "product", `sku_code = "12345678901234567890"`, `sku_code = "123456789012345678901"`},
		{"trademark-type", "brand", `trademark_type = "45"`, `trademark_type = "46"`},
		{"trademark-type", "brand", `trademark_type = "5"`, `trademark_type = "05"`},
		{"scenes", "shop", "scenes = [1000]", "scenes = [1001]"},
		{"scenes", "shop", "scenes = [1, 2]", "scenes = [2, 2]"},
		{"max-side", "shop", "images { max_side = 100 }", "images { max_side = 99 }"},
		{"max-side", "shop", "images { max_side = 10000 }", "images { max_side = 10001 }"},
		{"guard", "shop", "max_removals = 0", "max_removals = -1"},
	} {
		for text, broken := range map[string]bool{test.allowed: false, test.refused: true} {
			found := rulesOf(t, test.group, text)
			if slices.Contains(found, test.rule) != broken {
				t.Errorf("%s: %s is broken: %v, want %v (found %v)", text, test.rule, !broken, broken, found)
			}
			if !broken && len(found) > 0 {
				t.Errorf("%s: found %v", text, found)
			}
		}
	}
}

// No price is above a market price that is itself no price.
func TestAMarketPriceOfNothingIsOneMistake(t *testing.T) {
	if got := rulesOf(t, "product", "market_price = 0"); len(got) != 1 || got[0] != "price-positive" {
		t.Errorf("found %v", got)
	}
}

// rulesOf are the rules that the good block of a group breaks when one line of it
// is another, or there is one more.
func rulesOf(t *testing.T, group, line string) (rules []string) {
	t.Helper()
	good, err := os.ReadFile(filepath.Join("testdata/wrong", group+".hcl"))
	if err != nil {
		t.Fatal(err)
	}
	files := goodFiles(t)
	delete(files, group+".hcl")
	lines := strings.Split(string(good), "\n")
	name, _, _ := strings.Cut(line, " ")
	if at := indexLine(lines, name+" "); at >= 0 {
		lines[at] = line
	} else {
		lines = slices.Insert(lines, indexLine(lines, "# more"), line)
	}
	files[map[bool]string{true: "shop.hcl", false: "wrong.hcl"}[group == "shop"]] = []byte(strings.Join(lines, "\n"))
	_, ds := Load(writeFiles(t, files), LoadOptions{})
	for _, d := range ds {
		rules = append(rules, d.Rule)
	}
	return rules
}

// Two SKUs are the same to a buyer in whatever order their attributes stand, and
// have the same attributes in whatever order.
func TestTheOrderOfAttributesTellsNoSKUsApart(t *testing.T) {
	second := func(attrs string) string {
		return "\n  sku \"s2\" {\n    thumb_img  = \"img/a.png\"\n    sale_price = 1\n    stock_num  = 1\n    sku_attrs  = " + attrs + "\n  }\n}\n"
	}
	for attrs, rule := range map[string]string{
		`{ "尺寸" = "小", "颜色" = "红" }`:            "duplicate-sku-attrs",
		`{ "尺寸" = "大", "颜色" = "红" }`:            "",
		`{ "尺寸" = "小", "颜色" = "红", "料" = "棉" }`: "sku-attr-keys",
	} {
		files := smallWith(t, `{ "颜色" = "红", "尺寸" = "小" }`, "")
		files["p.hcl"] = []byte(strings.TrimSuffix(strings.TrimSpace(string(files["p.hcl"])), "}") + second(attrs))
		_, ds := Load(writeFiles(t, files), LoadOptions{})
		if rule == "" && len(ds) > 0 || rule != "" && (len(ds) != 1 || ds[0].Rule != rule) {
			t.Errorf("%s: found %v, want %q", attrs, ds, rule)
		}
	}
}
