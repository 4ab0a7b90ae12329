package schema

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/lang"
)

// body is what stands between the braces of a block, in either syntax, after
// everything unknown has been reported and left out.
type body struct {
	attrs  []*hcl.Attribute // by position
	blocks []*hcl.Block     // dynamic blocks among them
	// misspelt are attributes that an unknown name was taken for: they are
	// reported there and need not be reported as missing.
	misspelt map[string]bool
}

func (b *body) misspell(name string) {
	if b.misspelt == nil {
		b.misspelt = map[string]bool{}
	}
	b.misspelt[name] = true
}

const dynamicBlock = "dynamic"

// readBody takes a body apart by what may stand in it.
func (r *report) readBody(spec *BlockSpec, b hcl.Body) body {
	var out body
	if native, ok := b.(*hclsyntax.Body); ok {
		out = r.readNative(spec, native)
	} else {
		out = r.readJSON(spec, b)
	}
	slices.SortFunc(out.attrs, func(a, b *hcl.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	return out
}

func (r *report) readNative(spec *BlockSpec, b *hclsyntax.Body) body {
	var out body
	for name, attr := range b.Attributes {
		if spec.Free || spec.attr(name) != nil {
			out.attrs = append(out.attrs, attr.AsHCLAttribute())
		} else {
			out.misspell(r.unknownAttribute(spec, name, rangeOf(attr.NameRange)))
		}
	}
	for _, block := range b.Blocks {
		b := block.AsHCLBlock()
		if inner := spec.block(b.Type); inner != nil && r.labels(inner, b) || b.Type == dynamicBlock && r.dynamicLabel(spec, b) {
			out.blocks = append(out.blocks, b)
		} else if inner == nil && b.Type != dynamicBlock {
			r.unknownBlock(spec, b.Type, rangeOf(b.TypeRange))
		}
	}
	return out
}

// readJSON reads the JSON syntax, in which only the schema tells attributes from blocks.
func (r *report) readJSON(spec *BlockSpec, b hcl.Body) body {
	var out body
	all, diags := b.JustAttributes()
	if spec.Free {
		for _, attr := range all {
			out.add(attr)
		}
		r.addHCL(diags)
		return out
	}
	content, _, diags := b.PartialContent(jsonSchema(spec))
	r.addHCL(diags)
	for name, attr := range all {
		switch {
		case spec.attr(name) != nil || spec.block(name) != nil || name == dynamicBlock:
		case strings.HasPrefix(name, "//"):
		default:
			out.misspell(r.unknownAttribute(spec, name, rangeOf(attr.NameRange)))
		}
	}
	for _, attr := range content.Attributes {
		out.add(attr)
	}
	for _, block := range content.Blocks {
		if block.Type != dynamicBlock || r.dynamicLabel(spec, block) {
			out.blocks = append(out.blocks, block)
		}
	}
	return out
}

// add takes an attribute in the JSON syntax.
func (b *body) add(attr *hcl.Attribute) {
	attr.Expr = &jsonExpr{Expression: attr.Expr}
	b.attrs = append(b.attrs, attr)
}

func jsonSchema(spec *BlockSpec) *hcl.BodySchema {
	s := &hcl.BodySchema{}
	for _, a := range spec.Attrs {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	for _, b := range spec.Blocks {
		header := hcl.BlockHeaderSchema{Type: b.Name}
		if b.hasLabel() {
			header.LabelNames = []string{"name"}
		}
		s.Blocks = append(s.Blocks, header)
		if b.Dynamic {
			s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: dynamicBlock, LabelNames: []string{"block"}})
		}
	}
	return s
}

// labels reports whether the block has as many labels as it must.
func (r *report) labels(spec *BlockSpec, b *hcl.Block) bool {
	want := 0
	if spec.hasLabel() {
		want = 1
	}
	if len(b.Labels) == want {
		return true
	}
	remedy := lang.F("Write %s { ... }.", "请写成 %s { ... }。", spec.Name)
	if want == 1 {
		remedy = lang.F(`Write %[1]s "..." { ... }; the label is %[2]s.`, `请写成 %s "..." { ... }；标签是 %[3]s。`, spec.Name, spec.Label.EN, spec.Label.ZH)
	}
	r.add(ruleLabels, rangeOf(b.DefRange),
		lang.F("Labels of this %s: %d; needed: %d.", "该 %s 块有 %d 个标签，应有 %d 个。", spec.Name, len(b.Labels), want), remedy)
	return false
}

// dynamicLabel reports whether a dynamic block makes blocks that may be made so.
func (r *report) dynamicLabel(spec *BlockSpec, b *hcl.Block) bool {
	if len(b.Labels) == 1 {
		if inner := spec.block(b.Labels[0]); inner != nil && inner.Dynamic {
			return true
		}
	}
	r.add(ruleDynamic, rangeOf(b.DefRange),
		lang.T(`The label of dynamic must be the block it makes; only the "sku" of an spu can be made so.`, `dynamic 的标签必须是要生成的块；只有 spu 中的 "sku" 可以这样生成。`),
		lang.T(`Write dynamic "sku" { ... } inside spu.`, `请在 spu 中写 dynamic "sku" { ... }。`))
	return false
}

// outside is what a file's top level is called in findings.
var outside = lang.T("A catalog file", "文件顶层")

func blockName(spec *BlockSpec) lang.Text {
	if spec.Name == "" {
		return outside
	}
	return lang.Same(spec.Name)
}

// mayHold lists what may stand in a block.
func mayHold(spec *BlockSpec, names []string) lang.Text {
	if len(names) == 0 {
		return lang.T("Remove it, or put it into the block it belongs to.", "请删除，或移到它所属的块中。")
	}
	in := blockName(spec)
	return lang.F("Remove it. %[1]s may hold: %[3]s.", "请删除。%[2]s 可以包含：%[3]s。", in.EN, in.ZH, strings.Join(names, ", "))
}

// unknownAttribute reports a name and returns the one that was probably meant.
func (r *report) unknownAttribute(spec *BlockSpec, name string, rng Range) (meant string) {
	in := blockName(spec)
	why := lang.F("%[1]s has no attribute named %[3]q.", "%[2]s 没有名为 %[3]q 的属性。", in.EN, in.ZH, name)
	switch {
	case spec.Name == "shop" && looksSecret(name):
		r.add(ruleSecret, rng,
			lang.F("%q looks like a secret, and a catalog is read by many.", "%q 看起来是密钥，而这些文件会被很多人看到。", name),
			lang.T("Remove it and set the environment variable WECHAT_APPSECRET (or WECHAT_ACCESS_TOKEN). If it was committed, reset the secret in the console.",
				"请删除它，并设置环境变量 WECHAT_APPSECRET（或 WECHAT_ACCESS_TOKEN）。如已提交到仓库，请在公众平台重置密钥。"))
	case spec.block(name) != nil:
		r.add(ruleUnknownAttribute, rng, why, lang.F("%[1]s is a block: write %[1]s { ... } without the equals sign.", "%[1]s 是块：请写成 %[1]s { ... }，不带等号。", name))
	default:
		meant = Nearest(name, attrNames(spec))
		r.add(ruleUnknownAttribute, rng, why, didYouMean(name, attrNames(spec), mayHold(spec, attrNames(spec))))
	}
	return meant
}

func looksSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"secret", "token", "password"}, func(w string) bool { return strings.Contains(name, w) })
}

func (r *report) unknownBlock(spec *BlockSpec, name string, rng Range) {
	in := blockName(spec)
	why := lang.F("%[1]s has no block named %[3]q.", "%[2]s 没有名为 %[3]q 的块。", in.EN, in.ZH, name)
	if spec.attr(name) != nil {
		r.add(ruleUnknownBlock, rng, why, lang.F("%[1]s is an attribute: write %[1]s = ...", "%[1]s 是属性：请写成 %[1]s = ...", name))
		return
	}
	var names []string
	for _, b := range spec.Blocks {
		names = append(names, b.Name)
	}
	r.add(ruleUnknownBlock, rng, why, didYouMean(name, names, mayHold(spec, names)))
}

func attrNames(spec *BlockSpec) []string {
	var names []string
	for _, a := range spec.Attrs {
		names = append(names, a.Name)
	}
	return names
}

// didYouMean suggests the nearest of the known names, or else says what is given.
func didYouMean(name string, known []string, otherwise lang.Text) lang.Text {
	if near := Nearest(name, known); near != "" {
		return lang.F("Did you mean %s?", "是否想写 %s？", near)
	}
	return otherwise
}

// Nearest is the known name that needs the fewest edits, if these are few for
// its length; the first in order among equals, "" for none.
func Nearest(name string, known []string) string {
	length := utf8.RuneCountInString(name)
	best, edits := "", max(2, length/3)+1
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < edits && d < max(length, utf8.RuneCountInString(k)) {
			best, edits = k, d
		}
	}
	return best
}
