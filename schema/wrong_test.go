package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/shopctl/shopctl/lang"
)

var marker = regexp.MustCompile(`⟦([a-z-]+)⟧`)

// unmark removes the markers ⟦rule⟧ from a source and returns what they expect:
// "file:line:column rule". A line of nothing but markers means the first character.
func unmark(file, src string) (clean string, want []string) {
	var lines []string
	for _, line := range strings.Split(src, "\n") {
		alone := marker.MatchString(line) && strings.TrimSpace(marker.ReplaceAllString(line, "")) == ""
		for {
			at := marker.FindStringSubmatchIndex(line)
			if at == nil {
				break
			}
			rule := line[at[2]:at[3]]
			line = line[:at[0]] + line[at[1]:]
			where := fmt.Sprintf("%s:%d:%d", file, len(lines)+1, utf8.RuneCountInString(line[:at[0]])+1)
			if alone {
				where = file + ":1:1"
			}
			want = append(want, where+" "+rule)
		}
		if !alone {
			lines = append(lines, line)
		}
	}
	slices.Sort(want)
	return strings.Join(lines, "\n"), want
}

// change applies one part of testdata/wrong/*.txt to a good block.
func change(t *testing.T, good, part string) string {
	lines := strings.Split(good, "\n")
	depth := 0
	for _, line := range strings.Split(strings.TrimRight(part, "\n"), "\n") {
		text := strings.TrimSpace(marker.ReplaceAllString(line, ""))
		name, value, isAttr := strings.Cut(text, "=")
		name = strings.TrimSpace(name)
		header, isHeader := strings.CutPrefix(strings.TrimSpace(line), "~ ")
		removed, isRemoval := strings.CutPrefix(text, "- ")
		switch at := indexLine(lines, name+" "); {
		case depth == 0 && isHeader:
			first := strings.Fields(strings.TrimPrefix(text, "~ "))[0]
			lines[indexLine(lines, first+" ")] = header
		case depth == 0 && isRemoval:
			at := indexLine(lines, removed+" ")
			lines = slices.Delete(lines, at, at+1)
		case depth == 0 && isAttr && at >= 0 && value != "" && !strings.HasPrefix(strings.TrimSpace(lines[at]), name+" {"):
			lines[at] = line
		case text == "":
			lines = slices.Insert(lines, 0, line)
		default:
			lines = slices.Insert(lines, indexLine(lines, "# more"), line)
			depth += strings.Count(text, "{") - strings.Count(text, "}")
			depth = max(depth, 0)
		}
	}
	return strings.Join(lines, "\n")
}

func indexLine(lines []string, prefix string) int {
	return slices.IndexFunc(lines, func(l string) bool {
		return strings.HasPrefix(strings.TrimSpace(marker.ReplaceAllString(l, "")), prefix)
	})
}

// goodFiles are a catalog without mistakes, and some files to go wrong with.
func goodFiles(t testing.TB) map[string][]byte {
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata/wrong", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	cxy := strings.NewReplacer(`"b1"`, `"cxy"`, `"B1"`, `"CXY"`).Replace(string(read("brand.hcl")))
	return map[string][]byte{
		"shop.hcl":       read("shop.hcl"),
		"cxy.hcl":        []byte(cxy),
		"img/a.png":      pngBytes(t, 1),
		"img/png.jpg":    pngBytes(t, 2),
		"img/a.gif":      []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"img/text.png":   []byte("not a picture"),
		"bad/empty.png":  {},
		"bad/cut.png":    pngBytes(t, 4)[:60],
		"bad/moving.png": movingPNG(t),
		"bad/bomb.png":   claiming(t, 100_000, 100_000),
		"rows.csv":       []byte("id,title,price\na,纯棉面巾一,9.9\nb,纯棉面巾二,9.999\nc,纯棉面巾三,8.888\n"),
		"repeated.csv":   []byte("id,title\na,x\na,y\n"),
		"emptykey.csv":   []byte("id,title\n,x\n"),
		"ragged.csv":     []byte("id,title\na\n"),
		"twocolumns.csv": []byte("id,id\na,b\n"),
	}
}

// TestWrongCatalogs breaks each rule once and demands exactly that finding, at
// its place, in both languages.
func TestWrongCatalogs(t *testing.T) {
	cases := 0
	for _, group := range []string{"shop", "merchant", "brand", "product"} {
		archive, err := txtar.ParseFile(filepath.Join("testdata/wrong", group+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		good, err := os.ReadFile(filepath.Join("testdata/wrong", group+".hcl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range archive.Files {
			cases++
			t.Run(group+"/"+part.Name, func(t *testing.T) {
				src, want := unmark("wrong.hcl", change(t, string(good), string(part.Data)))
				files := goodFiles(t)
				if group == "shop" {
					delete(files, "shop.hcl")
				}
				files["wrong.hcl"] = []byte(src)
				checkFindings(t, files, LoadOptions{}, want, src)
			})
		}
	}
	if cases < 40 {
		t.Errorf("only %d cases were found", cases)
	}
}

// TestWrongFiles holds the mistakes that need whole files of their own.
func TestWrongFiles(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/wrong/files.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range archive.Files {
		name, file, _ := strings.Cut(part.Name, " | ")
		if file == "" {
			file = "wrong.hcl"
		}
		t.Run(name, func(t *testing.T) {
			src, want := unmark(file, string(part.Data))
			files := goodFiles(t)
			files[file] = []byte(src)
			checkFindings(t, files, LoadOptions{Tree: smallTree()}, want, src)
		})
	}
}

func checkFindings(t *testing.T, files map[string][]byte, opt LoadOptions, want []string, src string) {
	t.Helper()
	if strings.Contains(src, "large.png") {
		files["img/large.png"] = append(pngBytes(t, 3), make([]byte, maxImageSize)...)
	}
	dir := writeFiles(t, files)
	if err := os.Symlink(filepath.Join(t.TempDir(), "x.png"), filepath.Join(dir, "img/outside.png")); err != nil {
		t.Fatal(err)
	}
	c, ds := Load(dir, opt)
	var got []string
	alike := slices.ContainsFunc(want, func(w string) bool { return strings.HasSuffix(w, rulePictureAlike.name) })
	for _, d := range ds {
		checkTexts(t, d)
		if d.Rule != rulePictureAlike.name || alike { // the other cases all have the same picture
			got = append(got, d.Range.String()+" "+d.Rule)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s\nin\n%s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), src)
		for _, d := range ds {
			t.Logf("%s %s: %s %s", d.Range, d.Rule, d.Why.EN, d.Remedy.EN)
		}
	}
	if ds.HasErrors() != (c == nil) {
		t.Errorf("errors: %v, catalog: %v", ds.HasErrors(), c != nil)
	}
	if len(want) == 0 {
		t.Error("the case expects nothing")
	}
}

// checkTexts demands whole texts in both languages, without formatting accidents.
func checkTexts(t *testing.T, d Diagnostic) {
	t.Helper()
	for part, text := range map[string]lang.Text{"what": d.What, "why": d.Why, "remedy": d.Remedy} {
		if text.EN == "" || strings.Contains(text.EN, "%!") {
			t.Errorf("%s: %s in English: %q", d.Rule, part, text.EN)
		}
		if !strings.ContainsFunc(text.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(text.ZH, "%!") {
			t.Errorf("%s: %s in Chinese: %q", d.Rule, part, text.ZH)
		}
	}
}

func smallTree() *CategoryTree {
	leaf := func(id uint64, name string, needs Need, product Need) Category {
		return Category{ID: id, Name: name, SecondID: 20, Second: "毛巾", FirstID: 10, First: "家纺",
			QualificationType: needs, Qualification: "3C 认证", ProductQualificationType: product, ProductQualification: "质检报告"}
	}
	return NewCategoryTree([]Category{
		leaf(1445, "面巾", NeedNone, NeedNone), leaf(1446, "电热毯", NeedRequired, NeedNone), leaf(1447, "童巾", NeedNone, NeedRequired),
		leaf(1448, "浴巾", NeedNone, NeedNone), leaf(1449, "浴巾", NeedNone, NeedNone), leaf(1450, "方巾", NeedOptional, NeedOptional),
	})
}
