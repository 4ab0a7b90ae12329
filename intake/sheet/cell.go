package sheet

import (
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// complaint says why a cell cannot be taken, and what to do.
type complaint struct{ why, remedy lang.Text }

func complain(why, remedy lang.Text) *complaint { return &complaint{why, remedy} }

// errorValues are what spreadsheets show for formulas that failed.
var errorValues = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true, "#SPILL!": true, "#GETTING_DATA": true}

// plain trims a cell and refuses what is no text of an author's.
func plain(text string) (string, *complaint) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\u00a0", " "))
	text = strings.ReplaceAll(text, "\r\n", "\n")
	switch {
	case errorValues[strings.ToUpper(text)]:
		return "", complain(lang.T("The formula of this cell has failed.", "该单元格的公式出错。"), lang.T("Repair the formula, or write the value.", "请修正公式，或直接填写值。"))
	case strings.Contains(text, "DISPIMG("):
		return "", complain(lang.T("The cell refers to a picture that the file does not hold.", "该单元格引用的图片不在文件中。"), lang.T("Insert the picture again, or give its URL or file name.", "请重新插入图片，或填写图片网址、文件名。"))
	case strings.ContainsRune(text, utf8.RuneError):
		return "", complain(lang.T("The text is damaged: some of its bytes are neither UTF-8 nor GBK.", "文本已损坏：部分字节既不是 UTF-8 也不是 GBK。"), lang.T("Write it again, or export the sheet as UTF-8.", "请重新填写，或以 UTF-8 导出表格。"))
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
		return "", complain(lang.T("The text holds control characters.", "文本含有控制字符。"), lang.T("Write it again.", "请重新填写。"))
	}
	return text, nil
}

var (
	scientific = regexp.MustCompile(`^([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})$`)
	wholeFloat = regexp.MustCompile(`^([0-9]+)\.0+$`)
	dateInText = regexp.MustCompile(`^(?:\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?: .*)?|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2})$`)
)

// excelDigits is how many digits of a number Excel keeps; it makes zeros of the rest.
const excelDigits = 15

// identifier reads an id, a code or a bar code: a number gives all its digits.
// exact says that the cell holds the number itself, not what a program showed of it.
func identifier(text string, date, exact bool) (string, *complaint) {
	if date || dateInText.MatchString(text) {
		return "", complain(lang.T("The spreadsheet program has made a date of it.", "表格软件已把它变成日期。"),
			lang.T("Format the column as text and write the code again.", "请把该列设为文本格式后重新填写。"))
	}
	if m := wholeFloat.FindStringSubmatch(text); m != nil {
		return m[1], nil
	}
	m := scientific.FindStringSubmatch(text)
	if m == nil {
		return norm.NFC.String(text), nil
	}
	n, ok := new(big.Rat).SetString(text)
	fraction := strings.TrimRight(m[2], "0")
	shortened := !exact && strings.Contains(text, "+") && 1+len(m[2]) < len(integer(n))
	if !ok || !n.IsInt() || shortened || 1+len(fraction) > excelDigits {
		return "", complain(lang.T("The spreadsheet program has cut digits off it.", "表格软件已截去部分数字。"),
			lang.T("Format the column as text, write the code again, and export again.", "请把该列设为文本格式，重新填写后再导出。"))
	}
	return integer(n), nil
}

func integer(n *big.Rat) string {
	if n == nil {
		return ""
	}
	return n.Num().String()
}

var (
	thousands = regexp.MustCompile(`^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$`)
	decimal   = regexp.MustCompile(`^-?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,2})?$`)
	currency  = strings.NewReplacer("¥", "", "￥", "", "元", "", "rmb", "", "cny", "", " ", "")
)

// number reads a number as people write it. Binary noise behind Excel's fifteen
// digits (9.9000000000000004) is taken off.
func number(text string) (*big.Rat, bool) {
	s := currency.Replace(strings.ToLower(norm.NFKC.String(text)))
	if thousands.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	if !decimal.MatchString(s) {
		return nil, false
	}
	if len(s) > excelDigits {
		f, _, err := big.ParseFloat(s, 10, 200, big.ToNearestEven)
		if err != nil {
			return nil, false
		}
		s = f.Text('g', excelDigits)
	}
	return new(big.Rat).SetString(s)
}

var hundred = big.NewRat(100, 1)

// yuan reads a price.
func yuan(text string, date bool) (schema.Fen, *complaint) {
	n, ok := number(text)
	if !ok || date {
		return 0, complain(lang.T("This is no price.", "这不是价格。"), lang.T("Write a number in yuan, such as 9.90.", "请填写以元为单位的数字，例如 9.90。"))
	}
	fen := new(big.Rat).Mul(n, hundred)
	if !fen.IsInt() {
		return 0, complain(lang.T("A price has at most two decimals.", "价格最多两位小数。"), lang.F("Round it, for example to %s.", "请取整，例如 %s。", n.FloatString(2)))
	}
	if !fen.Num().IsInt64() || fen.Num().BitLen() > 50 {
		return 0, complain(lang.T("The price is beyond all measure.", "价格过大。"), lang.T("Write a number in yuan, such as 9.90.", "请填写以元为单位的数字，例如 9.90。"))
	}
	return schema.Fen(fen.Num().Int64()), nil
}

// pieces reads a whole number.
func pieces(text string, date bool) (int64, *complaint) {
	text = strings.TrimRight(text, "件个条双套盒瓶包 ")
	n, ok := number(text)
	if !ok || date || !n.IsInt() || n.Num().BitLen() > 50 {
		return 0, complain(lang.T("This is no whole number.", "这不是整数。"), lang.T("Write a number of pieces, such as 200.", "请填写件数，例如 200。"))
	}
	return n.Num().Int64(), nil
}

// shelfWords are how people say that a product is, or is not, on the shelf.
var shelfWords = map[string]bool{
	"": true, "上架": true, "已上架": true, "在架": true, "在售": true, "出售中": true, "销售中": true, "是": true, "1": true, "yes": true, "y": true, "true": true, "on": true, "正常": true, "启用": true, "√": true, "listed": true, "active": true,
	"下架": false, "已下架": false, "未上架": false, "仓库": false, "仓库中": false, "停售": false, "停用": false, "否": false, "0": false, "no": false, "n": false, "false": false, "off": false, "×": false, "delisted": false, "draft": false,
}

func onShelf(text string) (bool, *complaint) {
	wanted, known := shelfWords[strings.ToLower(norm.NFKC.String(text))]
	if !known {
		return false, complain(lang.T("This does not say whether the product is on the shelf.", "无法判断是否上架。"), lang.T("Write 上架 or 下架, or leave the cell empty.", "请填写“上架”或“下架”，或留空。"))
	}
	return wanted, nil
}

// separators stand between several values of one cell.
func values(text string) []string {
	var out []string
	for _, v := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n;；,，|、", r) }) {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// addresses are the pictures that a cell names. A comma inside of a URL is part
// of it unless another URL follows.
func addresses(text string) []string {
	if !strings.Contains(text, "://") {
		return values(text)
	}
	text = nextURL.ReplaceAllString(text, "\n$1")
	var out []string
	for _, v := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ' ' || r == '\t' }) {
		if v = strings.Trim(v, ";；,，、|"); v != "" {
			out = append(out, v)
		}
	}
	return out
}

var nextURL = regexp.MustCompile(`[;；,，、|\s]+(https?://)`)

// attributes reads 颜色:红;尺码:XL, or with commas where every part has a name. A
// value without a name gets the name given.
func attributes(text, name string) ([]schema.Attr, *complaint) {
	pairs := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '；' || r == '\n' })
	if parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' }); len(pairs) == 1 && allNamed(parts) {
		pairs = parts
	}
	var attrs []schema.Attr
	for _, pair := range pairs {
		key, value, named := cutName(pair)
		switch {
		case strings.TrimSpace(pair) == "":
		case !named:
			attrs = append(attrs, schema.Attr{Key: name, Value: strings.TrimSpace(pair)})
		case key == "" || value == "":
			return nil, complain(lang.F("%q lacks its name or its value.", "%q 缺少名称或取值。", pair), lang.T("Write it like 颜色:红;尺码:XL.", "请写成 颜色:红;尺码:XL 的形式。"))
		default:
			attrs = append(attrs, schema.Attr{Key: key, Value: value})
		}
	}
	return attrs, nil
}

func cutName(pair string) (key, value string, named bool) {
	at := strings.IndexAny(pair, ":：")
	if at < 0 {
		return "", "", false
	}
	_, width := utf8.DecodeRuneInString(pair[at:])
	return strings.TrimSpace(pair[:at]), strings.TrimSpace(pair[at+width:]), true
}

func allNamed(pairs []string) bool {
	for _, p := range pairs {
		if key, value, named := cutName(p); !named || key == "" || value == "" {
			return false
		}
	}
	return true
}
