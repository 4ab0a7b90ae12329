package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/intake/sheet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// sheetFlags are the flags of import that only spreadsheets have.
type sheetFlags struct {
	sheet        string
	mapping      string
	pathTemplate string
	defaults     []string
	pictures     string
	skipBad      bool
	update       bool
	autoApprove  bool
}

func (a *app) addSheetFlags(cmd *cobra.Command, f *sheetFlags) {
	flags := cmd.Flags()
	flags.StringVar(&f.sheet, "sheet", "", a.say("the `name` of the sheet (default the first with a header that is recognised)", "工作表名称（`name`），默认取第一个能识别表头的工作表"))
	flags.StringVar(&f.mapping, "map", "", a.say("a `file` that says what the columns hold; written for you when it does not exist", "列含义的映射文件（`file`），不存在时自动生成"))
	flags.StringVar(&f.pathTemplate, "path-template", "", a.say("the `path` of the products' page, such as pages/product/detail?id={id}", "商品页面路径（`path`）的规律，例如 pages/product/detail?id={id}"))
	flags.StringArrayVar(&f.defaults, "default", nil, a.say("what empty cells and missing columns hold, `field=value`; may be repeated", "空单元格和缺少的列取该值，`field=value`，可重复"))
	flags.StringVar(&f.pictures, "pictures", "", a.say("a `folder` of pictures, named as in the sheet or by product id", "图片文件夹（`folder`），文件名与表格一致，或以商品编码命名"))
	flags.BoolVar(&f.skipBad, "skip-bad-rows", false, a.say("import what is right and write the rest to FILE.bad.xlsx or FILE.bad.csv", "只导入正确的商品，其余写入 FILE.bad.xlsx 或 FILE.bad.csv"))
	flags.BoolVar(&f.update, "update", false, a.say("also write what differs into the products that the catalog declares already", "同时把与表格不同的值写回目录中已有的商品"))
	flags.BoolVar(&f.autoApprove, "auto-approve", false, a.say("do not ask before writing files", "写入文件前不再询问"))
}

// importSheet reads products from a spreadsheet, shows what it found, and writes
// them as files of the catalog.
func (a *app) importSheet(ctx context.Context, file string, layout intake.Layout, f sheetFlags) error {
	catalog, err := a.presentCatalog(ctx)
	if err != nil {
		return err
	}
	book, err := sheet.Open(file)
	if err != nil {
		return a.sheetProblem(file, err)
	}
	defer book.Close()
	opt, mapped, err := a.sheetOptions(catalog, book, file, f)
	if err != nil || mapped {
		return err
	}
	if opt.Stage, err = a.stage(); err != nil {
		return err
	}
	defer os.RemoveAll(opt.Stage)
	result, err := a.readSheet(ctx, book, opt)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return a.sheetProblem(file, err)
	}
	in := &sheetRun{app: a, file: file, layout: layout, flags: f, catalog: catalog, book: book, result: result}
	if in.plan, err = intake.PlanDrift(a.global.dir, accepts(catalog, result, f.update)); err != nil {
		return &view.Problem{What: lang.T("the changes cannot be placed in the files", "无法在文件中定位这些改动"), Err: err}
	}
	defer in.plan.Close()
	return in.finish(ctx)
}

// readSheet reads a sheet and tells how far it is.
func (a *app) readSheet(ctx context.Context, book *sheet.Book, opt *sheet.Options) (*sheet.Result, error) {
	work := a.view.Work(time.Now)
	defer work.Close()
	checking := sync.OnceValue(func() *view.Work { return a.view.Work(time.Now) })
	opt.Progress = work.Reading
	opt.Checked = func(done, total int) { checking().Checking(done, total) }
	return book.Read(ctx, opt)
}

// presentCatalog is the catalog that is imported into; an empty one where there
// are no files yet. It knows the platform's categories if that is possible here.
func (a *app) presentCatalog(ctx context.Context) (*schema.Catalog, error) {
	tree, _ := a.keptCategories()
	catalog, ds := a.load(tree)
	if ds.HasErrors() && onlyShopMissing(ds) {
		return &schema.Catalog{Tree: tree}, nil
	}
	if ds.HasErrors() {
		return nil, a.report(ds)
	}
	if tree != nil || !a.reachable() {
		return catalog, nil
	}
	s, err := a.openShop(catalog)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if tree, err = s.provider.Categories(ctx, false); err != nil {
		return nil, err
	}
	if catalog, ds = a.load(tree); ds.HasErrors() {
		return nil, a.report(ds)
	}
	return catalog, nil
}

// reachable reports whether the run was given a way to the platform. Without
// one, categories are taken as they are written, and judged by plan.
func (a *app) reachable() bool {
	return a.global.sandbox || cmp.Or(a.getenv("WECHAT_ACCESS_TOKEN"), a.getenv("WECHAT_TOKEN_COMMAND"), a.getenv("WECHAT_APPSECRET")) != ""
}

// onlyShopMissing reports whether all that is wrong is that nobody has written a
// shop block yet.
func onlyShopMissing(ds schema.Diagnostics) bool {
	for _, d := range ds {
		if d.Severity == schema.SeverityError && d.Rule != "shop-count" {
			return false
		}
	}
	return true
}

// stage is a directory beside the catalog for pictures that are not approved yet.
func (a *app) stage() (string, error) {
	if err := os.MkdirAll(a.dataDir(), 0o755); err != nil {
		return "", err
	}
	return os.MkdirTemp(a.dataDir(), "import-")
}

// sheetOptions gathers what the flags, the mapping and the catalog say. mapped
// is true when the mapping did not exist: it was written, and there is nothing
// more to do in this run.
func (a *app) sheetOptions(catalog *schema.Catalog, book *sheet.Book, file string, f sheetFlags) (opt *sheet.Options, mapped bool, err error) {
	opt = &sheet.Options{
		Sheet: f.sheet, Mapping: &sheet.Mapping{}, Pictures: f.pictures, Catalog: a.global.dir,
		Brands: catalog.Brands, Tree: catalog.Tree, Qualified: qualified(catalog), Images: catalog.Shop.Images,
	}
	if f.update {
		opt.Present = catalog.SPUs
	}
	if f.mapping != "" {
		opt.Mapping, err = sheet.ReadMapping(f.mapping)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, true, a.writeMapping(book, file, f)
		}
		if err != nil {
			return nil, false, a.sheetProblem(f.mapping, err)
		}
	}
	given, err := pairs("--default", f.defaults)
	if err != nil {
		return nil, false, err
	}
	if f.pathTemplate != "" {
		opt.Mapping.PathTemplate = f.pathTemplate
	}
	opt.Mapping.Defaults = sheet.Defaults(opt.Mapping.Defaults, given)
	if err := sheet.CheckDefaults("--default", given); err != nil {
		return nil, false, a.sheetProblem(file, err)
	}
	return opt, false, nil
}

func (a *app) writeMapping(book *sheet.Book, file string, f sheetFlags) error {
	header, err := book.Header(&sheet.Options{Sheet: f.sheet})
	if err != nil {
		return a.sheetProblem(file, err)
	}
	if err := writeNew(f.mapping, header.Text(filepath.Base(file), a.lang)); err != nil {
		return err
	}
	return a.view.Mapped(f.mapping, len(header.Unmapped()))
}

// pairs reads the values of a flag that are written name=value.
func pairs(flag string, values []string) (map[string]string, error) {
	m := map[string]string{}
	for _, v := range values {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return nil, badFlag(flag, v, "NAME=VALUE")
		}
		m[name] = value
	}
	return m, nil
}

func qualified(catalog *schema.Catalog) map[uint64]bool {
	leaves := map[uint64]bool{}
	for _, q := range catalog.Qualifications {
		leaves[q.Category.ID] = true
	}
	return leaves
}

func (a *app) sheetProblem(file string, err error) error {
	if e, ok := errors.AsType[*sheet.Error](err); ok {
		return &view.Problem{What: e.What, Remedy: e.Remedy, Err: e.Err}
	}
	return &view.Problem{What: lang.F("%s cannot be read", "无法读取 %s", file), Err: err}
}

// sheetRun is an import whose sheet was read.
type sheetRun struct {
	*app
	file    string
	layout  intake.Layout
	flags   sheetFlags
	catalog *schema.Catalog
	book    *sheet.Book
	result  *sheet.Result
	plan    *intake.Drift // edits of declared products; none without --update
}

// accepts are the declared products that a sheet changes, with what it changes.
func accepts(catalog *schema.Catalog, r *sheet.Result, update bool) []intake.Accept {
	var all []intake.Accept
	for _, wanted := range r.SPUs {
		declared := catalog.SPUs[wanted.OutProductID]
		if !update || declared == nil {
			continue
		}
		if paths := sheet.Changes(declared, wanted); len(paths) > 0 {
			address := schema.Address{Kind: schema.KindSPU, Name: wanted.OutProductID}
			all = append(all, intake.Accept{Address: address, Source: catalog.Sources[address], Want: declared, Have: wanted, Paths: paths})
		}
	}
	return all
}

// finish shows what was found, and writes it if it may.
func (in *sheetRun) finish(ctx context.Context) error {
	found := in.found()
	if in.view.Format == view.Text {
		if err := in.view.SheetPreview(found); err != nil {
			return err
		}
	}
	if len(in.result.Problems) > 0 && !in.flags.skipBad {
		return in.refuse(found)
	}
	if err := in.approve(ctx, found); err != nil {
		return err
	}
	written, err := in.write()
	if err != nil {
		return err
	}
	badFile, err := in.writeBad()
	if err != nil {
		return err
	}
	if err := in.view.SheetImported(found, written, badFile); err != nil {
		return err
	}
	if in.catalog.Shop.AppID == "" {
		in.view.Note(lang.T("There is no shop block yet: shopctl init writes one.", "目录中还没有 shop 块：shopctl init 会生成一个。"))
	}
	if in.plan.Written() < len(in.plan.Edits) {
		return exitBlocked // some are left to people
	}
	return nil
}

// write writes what is new and changes what is declared.
func (in *sheetRun) write() ([]string, error) {
	written, _, err := intake.Write(in.global.dir, in.bundle(), in.layout)
	if err == nil {
		var changed []string
		changed, err = in.plan.Write()
		written = append(written, changed...)
	}
	if err != nil {
		return nil, &view.Problem{What: lang.F("cannot write to %s", "无法写入 %s", in.global.dir), Err: err}
	}
	return written, nil
}

// found is the result for the view.
func (in *sheetRun) found() *view.Sheet {
	r := in.result
	s := &view.Sheet{
		File: filepath.Base(in.file), Sheet: r.Header.Sheet, Row: r.Header.Row, Rows: r.Rows, Products: r.SPUs, Bad: r.Bad,
		Pictures: len(r.Files), Problems: r.Problems, Warnings: r.Warnings, Tree: in.catalog.Tree,
	}
	for _, c := range r.Header.Columns {
		field := string(c.Field)
		if c.Field == sheet.Ignored {
			field = ""
		}
		s.Named = append(s.Named, view.SheetColumn{Column: c.Name, Header: c.Header, Field: field})
	}
	links := map[string]bool{}
	for _, spu := range r.SPUs {
		if in.catalog.SPUs[spu.OutProductID] != nil {
			s.Declared++
		}
		for _, img := range sheet.Pictures(spu) {
			if img.URL != "" {
				links[img.URL] = true
			}
		}
	}
	s.Links = len(links)
	if in.flags.update {
		s.Products = slices.DeleteFunc(slices.Clone(s.Products), func(spu *schema.SPU) bool { return !in.isNew(spu) })
		s.Edits = in.plan.Edits
	}
	return s
}

// refuse ends a run whose sheet has mistakes.
func (in *sheetRun) refuse(found *view.Sheet) error {
	if in.view.Format == view.JSON {
		if err := in.view.SheetImported(found, nil, ""); err != nil {
			return err
		}
		return exitError
	}
	return &view.Problem{
		What:   lang.F("%d cells of %s cannot be taken; nothing was written", "%[2]s 有 %[1]d 处错误，没有写入任何文件", len(in.result.Problems), filepath.Base(in.file)),
		Remedy: lang.T("Correct them in the sheet, or import the rest with --skip-bad-rows.", "请在表格中修正，或用 --skip-bad-rows 先导入其余商品。"),
	}
}

func (in *sheetRun) approve(ctx context.Context, found *view.Sheet) error {
	if in.flags.autoApprove || in.plan.Written() == 0 && !slices.ContainsFunc(found.Products, in.isNew) {
		return nil
	}
	if in.view.Format != view.Text || !term.IsTerminal(int(in.stdin.Fd())) {
		return &view.Problem{
			What:   lang.T("import has nobody to ask: this is not a terminal, or the output is JSON", "无法询问是否导入：当前不是终端，或输出为 JSON"),
			Remedy: lang.T("Nothing was written. Pass --auto-approve to write without a question.", "没有写入任何文件。使用 --auto-approve 可不经询问直接写入。"),
		}
	}
	return in.confirm(ctx, lang.T("Write these products? Type yes: ", "写入这些商品？请输入 yes 或 是："))
}

func (in *sheetRun) isNew(spu *schema.SPU) bool { return in.catalog.SPUs[spu.OutProductID] == nil }

func (in *sheetRun) bundle() *intake.Bundle {
	return &intake.Bundle{
		Shop: in.catalog.Shop, SPUs: in.result.SPUs, Declared: in.catalog.Sources, Files: in.result.Files, Tree: in.catalog.Tree,
	}
}

// writeBad writes the rows that were left out beside the sheet.
func (in *sheetRun) writeBad() (string, error) {
	if in.result.Bad+len(in.result.Problems) == 0 {
		return "", nil
	}
	ext := ".csv"
	if in.book.Workbook() {
		ext = ".xlsx"
	}
	name := strings.TrimSuffix(in.file, filepath.Ext(in.file)) + ".bad" + ext
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return name, in.book.WriteBad(name, in.result, in.lang)
}
