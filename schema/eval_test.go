package schema

import (
	"strings"
	"testing"
	"time"
)

// TestEvaluationIsBounded holds expressions that would take all memory or all
// day: each is one finding, at once.
func TestEvaluationIsBounded(t *testing.T) {
	doubling := `x0 = "` + strings.Repeat("a", 1000) + "\"\n"
	for i := range 30 {
		doubling += strings.NewReplacer("NEXT", string(rune('a'+i%26))+strings.Repeat("x", i/26+1), "LAST", lastLocal(i)).Replace("NEXT = \"${local.LAST}${local.LAST}\"\n")
	}
	squares := "n = 1e300\n"
	for i := range 8 {
		squares += "n" + strings.Repeat("n", i+1) + " = local.n" + strings.Repeat("n", i) + " * local.n" + strings.Repeat("n", i) + "\n"
	}
	for name, test := range map[string]struct{ locals, rule string }{
		"nested loops":             {`a = [for x in range(1000) : [for y in range(1000) : [for z in range(1000) : 1]]]`, "too-large"},
		"nested loops with if":     {`a = [for x in range(1000) : [for y in range(1000) : [for z in range(1000) : 1 if false]]]`, "too-large"},
		"a text that doubles":      {doubling, "too-large"},
		"a number that squares":    {squares, "too-large"},
		"a wide format":            {`a = format("%100000000d", 1)`, "too-large"},
		"a width by argument":      {`a = format("%*d", 100000000, 1)`, "too-large"},
		"a wide format in a list":  {`a = formatlist("%100000000d", [1])`, "too-large"},
		"a deep indentation":       {`a = indent(1000000000, "a\nb")`, "too-large"},
		"a replacement that grows": {`a = replace(join("", [for i in range(1000) : "aaaaaaaaaa"]), "a", join("", [for i in range(1000) : "aaaaaaaaaa"]))`, "too-large"},
		"a product of sets":        {`a = setproduct(range(1000), range(1000), range(1000))`, "too-large"},
		"deep JSON":                {`a = jsondecode(join("", [for i in range(1000) : "["]))`, "too-large"},
		"deep YAML":                {`a = yamldecode(join("", [for i in range(1000) : "- "]))`, "too-large"},
		"an infinite price":        {`a = pow(10, 1000) + jsondecode("1e999")`, "too-large"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, ds := Load(writeFiles(t, mapsWith(goodFiles(t), "x.hcl", "locals {\n"+test.locals+"\n}\n")), LoadOptions{})
			if len(ds) != 1 || ds[0].Rule != test.rule {
				t.Errorf("findings %v, want one %s", ds, test.rule)
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}

func lastLocal(i int) string {
	if i == 0 {
		return "x0"
	}
	i--
	return string(rune('a'+i%26)) + strings.Repeat("x", i/26+1)
}

// Findings of many rows are counted, not repeated.
func TestManyRowsAreCounted(t *testing.T) {
	files := manyRows(t, 40)
	files["p.hcl"] = []byte(strings.Replace(string(files["p.hcl"]), "each.value.title", `"巾${length(each.key)}"`, 1))
	_, ds := Load(writeFiles(t, files), LoadOptions{})
	if len(ds) != 2 || !strings.Contains(ds[0].Why.EN, `(row "p0") And 39 more like this.`) || ds[1].Rule != rulePictureAlike.name {
		t.Errorf("findings %v", ds)
		for _, d := range ds {
			t.Log(d.Rule, d.Why.EN)
		}
	}
}

// The same for the elements of one list.
func TestManyElementsAreCounted(t *testing.T) {
	files := smallWith(t, "{}", "")
	files["p.hcl"] = []byte(strings.Replace(string(files["p.hcl"]), `["img/a.png"]`, `[for i in range(9) : "img/none${i}.png"]`, 1))
	_, ds := Load(writeFiles(t, files), LoadOptions{})
	if len(ds) != maxRepeats || !strings.Contains(ds[maxRepeats-1].Why.EN, "none4.png") || !strings.HasSuffix(ds[maxRepeats-1].Why.EN, "And 4 more like this.") {
		t.Errorf("findings %v", ds)
	}
}

// What the language's functions give.
func TestFunctions(t *testing.T) {
	for expr, want := range map[string]string{
		`upper("a")`: "A", `format("%03d", 7)`: "007", `regexreplace("a1b2", "[0-9]", "-")`: "a-b-", `join("+", formatlist("%s!", ["a", "b"]))`: "a!+b!",
		`jsondecode("{\"a\": [1, \"x\"]}").a[1]`: "x", `csvdecode("a,b\n1,2\n")[0].b`: "2", `yamldecode("a: [1, x]").a[1]`: "x", `try(jsondecode("{"), "bad")`: "bad",
		`tostring(can(tonumber("x")))`: "false", `file("rows.csv") == "" ? "empty" : "full"`: "full", `table("rows.csv")["b"].title`: "纯棉面巾二",
		`table("rows.csv", "title", { price = 9.9 })["纯棉面巾一"].id`: "a", `join(",", glob("img/*.png"))`: "img/a.png,img/text.png", `replace("a.b", ".", "-")`: "a-b",
		`join(",", [for p in setproduct(["a"], ["b", "c"]) : join("", p)])`: "ab,ac", `category("a / b / c")`: "a/b/c", `"${join(", ", [for k, v in { x = 1 } : "${k}=${v}"])}"`: "x=1",
	} {
		c := mustLoad(t, smallWith(t, `{ k = `+expr+` }`, ""), LoadOptions{})
		if got := c.SPUs["1"].SKUs[0].SKUAttrs[0].Value; got != want {
			t.Errorf("%s gives %q, want %q", expr, got, want)
		}
	}
}

func TestCompareNatural(t *testing.T) {
	for _, pair := range [][2]string{{"2.png", "10.png"}, {"a", "b"}, {"img/9/1", "img/10/1"}, {"a1b", "a1c"}, {"1", "1a"}, {"99999999999999999999998", "99999999999999999999999"}} {
		if compareNatural(pair[0], pair[1]) >= 0 || compareNatural(pair[1], pair[0]) <= 0 {
			t.Errorf("%q does not come before %q", pair[0], pair[1])
		}
	}
}
