package schema

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/lang"
)

// TestEveryRuleIsBroken demands a wrong catalog for each rule of the language.
func TestEveryRuleIsBroken(t *testing.T) {
	elsewhere := map[string]string{
		"catalog-directory": "TestFilesThatCannotBeRead", "encoding": "TestFilesThatCannotBeRead", "file-too-large": "TestFilesThatCannotBeRead",
		"too-deep": "TestGuard", "picture-side": "TestLargePictures", "too-large": "TestEvaluationIsBounded", "undeclared-variable": "TestWrongVariables",
	}
	broken := map[string]bool{}
	files, err := filepath.Glob("testdata/wrong/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range marker.FindAllStringSubmatch(string(src), -1) {
			broken[found[1]] = true
		}
	}
	names := map[string]bool{}
	for _, r := range Reference().Rules {
		if names[r.Name] {
			t.Errorf("two rules are named %s", r.Name)
		}
		names[r.Name] = true
		if !broken[r.Name] && elsewhere[r.Name] == "" {
			t.Errorf("no catalog breaks %s", r.Name)
		}
	}
}

// TestSpecIsWhole demands of every block and attribute what the manual prints.
func TestSpecIsWhole(t *testing.T) {
	var walk func(path string, b BlockSpec)
	walk = func(path string, b BlockSpec) {
		both(t, path, b.Doc)
		if b.Example == "" {
			t.Errorf("%s has no example", path)
		}
		if out, ds := Format("example.hcl", []byte(b.Example)); string(out) != b.Example || len(ds) > 0 {
			t.Errorf("%s: the example is not in the canonical form:\n%s%v", path, out, ds)
		}
		for _, a := range b.Attrs {
			both(t, path+"."+a.Name, a.Doc)
			if a.Cost == "" || a.Type.Text().ZH == "" {
				t.Errorf("%s.%s has no cost or no type", path, a.Name)
			}
			for _, w := range a.Words {
				both(t, path+"."+a.Name+"."+w.Word, w.Meaning)
			}
		}
		for _, inner := range b.Blocks {
			walk(path+"."+inner.Name, inner)
		}
	}
	for _, b := range Reference().Blocks {
		walk(b.Name, b)
	}
	for _, f := range Reference().Functions {
		both(t, f.Name, f.Doc)
	}
}

func both(t *testing.T, of string, text lang.Text) {
	t.Helper()
	if text.EN == "" || text.ZH == "" {
		t.Errorf("%s: a text is missing: %+v", of, text)
	}
}

// The examples of the manual use no attribute or block that does not exist.
func TestExamplesAreRead(t *testing.T) {
	for _, b := range language.Blocks {
		f, diags := hclsyntax.ParseConfig([]byte(b.Example), "example.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		r := newReport()
		c := &checker{report: r, meter: &meter{}, names: &names{brands: map[string]bool{"cxy": true}, locals: map[string]bool{"page": true}, functions: newLibrary(nil, nil).functions()}}
		for _, block := range r.readBody(&language, f.Body).blocks {
			if b.Name != variableSpec.Name && !b.Free { // these are no objects
				c.form(language.block(block.Type), block, nil)
			}
		}
		if len(r.found) > 0 {
			t.Errorf("%s: %v %v", b.Name, r.found[0].Range, r.found[0].Why.EN)
		}
	}
}

// TestCostsAgree holds the costs that the manual tells to the tags that the
// planner goes by.
func TestCostsAgree(t *testing.T) {
	for _, test := range []struct {
		kind  any
		spec  BlockSpec
		field map[string]string // of attributes whose JSON name differs
	}{
		{Merchant{}, merchantSpec, nil},
		{Brand{}, brandSpec, nil},
		{Qualification{}, qualificationSpec, nil},
		{SPU{}, spuSpec, map[string]string{"category": "third_cat_id", "scenes": "scene_group_list", "priority": "order", "deadline": "order"}},
		{DescInfo{}, descSpec, nil},
		{Component{}, componentSpec, nil},
		{SKU{}, skuSpec, nil},
	} {
		costs := map[string]Cost{}
		ty := reflect.TypeOf(test.kind)
		for i := range ty.NumField() {
			name, _, _ := strings.Cut(ty.Field(i).Tag.Get("json"), ",")
			if name == "-" {
				name = snake(ty.Field(i).Name)
			}
			costs[name] = Cost(ty.Field(i).Tag.Get("cost"))
		}
		for _, a := range test.spec.Attrs {
			name := a.Name
			if other := test.field[name]; other != "" {
				name = other
			}
			if cost, isField := costs[name]; isField && cost != a.Cost {
				t.Errorf("%s.%s: the manual says %s, the field %s", test.spec.Name, a.Name, a.Cost, cost)
			} else if !isField && a.Name != "for_each" && a.Name != "id" && a.Name != "stock" {
				t.Errorf("%s.%s is no field of %s", test.spec.Name, a.Name, ty.Name())
			}
		}
	}
}

var capital = regexp.MustCompile(`([a-z])([A-Z])`)

func snake(name string) string { return strings.ToLower(capital.ReplaceAllString(name, "${1}_$2")) }
