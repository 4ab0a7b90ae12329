package component_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/schema"
)

// Numbers and texts as they may come; the duplicate row without parents is a
// real defect of 2021 (section 4).
const categories = `{"errcode":0,"third_cat_list":[
	{"third_cat_id":1445,"third_cat_name":"毛毯","qualification":"","qualification_type":0,"product_qualification":null,"product_qualification_type":"2","first_cat_id":1400,"first_cat_name":"家纺","second_cat_id":1420,"second_cat_name":"毯类","scene_group_list":[7,"1"]},
	{"third_cat_id":1446,"third_cat_name":"电热毯","qualification":"3C","qualification_type":1,"first_cat_id":"1400","first_cat_name":"家纺","second_cat_id":"1420","second_cat_name":"毯类"},
	{"third_cat_id":1446,"third_cat_name":"电热毯","first_cat_id":0,"second_cat_id":0}]}`

const brokenCategories = `{"errcode":0,"third_cat_list":[{"third_cat_id":1446,"third_cat_name":"电热毯","first_cat_id":0,"second_cat_id":0}]}`

func TestCategories(t *testing.T) {
	p := newPlatform(t)
	p.on("cat/get", categories)
	tree, err := p.open().Categories(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	want := []schema.Category{
		{ID: 1445, Name: "毛毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺", ProductQualificationType: schema.NeedOptional, Scenes: []int{7, 1}},
		{ID: 1446, Name: "电热毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺", Qualification: "3C", QualificationType: schema.NeedRequired},
	}
	if diff := cmp.Diff(want, tree.Leaves); diff != "" {
		t.Error(diff)
	}
}

// The list is fetched once a day, over runs too, and whenever somebody insists.
func TestCategoriesAreCachedForADay(t *testing.T) {
	p, dir, now := newPlatform(t), t.TempDir(), testNow
	p.on("cat/get", categories)
	cached := func(c *component.Config) { c.CacheDir, c.Now = dir, func() time.Time { return now } }
	shop := p.open(cached)
	ask := func(shop *component.Provider, fresh bool, calls int) {
		t.Helper()
		tree, err := shop.Categories(t.Context(), fresh)
		if err != nil || len(tree.Leaves) != 2 || len(p.sent("cat/get")) != calls {
			t.Errorf("%d calls, want %d; %v", len(p.sent("cat/get")), calls, err)
		}
	}
	ask(shop, false, 1)
	ask(shop, false, 1)
	ask(p.open(cached), false, 1) // another run
	ask(shop, true, 2)
	now = now.Add(24*time.Hour - time.Second)
	ask(p.open(cached), false, 2)
	now = now.Add(time.Second)
	ask(p.open(cached), false, 3)
	ask(p.open(), false, 4) // without a directory
}

// A cache that cannot be read, or that belongs to another platform, is replaced.
func TestBrokenCategoryCacheIsReplaced(t *testing.T) {
	for _, content := range []string{``, `{`, `{"endpoint":"https://elsewhere","at":"2026-03-01T12:00:00+08:00","leaves":[{"id":1}]}`, `{"leaves":[]}`} {
		p, dir := newPlatform(t), t.TempDir()
		p.on("cat/get", categories)
		if err := os.WriteFile(filepath.Join(dir, "component-categories.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		tree, err := p.open(func(c *component.Config) { c.CacheDir = dir }).Categories(t.Context(), false)
		if err != nil || len(tree.Leaves) != 2 {
			t.Errorf("%q: %v", content, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Errorf("%d files are left in the cache", len(files))
		}
	}
}

func TestCategoriesWithoutADirectoryToWrite(t *testing.T) {
	p, file := newPlatform(t), filepath.Join(t.TempDir(), "file")
	p.on("cat/get", categories)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.open(func(c *component.Config) { c.CacheDir = file }).Categories(t.Context(), false); err != nil {
		t.Errorf("a cache that cannot be written is no reason to fail: %v", err)
	}
}

// Rows that lost their parents keep those that were known before.
func TestCategoriesKeepKnownParents(t *testing.T) {
	p := newPlatform(t)
	shop := p.open()
	p.on("cat/get", categories)
	if _, err := shop.Categories(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	p.on("cat/get", brokenCategories)
	tree, err := shop.Categories(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.Leaves[0].Path(); got != "家纺/毯类/电热毯" {
		t.Errorf("path = %s", got)
	}
}

// An empty list would make every category unknown.
func TestEmptyCategoryListIsAnError(t *testing.T) {
	for _, reply := range []string{ok, `{"errcode":0,"third_cat_list":[]}`, `{"errcode":0,"third_cat_list":null}`} {
		p, dir := newPlatform(t), t.TempDir()
		p.on("cat/get", reply)
		if _, err := p.open(func(c *component.Config) { c.CacheDir = dir }).Categories(t.Context(), false); provider.ClassOf(err) != provider.ClassRetry {
			t.Errorf("%s: %v", reply, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 0 {
			t.Errorf("%s: the empty list was kept", reply)
		}
	}
}
