package sheet

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shopctl/shopctl/lang"
)

func readText(t *testing.T, text string, opt Options) *Result {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sheet.csv")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return readFile(t, name, opt)
}

func readFile(t *testing.T, name string, opt Options) *Result {
	t.Helper()
	b, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	opt.Stage = t.TempDir()
	r, err := b.Read(&opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFirst(t *testing.T) {
	r := readText(t, "商品导出,,,\n商品编码,SKU编码,商品标题,类目,售价,库存,颜色,主图\nA1,A1-1,珊瑚绒毯,1445,9.9,10,红,https://a.example/1.png\nA1,A1-2,,,¥10.90,5,蓝,\nA2,,毛巾,家纺>毛巾>面巾,9.999,0,,\n",
		Options{Mapping: &Mapping{PathTemplate: "pages/p?id={id}"}})
	t.Logf("%+v", r.Header)
	for _, s := range r.SPUs {
		t.Logf("%+v", s)
	}
	for _, p := range r.Problems {
		t.Logf("%s %d %s %q %s %s", p.Cell, p.Row, p.Object, p.Value, p.Why.In(lang.EN), p.Remedy.In(lang.EN))
	}
}
