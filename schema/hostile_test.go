package schema

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// hostileDir tells a child process of this test which catalog to read.
const hostileDir = "SHOPCTL_TEST_HOSTILE_DIR"

// What a stranger's catalog may use before the child is killed, and the most that
// it is seen to hold. The largest honest tables need more; these are small ones.
const (
	hostileCPU    = 20        // seconds
	hostileMemory = 3 << 20   // kB of address space
	hostilePeak   = 700 << 10 // kB resident
)

// TestHostileChild is the child: it reads the catalog and prints the rules that
// it breaks.
func TestHostileChild(t *testing.T) {
	dir := os.Getenv(hostileDir)
	if dir == "" {
		t.Skip("run by TestHostile")
	}
	c, ds := Load(dir, LoadOptions{Tree: smallTree()})
	if (c == nil) != ds.HasErrors() {
		t.Errorf("catalog %v, errors %v", c != nil, ds.HasErrors())
	}
	for _, d := range ds {
		fmt.Printf("rule %s\n", d.Rule)
	}
}

// TestHostile reads catalogs that mean harm, each in a process of its own with
// bounded memory and time, and demands that each is refused by the rule that is
// meant for it. "" is a catalog that is harmless although it does not look so.
func TestHostile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs ulimit -v and the peak of a child's memory: Linux only")
	}
	if underRace {
		t.Skip("each catalog is read in a process of its own, where there is nothing to race with: .ci/run runs this without the detector")
	}
	for name, test := range hostileCatalogs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"shop.hcl": goodFiles(t)["shop.hcl"]}
			for file, content := range test.files {
				files[file] = []byte(content)
			}
			dir := writeFiles(t, files)
			if test.more != nil {
				test.more(t, dir)
			}
			rules, peak := loadApart(t, dir)
			if !strings.Contains(rules, "rule "+test.rule+"\n") && (test.rule != "" || rules != "") {
				t.Errorf("found %q, want %s", rules, test.rule)
			}
			if peak > hostilePeak {
				t.Errorf("%d MB resident, want at most %d", peak>>10, hostilePeak>>10)
			}
		})
	}
}

// loadApart reads a catalog in a child with limits, and returns the rules that
// it broke and the child's peak of resident memory in kB.
func loadApart(t *testing.T, dir string) (rules string, peak int64) {
	t.Helper()
	limits := fmt.Sprintf("ulimit -v %d && ulimit -t %d && exec \"$0\" \"$@\"", hostileMemory, hostileCPU)
	child := exec.Command("sh", "-c", limits, os.Args[0], "-test.run=^TestHostileChild$")
	child.Env = append(os.Environ(), hostileDir+"="+dir, "GOMAXPROCS=2")
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	err := child.Run()
	if err != nil {
		t.Fatalf("%v\n%.600s", err, out.String())
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "rule ") {
			rules += line
		}
	}
	usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("no usage of the child")
	}
	return rules, usage.Maxrss
}

type hostile struct {
	files map[string]string
	more  func(t *testing.T, dir string) // what no map of files can say
	rule  string
}

// hostileLocals is a catalog with one local.
func hostileLocals(expr, rule string) hostile {
	return hostile{files: map[string]string{"x.hcl": "locals {\n  a = " + expr + "\n}\n"}, rule: rule}
}

// doubled binds a value to a name and doubles it, forty times over.
func doubled(start, twice, last string) string {
	var open, shut strings.Builder
	from := start
	for i := range 40 {
		fmt.Fprintf(&open, "[for v%d in [%s] : ", i, from)
		from = strings.ReplaceAll(twice, "v", fmt.Sprintf("v%d", i))
		shut.WriteString("]")
	}
	return open.String() + strings.ReplaceAll(last, "v", "v39") + shut.String()
}

func hostileCatalogs(t *testing.T) map[string]hostile {
	many := strings.Repeat
	text := `jsonencode([for i in range(1000) : "` + many("a", 1000) + `"])` // a megabyte
	catalogs := map[string]hostile{
		// Nesting overflows the parser's stack, which nothing can recover from.
		"brackets":            hostileLocals(many("[", 100_000), "too-deep"),
		"parentheses":         hostileLocals(many("(", 100_000), "too-deep"),
		"templates":           hostileLocals(many(`"${`, 100_000), "too-deep"),
		"minus signs":         hostileLocals(many("-", 1_000_000)+"1", "too-deep"),
		"not signs":           hostileLocals(many("!", 1_000_000)+"true", "too-deep"),
		"conditionals":        hostileLocals(many("true ? 1 : ", 100_000)+"1", "too-deep"),
		"blocks":              {files: map[string]string{"x.hcl": many("a {\n", 100_000)}, rule: "too-deep"},
		"JSON arrays":         {files: map[string]string{"x.hcl.json": `{"locals":` + many("[", 100_000)}, rule: "too-deep"},
		"JSON objects":        {files: map[string]string{"x.hcl.json": many(`{"a":`, 100_000)}, rule: "too-deep"},
		"JSON templates":      {files: map[string]string{"x.hcl.json": `{"locals":{"a":"` + many(`${[`, 100_000) + `"}}`}, rule: "too-deep"},
		"JSON text, decoded":  hostileLocals(`jsondecode(file("deep.txt"))`, "too-large").with("deep.txt", many("[", 1_000_000)),
		"YAML text, decoded":  hostileLocals(`yamldecode(file("deep.txt"))`, "too-large").with("deep.txt", many("- ", 400_000)),
		"a binary":            {files: map[string]string{"x.hcl": many("\x7fELF\x02\x01\x00\x00", 1<<20)}, rule: "encoding"},
		"a binary without 0s": {files: map[string]string{"x.hcl": many("\xfe\xdc\xba\x98", 1<<20)}, rule: "encoding"},
		"a large file":        {more: func(t *testing.T, dir string) { sparse(t, dir, "x.hcl", 1<<40) }, rule: "file-too-large"},

		// Numbers whose digits nobody can wait for.
		"exponent":                 hostileLocals(`"${1e100000000}x"`, "number-size"),
		"exponent in JSON":         {files: map[string]string{"x.hcl.json": `{"locals":{"a":"${b}","b":1e100000000}}`}, rule: "number-size"},
		"exponent in a JSON text":  hostileLocals(`"${jsondecode("1e100000000")}"`, "too-large"),
		"exponent in a YAML text":  hostileLocals(`"${yamldecode("1e100000000")}"`, "too-large"),
		"exponent in text":         hostileLocals(`"${tonumber("1e100000000")}"`, "too-large"),
		"exponent in a sum":        hostileLocals(`"${"1e100000000" + 1}"`, "too-large"),
		"exponent in a function":   hostileLocals(`"${abs("1e100000000")}"`, "too-large"),
		"exponent in format":       hostileLocals(`format("%s", tonumber("1e100000000"))`, "too-large"),
		"exponent in jsonencode":   hostileLocals(`jsonencode([tonumber("1e100000000")])`, "too-large"),
		"exponent in ceil":         hostileLocals(`ceil("1e100000000")`, "too-large"),
		"exponent in a comparison": hostileLocals(`"1e100000000" > 1`, "too-large"),
		"exponent in a remainder":  hostileLocals(`"1e100000000" % 7`, "too-large"),
		"exponent in a cell":       hostileLocals(`[for r in table("t.csv") : "${r.n * 2}"]`, "too-large").with("t.csv", "id,n\n1,1e100000000\n"),
		"exponent in a price":      {files: map[string]string{"x.hcl": "spu \"a\" {\n  sku \"b\" {\n    sale_price = \"1e100000000\"\n  }\n}\n"}, rule: "wrong-type"},
		"exponent in a variable":   {files: map[string]string{"x.hcl": "variable \"n\" {\n  type = number\n  default = \"1e100000000\"\n}\nlocals {\n  a = \"${var.n}\"\n}\n"}, rule: "variable"},
		"squares":                  hostileLocals(doubled("1e300", "v * v", `"${v}"`), "too-large"),
		"digits of another base":   hostileLocals(`"${parseint(join("", [for i in range(100) : "`+many("z", 1000)+`"]), 36)}"`, "too-large"),

		"digits beyond counting": hostileLocals(`parseint("`+many("z", 4_000_000)+`", 62)`, "too-large"),

		// Texts that the lexer cuts into pieces, which the parser joins one by one.
		"dollar signs":         hostileLocals(`lower("`+many("$1", 1_000_000)+`")`, "too-deep"),
		"percent signs":        hostileLocals(`lower("`+many("%1", 1_000_000)+`")`, "too-deep"),
		"escaped sequences":    hostileLocals(`lower("`+many("$${", 1_000_000)+`")`, "too-deep"),
		"lines of a heredoc":   hostileLocals("lower(<<EOT\n"+many("a\n", 1_000_000)+"EOT\n  )", "too-deep"),
		"dollar signs in JSON": {files: map[string]string{"x.hcl.json": `{"locals":{"a":"${1}` + many("$1", 1_000_000) + `"}}`}, rule: "too-deep"},
		"a heredoc of a table": hostileLocals("jsondecode(<<EOT\n["+many(`"0123456789012345678901234567890123456789",`+"\n", 5_000)+"1]\nEOT\n  )", ""),

		// A name of a few bytes for megabytes, used again and again.
		"a large value by many names": {files: map[string]string{"x.hcl": "locals {\n  b = range(1000)\n  z = [" + many("local.b, ", 400) + "]\n" + chain(10_000, "  a%[2]d = local.z\n") + "}\n"}, rule: "too-large"},

		// Small texts that become large ones.
		"nested for":                hostileLocals("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]", "too-large"),
		"nested for in JSON":        {files: map[string]string{"x.hcl.json": `{"locals":{"a":"${[for a in range(1000) : [for b in range(1000) : [for c in range(10) : a]]]}"}}`}, rule: "too-large"},
		"doubled text in JSON":      {files: map[string]string{"x.hcl.json": `{"locals":{"a":"${` + strings.ReplaceAll(doubled(`"0123456789"`, `"${v}${v}"`, "v"), `"`, `\"`) + `}"}}`}, rule: "too-large"},
		"exponent in a sum in JSON": {files: map[string]string{"x.hcl.json": `{"locals":{"a":["${\"${\"1e100000000\" + 1}\"}"]}}`}, rule: "too-large"},
		"for over products":         {files: map[string]string{"x.hcl": "spu \"a\" {\n  for_each = toset([for i in range(1000) : tostring(i)])\n  id = each.key\n  title = jsonencode([for a in range(1000) : [for b in range(1000) : a]])\n}\n"}, rule: "too-large"},
		"doubled text":              hostileLocals(doubled(`"0123456789"`, `"${v}${v}"`, "v"), "too-large"),
		"doubled tree":              hostileLocals(doubled(`["0123456789"]`, "[v, v]", "jsonencode(v)"), "too-large"),
		"doubled flat":              hostileLocals(doubled(`["0123456789"]`, "[v, v]", "flatten(v)"), "too-large"),
		"doubled by format":         hostileLocals(doubled(`"0123456789"`, `format("%[1]s%[1]s", v)`, "v"), "too-large"),
		"doubled by replace":        hostileLocals(doubled(`"aa"`, `replace(v, "a", "aa")`, "v"), "too-large"),
		"doubled by regex":          hostileLocals(doubled(`"aa"`, `regexreplace(v, "(a)", "$1$1")`, "v"), "too-large"),
		"doubled by locals":         {files: map[string]string{"x.hcl": "locals {\n  a0 = \"0123456789\"\n" + chain(40, "  a%[2]d = \"${local.a%[1]d}${local.a%[1]d}\"\n") + "}\n"}, rule: "too-large"},
		"a long chain of locals":    {files: map[string]string{"x.hcl": "locals {\n" + chain(5_000, "  a%[1]d = local.a%[2]d\n") + "  a5000 = 1\n}\n"}, rule: "too-deep"},
		"many locals":               {files: map[string]string{"x.hcl": "locals {\n  a0 = 1\n" + chain(5_000, "  a%[2]d = local.a%[1]d\n") + "}\n"}},
		"a wide format":             hostileLocals(`format("%1000000000d", 1)`, "too-large"),
		"a precise format":          hostileLocals(`format("%.1000000000f", 1)`, "too-large"),
		"a starred format":          hostileLocals(`format("%*d", 1000000000, 1)`, "too-large"),
		"many wide verbs":           hostileLocals(`format(join("", [for i in range(1000) : "`+many("%[1]999s", 100)+`"]), "x")`, "too-large"),
		"many verbs":                hostileLocals(`format(join("", [for i in range(1000) : "%[1]s"]), `+text+`)`, "too-large"),
		"formatlist":                hostileLocals(`formatlist("%999s", split(",", join("", [for a in range(1000) : "x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,"])))`, "too-large"),
		"indent":                    hostileLocals(`indent(1000000000, "a\nb")`, "too-large"),
		"join":                      hostileLocals(`join(`+text+`, [for i in range(1000) : ""])`, "too-large"),
		"replace":                   hostileLocals(`replace(`+text+`, "a", `+text+`)`, "too-large"),
		"replace of nothing":        hostileLocals(`replace(`+text+`, "", `+text+`)`, "too-large"),
		"regexreplace":              hostileLocals(`regexreplace(`+text+`, "", `+text+`)`, "too-large"),
		"regexall":                  hostileLocals(`regexall("", join("", [for i in range(10) : `+text+`]))`, "too-large"),
		"regex of repeats":          hostileLocals(`regex("((a{100}){100}){100}", "a")`, "expression"),
		"split":                     hostileLocals(`split("", join("", [for i in range(10) : `+text+`]))`, "too-large"),
		"range":                     hostileLocals(`range(1000000000)`, "expression"),
		"setproduct":                hostileLocals(`setproduct(range(1000), range(1000), range(1000))`, "too-large"),
		"YAML aliases":              hostileLocals(`jsonencode(yamldecode(file("laughs.yaml")))`, "too-large").with("laughs.yaml", "a0: &a0 [lol, lol]\n"+chain(40, "a%[2]d: &a%[2]d [*a%[1]d, *a%[1]d]\n")),
		"csvdecode columns":         hostileLocals(`csvdecode(join("\n", [for i in range(10) : join(",", [for j in range(1000) : "`+many("a,", 1000)+`"])]))`, "too-large"),
		"many elements":             {files: map[string]string{"x.hcl": "brand \"b\" {\n  for_each = toset(split(\",\", file(\"t.txt\")))\n}\n", "t.txt": lines(300_000, "%d,")}, rule: "too-large"},

		// Tables.
		"a table of one line":          hostileLocals(`table("t.csv")`, "file-too-large").and(func(t *testing.T, dir string) { sparse(t, dir, "t.csv", 1<<30) }),
		"a table of a million columns": hostileLocals(`table("t.csv")`, "table").with("t.csv", "id"+lines(1_000_000, ",c%d")+"\n1"+many(",", 1_000_000)+"\n"),
		"a table of empty cells":       hostileLocals(`table("t.csv")`, "table").with("t.csv", "id"+lines(999, ",c%d")+"\n"+many("1"+many(",", 999)+"\n", 12_000)),
		"a table as one value":         hostileLocals(`[for r in table("t.csv") : r.id]`, "too-large").with("t.csv", "id"+lines(99, ",c%d")+"\n"+lines(40_000, "%d"+many(",", 99)+"\n")),
	}
	for name, picture := range map[string]string{"PNG of 50000x50000": string(hugePNG(50_000, 50_000)), "PNG that inflates": string(hugePNG(9_000, 9_000))} {
		rule := "picture-pixels"
		if strings.Contains(name, "inflates") {
			rule = "picture-damaged"
		}
		catalogs[name] = hostile{files: map[string]string{"x.hcl": "spu \"a\" {\n  head_img = [\"a.png\"]\n}\n", "a.png": picture}, rule: rule}
	}
	return catalogs
}

func (h hostile) with(name, content string) hostile {
	h.files[name] = content
	return h
}

func (h hostile) and(more func(t *testing.T, dir string)) hostile {
	h.more = more
	return h
}

// chain writes n lines, each with the number of the one before and its own.
func chain(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// sparse makes a file that is large and takes no room.
func sparse(t *testing.T, dir, name string, size int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Skipf("the disk takes no sparse file of %d bytes: %v", size, err)
	}
}

// hugePNG is the head of a picture, with few pixels behind it.
func hugePNG(width, height uint32) []byte {
	chunk := func(kind string, data []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		b = append(append(b, kind...), data...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	head = append(head, 16, 6, 0, 0, 0) // 16 bits a channel, with transparency: 8 bytes a pixel
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head)...)
	b = append(b, chunk("IDAT", []byte{0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01})...)
	return append(b, chunk("IEND", nil)...)
}
