package schema

import (
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/schema/literal"
)

// FuzzPlaces holds the lines and columns that are counted when somebody asks to
// those that hclsyntax counts, for everything in a file. (Which bytes belong to
// what, and what they mean, is compared by literal.FuzzRead.)
//
//	go test ./schema -run xxx -fuzz Places
func FuzzPlaces(f *testing.F) {
	for _, src := range []string{
		small, "a = \"中文\" # 中\nb = [1, \"红\", { 颜色 = c.d }]\n", "spu \"毛巾\" e\u0301 {\n  a = \"e\u0301\" /* 👨‍👩‍👧 */\n}\n", "b \"👨‍👩‍👧\" {\r\n  c = \"\u0301x\"\r\n}\r\n", "/* é\n中 */ b \"\u200d\" { c = \"🇨🇳🇨🇳\" }\n",
		"a = <<EOT\n\u0301é\nEOT\nb = \"x\u0301\"\n", "# c\r\n\r\nb {\r\n\ta = \"é\"\r\n}\r\n", "a = f(\"é\",\n\"e\u0301\") // é\n",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, fault := guard("x.hcl", src); fault != nil || !utf8.Valid(src) {
			return
		}
		s, ok := newSource("x.hcl", src)
		if !ok {
			return
		}
		parsed, diags := hclsyntax.ParseConfig(src, "x.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%v\n%q", diags, src)
		}
		comparePlaces(t, s, s.Attrs, s.Blocks, parsed.Body.(*hclsyntax.Body))
	})
}

func comparePlaces(t *testing.T, s *source, attrs []literal.Attr, blocks []literal.Block, want *hclsyntax.Body) {
	same := func(start, end int32, want hcl.Range) {
		if got := s.place(start, end); got != rangeOf(want) {
			t.Errorf("%v, hclsyntax has %v\n%q", got, want, s.Src)
		}
	}
	for _, a := range attrs {
		attr := want.Attributes[string(s.Bytes(a.Name))]
		same(a.Name.Start, a.Name.End, attr.NameRange)
		if a.Value.Kind != literal.Other {
			same(a.Value.Start, a.Value.End, attr.Expr.Range())
		} else if got := s.expression(a.Value).Range(); got != attr.Expr.Range() {
			t.Errorf("%v, hclsyntax has %v\n%q", got, attr.Expr.Range(), s.Src)
		}
		if list, isList := attr.Expr.(*hclsyntax.TupleConsExpr); isList && a.Value.Kind == literal.List {
			for i, part := range s.Parts(a.Value) {
				same(part.Start, part.End, list.Exprs[i].Range())
			}
		}
	}
	for i, b := range blocks {
		block := want.Blocks[i]
		same(b.Type.Start, b.Type.End, block.TypeRange)
		same(b.Open, b.Open+1, block.OpenBraceRange)
		for j, label := range b.Labels {
			same(label.Start, label.End, block.LabelRanges[j])
		}
		comparePlaces(t, s, b.Attrs, b.Blocks, block.Body)
	}
}
