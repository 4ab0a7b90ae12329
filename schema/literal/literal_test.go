package literal

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// differ says how the reading of a file differs from that of hclsyntax; "" when
// it does not. accepted says that hclsyntax is not needed for the file.
func differ(src []byte) (difference string, accepted bool) {
	f, ok := Read(src)
	if !ok {
		return "", false
	}
	c := &comparison{file: f}
	for _, v := range f.Others {
		if _, diags := parseOther(f, v); diags.HasErrors() {
			return "", false
		}
	}
	parsed, diags := hclsyntax.ParseConfig(src, "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		return "hclsyntax refuses it: " + diags.Error(), true
	}
	c.body(f.Attrs, f.Blocks, parsed.Body.(*hclsyntax.Body))
	return c.found, true
}

func parseOther(f *File, v Value) (hclsyntax.Expression, hcl.Diagnostics) {
	return hclsyntax.ParseExpression(f.Expression(v), "x.hcl", hcl.Pos{Line: 1, Column: 1, Byte: int(v.Start)})
}

// comparison walks over both trees and keeps the first difference.
type comparison struct {
	file  *File
	found string
}

func (c *comparison) equal(what string, got, want any) {
	if c.found == "" && got != want {
		c.found = fmt.Sprintf("%s: %v, hclsyntax has %v", what, got, want)
	}
}

func (c *comparison) at(what string, start, end int32, want hcl.Range) {
	c.equal(what, Span{start, end}, Span{int32(want.Start.Byte), int32(want.End.Byte)})
}

func (c *comparison) body(attrs []Attr, blocks []Block, want *hclsyntax.Body) {
	c.equal("attributes", len(attrs), len(want.Attributes))
	c.equal("blocks", len(blocks), len(want.Blocks))
	for _, a := range attrs {
		name := string(c.file.Bytes(a.Name))
		if attr := want.Attributes[name]; attr != nil {
			c.at(name, a.Name.Start, a.Name.End, attr.NameRange)
			c.value(name, a.Value, attr.Expr)
		} else {
			c.equal("attribute "+name, true, false)
		}
	}
	for i := range min(len(blocks), len(want.Blocks)) {
		c.block(blocks[i], want.Blocks[i])
	}
}

func (c *comparison) block(b Block, want *hclsyntax.Block) {
	c.equal("type", string(c.file.Bytes(b.Type)), want.Type)
	c.at("type", b.Type.Start, b.Type.End, want.TypeRange)
	c.at("open", b.Open, b.Open+1, want.OpenBraceRange)
	c.at("close", b.Close, b.Close+1, want.CloseBraceRange)
	c.equal("labels", len(b.Labels), len(want.Labels))
	for i := range min(len(b.Labels), len(want.Labels)) {
		c.equal("label", c.file.Label(b.Labels[i]), want.Labels[i])
		c.at("label", b.Labels[i].Start, b.Labels[i].End, want.LabelRanges[i])
	}
	c.body(b.Attrs, b.Blocks, want.Body)
}

func (c *comparison) value(what string, v Value, want hclsyntax.Expression) {
	at := want.Range()
	if v.Kind == Other {
		got, _ := parseOther(c.file, v)
		c.at(what, int32(got.Range().Start.Byte), int32(got.Range().End.Byte), at)
		c.equal(what, fmt.Sprintf("%T", got), fmt.Sprintf("%T", want))
		one, _ := got.Value(nil)
		other, _ := want.Value(nil)
		c.equal(what, one.GoString(), other.GoString())
		return
	}
	c.at(what, v.Start, v.End, at)
	switch want := want.(type) {
	case *hclsyntax.LiteralValueExpr:
		c.literal(what, v, want.Val)
	case *hclsyntax.ScopeTraversalExpr:
		c.reference(what, v, want)
	case *hclsyntax.TupleConsExpr:
		c.parts(what, List, v, want.Exprs)
	case *hclsyntax.ObjectConsExpr:
		var exprs []hclsyntax.Expression
		for _, item := range want.Items {
			exprs = append(exprs, item.KeyExpr, item.ValueExpr)
		}
		c.parts(what, Object, v, exprs)
	case *hclsyntax.ObjectConsKeyExpr:
		key, _ := want.Value(nil)
		c.literal(what, v, key)
	case *hclsyntax.TemplateExpr:
		c.template(what, v, want)
	case *hclsyntax.TemplateWrapExpr:
		c.parts(what, Template, v, []hclsyntax.Expression{want.Wrapped})
	default:
		c.equal(what, v.Kind, fmt.Sprintf("%T", want))
	}
}

func (c *comparison) literal(what string, v Value, want cty.Value) {
	got := cty.NullVal(cty.DynamicPseudoType)
	switch v.Kind {
	case String, Word, Text:
		got = cty.StringVal(c.file.Text(v))
		c.equal(what, c.file.Text(v), got.AsString())
	case Number:
		got = cty.MustParseNumberVal(string(c.file.Raw(v)))
	case True, False:
		got = cty.BoolVal(v.Kind == True)
	case Null:
	default:
		c.equal(what, v.Kind, want.GoString())
	}
	c.equal(what, got.GoString(), want.GoString())
}

func (c *comparison) reference(what string, v Value, want *hclsyntax.ScopeTraversalExpr) {
	c.equal(what, v.Kind, Reference)
	name := want.Traversal.RootName()
	for _, step := range want.Traversal[1:] {
		attr, _ := step.(hcl.TraverseAttr)
		name += "." + attr.Name
	}
	c.equal(what, string(c.file.Raw(v)), name)
}

func (c *comparison) parts(what string, kind Kind, v Value, want []hclsyntax.Expression) {
	c.equal(what, v.Kind, kind)
	parts := c.file.Parts(v)
	c.equal(what+" parts", len(parts), len(want))
	for i := range min(len(parts), len(want)) {
		c.value(fmt.Sprintf("%s[%d]", what, i), parts[i], want[i])
	}
}

func (c *comparison) template(what string, v Value, want *hclsyntax.TemplateExpr) {
	if !slices.ContainsFunc(want.Parts, func(p hclsyntax.Expression) bool { _, literal := p.(*hclsyntax.LiteralValueExpr); return !literal }) {
		c.equal(what, v.Kind, String)
		text, _ := want.Value(nil)
		c.literal(what, v, text)
		return
	}
	c.parts(what, Template, v, want.Parts)
}

// bombs are numbers that take hclsyntax minutes.
var bombs = regexp.MustCompile(`[eE][+-]?\d{4}`)

// FuzzRead holds the reader to hclsyntax: whatever it accepts, hclsyntax
// accepts, with the same values at the same places.
//
//	go test ./schema/literal -fuzz Read
func FuzzRead(f *testing.F) {
	for _, src := range append(samples, awkward...) {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if !utf8.Valid(src) || bombs.Match(src) { // schema refuses both before anybody reads them
			return
		}
		if difference, _ := differ(src); difference != "" {
			t.Errorf("%s\n%q", difference, src)
		}
	})
}

// samples are of the subset, so the reader must take them itself.
var samples = []string{
	"", "\n", "# c", "// c\n/* d\n */\n", "a = 1", "a = 1.50 # c\n", "a = true\r\nb = null\r\n", "a=\"\"\n",
	`a = "x \" \\ \n \u4e2d \U0001F600 $${b} %%{c} $ % $$ 100% é"` + "\n",
	"a = \"e\u0301\"\n", // composed
	"a = [1, \"b\", c.d, [], {},\n # c\n ]\n", "a = {\n b = 1, \"c\" : 2\n\n 颜色 = \"红\"\n}\n", "a = { b = [\n1\n] /* c */ }\n",
	"a = b-c.d_e.f2\n", "a = \"${b.c}\"\n", "a = \"x${b.c}y${ d }\"\n",
	"b {}\n", "b {\n}\n", "b \"l\" m { a = 1 }\n", "b \"$${l} \\\" e\u0301\" {\n  c {\n    a = 1\n  }\n  d = 2\n}\n", "b { # c\n}",
	"a = f(1)\n", "a = 1 + 2\n", "a = -1\n", "a = b[0]\n", "a = b ? \"c\" : \"d\" // e\n", "a = [for x in y : x]\n", "a = (\n1\n)\n", "a = b.*.c\n",
	"a = \"${f(\"}\")} %{ if b }c%{ endif }\"\n", "a = <<EOT\nx ${b} }\n EOT\nc = 1\n", "a = f(<<-EOT\r\n  x\r\n  EOT\r\n, 1)\n",
	"b { a = f({ c = 1 }) }\n", "a = 1e5\n", "a = { (b) = 1 }\n", "a = 1 /* c */ + /* d */ 2\n", "a = b . c\n",
}

// awkward are those that it may leave to hclsyntax, because they are wrong or rare.
var awkward = []string{
	"a", "a =", "a = \n1", "a = 1 b = 2", "a = 1\na = 2\n", "a == 1", "a => 1", "= 1", "\"a\" = 1", "a = 1,\n", "a = 1 }\n", "}", "b {", "b {\na = 1 }\n", "b { a = 1\n}\n",
	"b { a = 1, c = 2 }", "b { c {} }", "b {} c {}", "b \"${l}\" {}", "b = {", "b \"l\"\n{}", "a = \"", "a = \"\n\"", "a = \"\\x\"", "a = \"\\u12\"", "a = \"\\ud800\"", "a = \"\\U00110000\"",
	"a = 1.2.3", "a = 1.", "a = 01", "a = 1_0", "a = 1x", "a = 0x10", "a = 1e", "a = .5", "a = 1..2", "a = \"$", "a = \"${", "a = \"${}\"", "a = \"${~b~}\"", "a = \"%{\"",
	"a = [1 2]", "a = [,]", "a = [1,,2]", "a = { b }", "a = { b = }", "a = { b = 1 c = 2 }", "a = { b = 1\n, c = 2 }", "a = { b\n= 1 }", "a = { true = 1 }", "a = { 1 = 2 }", "a = { b.c = 1 }", "a = { b == 1 }", "a = { b :: 1 }", "a = { for = 1 }", "a = [for]",
	"a = { b = 1, b = 2 }", "a = true.b", "a = b.", "a = b.0", "a = b.c.", "a = b (1)", "a = b::c(1)", "a = [b\n.c]", "a = é", "é = 1", "aé = 1", "a = \ufeff1", "\ufeffa = 1", "a\r= 1", "a = 1\r", "a = 1 # c\rb",
	"a = <<EOT\nx", "a = <<EOT x\nEOT\n", "a = <<EOT\nEOT", "a = <<EOT\n${b\n}\nEOT\nEOT\n", "a = 1 /*", "/*/ a = 1", "a = (]", "a = f(\n", "a = \"${(}\"", "a = \"${b # }\n}\"", "a = 'b'", "a = b; c", "a = 1 ~} ", "a /*\n*/ = /*\n*/ 1 /*\n*/\n", "a # c\n= 1",
}

// TestRead takes the samples without hclsyntax, and finds what it finds.
func TestRead(t *testing.T) {
	for _, src := range samples {
		difference, accepted := differ([]byte(src))
		if difference != "" || !accepted {
			t.Errorf("%q: accepted %t; %s", src, accepted, difference)
		}
	}
	for _, src := range awkward {
		if difference, _ := differ([]byte(src)); difference != "" {
			t.Errorf("%q: %s", src, difference)
		}
	}
}
