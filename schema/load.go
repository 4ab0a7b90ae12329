package schema

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema/literal"
)

// LoadOptions say what a catalog is read with.
type LoadOptions struct {
	Vars     []string // --var NAME=VALUE, in order
	VarFiles []string // --var-file, relative to the working directory
	// Tree is the platform's category tree; nil when it is not known here: then
	// name paths stay unresolved and nothing is said about categories.
	Tree *CategoryTree
	// CacheDir remembers which pictures were decoded, and the smaller ones that
	// were made; "" remembers nothing beyond this run.
	CacheDir string
	// Progress hears how far the reading is, often; nil for nobody. It is called
	// by one goroutine at a time.
	Progress func(LoadProgress)

	shopOnly bool // PeekShop
	// byHCL gives all files to the general parser: the tests hold our own reader and
	// the compiled rows to what it finds.
	byHCL bool
}

// LoadProgress is how far Load is.
type LoadProgress struct {
	Products int // made so far
	// Total is how many products are known to come. It may still grow: a table
	// is counted when its turn comes.
	Total    int
	Pictures int   // files read and decoded so far
	Bytes    int64 // of these files
}

// Load reads every *.hcl and *.hcl.json below dir and returns all findings,
// sorted. The catalog is nil when there are errors.
func Load(dir string, opt LoadOptions) (*Catalog, Diagnostics) {
	catalog, ds := load(dir, opt)
	if ds.HasErrors() {
		return nil, ds
	}
	return catalog, ds
}

// brokenState reports whether the state block is wrong: its store must not be
// opened then, whatever is asked of it.
func brokenState(ds Diagnostics) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool {
		return d.Severity == SeverityError && slices.Contains([]string{ruleStateStore.name, ruleStatePath.name, ruleStateAttr.name}, d.Rule)
	})
}

// LoadShop reads which shop a directory is about, whatever is wrong with the
// rest of it: who looks for a category, or at the state, may be about to mend
// it. The shop is nil when its own block cannot be read; the findings are those
// of the whole catalog.
func LoadShop(dir string, opt LoadOptions) (*Shop, Diagnostics) {
	catalog, ds := load(dir, opt)
	if catalog == nil || catalog.Shop.AppID == "" || catalog.Shop.Platform == "" || brokenState(ds) {
		return nil, ds
	}
	return &catalog.Shop, ds
}

// load is the catalog as far as it can be made, with all findings.
func load(dir string, opt LoadOptions) (*Catalog, Diagnostics) {
	r := newReport()
	root, err := openDirectory(dir)
	if err != nil {
		r.add(ruleCatalogDir, wholeFile(dir), lang.F("%v.", "%v。", err), lang.T("Name the catalog directory with -C.", "请用 -C 指定目录。"))
		return nil, r.finish()
	}
	defer root.close()
	l := &loader{
		opt: opt, report: r, dir: root, library: newLibrary(root, opt.Tree), meter: &meter{}, pace: newPace(opt.Progress),
		variables: map[string]*variable{}, locals: map[string]hcl.Expression{}, blocks: map[string][]*hcl.Block{},
	}
	catalog := l.load(dir)
	if l.meter.spent() {
		r.tooMuch(l.meter.at)
		catalog = nil
	}
	return catalog, r.finish()
}

// loader is one run of Load. First it reads what is needed to evaluate anything
// (variables, locals, the names of brands), then it makes the objects.
type loader struct {
	opt     LoadOptions
	report  *report
	dir     *directory
	library *library
	meter   *meter
	pace    *pace
	buffer  bytes.Buffer // of the file that is scanned

	variables map[string]*variable
	locals    map[string]hcl.Expression
	blocks    map[string][]*hcl.Block // by type, in file order, without the products
	// mixed are the products of files that hold other things, too, and bulk those
	// of files that hold nothing but products.
	mixed, bulk []batchOfProducts
}

func (l *loader) load(dir string) *Catalog {
	if !l.dir.mayDeclareShop() {
		l.reportNoShop(dir)
		return nil
	}
	files, err := l.dir.list(l.dir.declaresShop)
	if err != nil {
		l.report.add(ruleCatalogDir, wholeFile("."), lang.F("The directory cannot be listed: %v.", "无法列出目录：%v。", err), lang.T("Check its permissions.", "请检查目录权限。"))
		return nil
	}
	var autoVars []string
	for _, file := range files {
		if isVarsFile(file) {
			autoVars = append(autoVars, file)
		} else if words, src, ok := l.scan(file); ok && !isMapping(words) {
			l.declareFile(file, src, words)
		}
	}
	for _, b := range l.blocks[variableSpec.Name] {
		l.declareVariable(b)
	}
	l.giveValues(autoVars)
	for _, b := range l.blocks[localsSpec.Name] {
		l.declareLocals(b)
	}
	return l.objects(dir)
}

// isMapping tells a file that says what the columns of a spreadsheet hold
// (import --map) from a catalog file: it may lie among them, and declares nothing.
func isMapping(words map[string]int) bool { return words["columns"] > 0 }

// guard checks what is read before the parser sees it, and returns the words
// that begin its top-level statements, counted.
func guard(file string, src []byte) (map[string]int, *fault) {
	if f := guardBytes(src); f != nil {
		return nil, f
	}
	if isJSON(file) {
		return guardJSON(src)
	}
	return guardNative(src)
}

// scan reads a file and checks it; ok is false when it is not to be parsed. src is good
// until the next file is scanned.
func (l *loader) scan(file string) (words map[string]int, src []byte, ok bool) {
	src, ok = l.readSource(file)
	if !ok {
		return nil, nil, false
	}
	words, ok = l.check(file, src)
	return words, src, ok
}

func (l *loader) check(file string, src []byte) (words map[string]int, ok bool) {
	words, f := guard(file, src)
	if f != nil {
		l.report.addFault(file, src, f)
		l.report.incomplete = true
	}
	return words, f == nil
}

// byteOrderMark is what some editors put before UTF-8 text; HCL refuses it.
const byteOrderMark = "\xef\xbb\xbf"

func (l *loader) readSource(file string) ([]byte, bool) {
	src, err := l.dir.readInto(&l.buffer, file, maxSourceSize)
	if err != nil {
		rl, why, remedy := readFailure(file, err)
		l.report.add(rl, wholeFile(file), why, remedy)
		l.report.incomplete = true
		return nil, false
	}
	return withoutMark(src), true
}

func withoutMark(src []byte) []byte { return bytes.TrimPrefix(src, []byte(byteOrderMark)) }

// parse parses one file that was checked; ok is false after a syntax error.
func (l *loader) parse(file string, src []byte) (f *hcl.File, ok bool) {
	parse := func() (*hcl.File, hcl.Diagnostics) { return hclsyntax.ParseConfig(src, file, hcl.InitialPos) }
	if isJSON(file) {
		parse = func() (*hcl.File, hcl.Diagnostics) { return json.Parse(src, file) }
	}
	f, diags := parse()
	l.report.addSyntax(diags)
	l.report.incomplete = l.report.incomplete || diags.HasErrors()
	return f, !diags.HasErrors()
}

// parseBlocks returns the top-level blocks of a file. A file with syntax errors
// yields none: whatever was found wrong with its torn blocks would be noise.
func (l *loader) parseBlocks(file string, src []byte) []*hcl.Block {
	f, ok := l.parse(file, src)
	if !ok {
		return nil
	}
	return l.report.readBody(&language, f.Body).blocks
}

// declareFile takes the blocks of a file, except for products: these wait until
// everything is known that they may refer to, and are read again then.
func (l *loader) declareFile(file string, src []byte, words map[string]int) {
	products := words[spuSpec.Name]
	if products > 0 && len(words) == 1 && !isJSON(file) {
		l.bulk = append(l.bulk, batchOfProducts{file: file})
		l.pace.expect(products)
		return
	}
	src = bytes.Clone(src)
	var blocks []*hcl.Block
	if s := l.source(file, src); s != nil && products > 0 {
		blocks = l.others(s)
		l.mixed = append(l.mixed, batchOfProducts{file: file})
		l.pace.expect(products)
	} else {
		blocks = l.parseBlocks(file, src)
	}
	l.declare(file, blocks)
}

// source reads a file as literal does; nil when HCL has to.
func (l *loader) source(file string, src []byte) *source {
	if l.opt.byHCL || isJSON(file) {
		return nil
	}
	s, ok := newSource(file, src)
	if !ok || len(s.Attrs) > 0 { // nothing but blocks may stand in a file
		return nil
	}
	return s
}

// others are the blocks of a file that are no products.
func (l *loader) others(s *source) []*hcl.Block {
	var blocks []*hcl.Block
	for i := range s.Blocks {
		if b := &s.Blocks[i]; string(s.Bytes(b.Type)) != spuSpec.Name {
			blocks = append(blocks, l.parseBlock(s, b)...)
		}
	}
	return blocks
}

// parseBlock gives one block of the top level to HCL.
func (l *loader) parseBlock(s *source, b *literal.Block) []*hcl.Block {
	body, diags := s.block(b)
	l.report.addSyntax(diags)
	return l.report.readBody(&language, body).blocks
}

func (l *loader) declare(file string, blocks []*hcl.Block) {
	var products []*hcl.Block
	for _, b := range blocks {
		if b.Type == spuSpec.Name {
			products = append(products, b)
		} else {
			l.blocks[b.Type] = append(l.blocks[b.Type], b)
		}
	}
	if products != nil {
		l.mixed = append(l.mixed, batchOfProducts{file: file, blocks: products})
		l.pace.expect(len(products))
	}
}

func (l *loader) declareVariable(b *hcl.Block) {
	name := b.Labels[0]
	if earlier := l.variables[name]; earlier != nil {
		l.duplicate("var."+name, rangeOf(b.LabelRanges[0]), earlier.at)
		return
	}
	l.variables[name] = l.variable(b)
}

func (l *loader) declareLocals(b *hcl.Block) {
	for _, attr := range l.report.readBody(&localsSpec, b.Body).attrs {
		if earlier := l.locals[attr.Name]; earlier != nil {
			l.duplicate("local."+attr.Name, rangeOf(attr.NameRange), rangeOf(earlier.Range()))
			continue
		}
		l.locals[attr.Name] = attr.Expr
	}
}

func (l *loader) duplicate(name string, at, earlier Range) {
	l.report.add(ruleDuplicateID, at, lang.F("%s is declared already at %s.", "%s 已在 %s 声明。", name, earlier), lang.T("Rename or remove one of the two.", "请改名或删除其中一个。"))
}

// objects evaluates all blocks and makes the catalog.
func (l *loader) objects(dir string) *Catalog {
	c := &checker{report: l.report, meter: l.meter, byHCL: l.opt.byHCL, names: &names{
		vars: keySet(l.variables), locals: keySet(l.locals), brands: map[string]bool{}, functions: l.library.functions(),
	}}
	e := &evaluator{report: l.report, names: c.names, library: l.library, meter: l.meter}
	brands := l.brandForms(c)
	resolve := &resolver{evaluator: e, checker: c, vars: l.variableValues(), locals: l.locals, values: map[string]cty.Value{}, sizes: map[string]int{}, brands: withForEach(brands)}
	e.root = resolve.resolveAll(sortedKeys(l.locals))

	b := newBuilder(l, dir)
	b.shops(l.evaluateAll(c, e, &shopSpec))
	if l.opt.shopOnly {
		return b.catalog
	}
	b.hang(newWorkshop(l.dir, b.catalog.Shop.Images, l.opt.CacheDir), l.pace)
	defer b.gallery.shop.kept.close()
	b.merchants(l.evaluateAll(c, e, &merchantSpec))
	for _, f := range brands {
		l.evaluate(e, f, b.brand)
	}
	for _, f := range l.forms(c, &qualificationSpec) {
		l.evaluate(e, f, b.qualification)
	}
	l.products(c, e, b)
	return b.finish()
}

func (l *loader) forms(c *checker, spec *BlockSpec) []*form {
	var forms []*form
	for _, b := range l.blocks[spec.Name] {
		forms = append(forms, c.form(spec, b, nil))
	}
	return forms
}

// brandForms reads the brand blocks and notes the names that are known without
// evaluation.
func (l *loader) brandForms(c *checker) []*form {
	forms := l.forms(c, &brandSpec)
	for _, f := range forms {
		if f.forEach == nil {
			c.names.brands[f.block.Labels[0]] = true
		}
	}
	return forms
}

func withForEach(forms []*form) []*form {
	var repeated []*form
	for _, f := range forms {
		if f.forEach != nil {
			repeated = append(repeated, f)
		}
	}
	return repeated
}

func (l *loader) evaluate(e *evaluator, f *form, yield func(*node)) {
	e.each(f, e.root, func(key string, s *scope) { yield(e.node(f, key, s)) })
}

func (l *loader) evaluateAll(c *checker, e *evaluator, spec *BlockSpec) []*node {
	var nodes []*node
	for _, f := range l.forms(c, spec) {
		l.evaluate(e, f, func(n *node) { nodes = append(nodes, n) })
	}
	return nodes
}

func keySet[V any](m map[string]V) map[string]bool {
	set := make(map[string]bool, len(m))
	for key := range m {
		set[key] = true
	}
	return set
}
