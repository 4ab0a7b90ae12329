package schema

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/lang"
)

// picture is a picture as it is named in a catalog: a path or a URL.
type picture struct {
	name string
	at   spot
}

// convert turns a value into the Go type that the attribute's Type stands for:
// string, []string, bool, int64, []int64, Fen, float64 (a fraction), the Value
// of a Word, []any of them, picture, []picture, []Attr, CategoryRef, BrandRef.
// Null, and an empty cell of a table for a number, count as not given: nil.
func (e *evaluator) convert(spec *AttrSpec, v cty.Value, at Range, items ...Range) (any, bool) {
	if v.IsNull() || isNumeric(spec.Type) && isEmptyText(v) {
		if spec.Required {
			e.add(ruleMissing, at, lang.F("%s must have a value.", "%s 必须有值。", spec.Name), lang.F("Write %[1]s.", "请写%[2]s。", spec.Type.Phrase().EN, spec.Type.Phrase().ZH))
		}
		return nil, !spec.Required
	}
	switch spec.Type {
	case TypeString:
		return e.stringValue(spec, v, at)
	case TypeBool:
		return e.boolValue(spec, v, at)
	case TypeInteger:
		return e.integerValue(spec, v, at)
	case TypeYuan:
		return e.yuanValue(spec, v, at)
	case TypePercent:
		return e.percentValue(spec, v, at)
	case TypeWord:
		return e.wordValue(spec, v, at)
	case TypeTime:
		return e.timeValue(spec, v, at)
	case TypePicture:
		s, ok := e.stringValue(spec, v, at)
		return picture{name: s, at: spotOf(at)}, ok
	case TypeAttrs:
		return e.attrsValue(spec, v, at)
	case TypeCategory:
		return e.categoryValue(spec, v, at)
	case TypeBrand:
		return e.brandValue(v, at)
	case TypeStrings, TypeIntegers, TypeWords, TypePictures:
		return e.listValue(spec, v, at, items)
	}
	return v, true
}

func isNumeric(t Type) bool {
	return t == TypeInteger || t == TypeYuan || t == TypePercent || t == TypeBool
}

func isEmptyText(v cty.Value) bool { return v.Type() == cty.String && v.AsString() == "" }

func (e *evaluator) wrongType(spec *AttrSpec, v cty.Value, at Range) {
	is := friendly(v)
	e.add(ruleType, at,
		lang.F("%[1]s must be %[2]s, not %[3]s.", "%[1]s 应为%[4]s，而不是%[5]s。", spec.Name, spec.Type.Phrase().EN, is.EN, spec.Type.Phrase().ZH, is.ZH),
		lang.F("Write %[1]s.", "请写%[2]s。", spec.Type.Phrase().EN, spec.Type.Phrase().ZH))
}

// friendly is the type of a value for people, with the text of a short string.
func friendly(v cty.Value) lang.Text {
	ty := v.Type()
	switch {
	case ty == cty.String:
		return lang.F("the text %q", "文本 %q", shorten(v.AsString()))
	case ty == cty.Number:
		return lang.T("a number", "数字")
	case ty == cty.Bool:
		return lang.T("a bool", "布尔值")
	case ty.IsTupleType(), ty.IsListType(), ty.IsSetType():
		return lang.T("a list", "列表")
	}
	return lang.T("a map", "map")
}

func (e *evaluator) stringValue(spec *AttrSpec, v cty.Value, at Range) (string, bool) {
	var s string
	switch v.Type() {
	case cty.String:
		s = v.AsString()
	case cty.Number:
		s = v.AsBigFloat().Text('f', -1)
	default:
		e.wrongType(spec, v, at)
		return "", false
	}
	if spec.Required && strings.TrimSpace(s) == "" {
		e.add(ruleEmptyText, at, lang.F("%s is empty, and it is required.", "%s 为空，但它是必填项。", spec.Name), lang.T("Write its text.", "请填写。"))
		return s, false // what was found may be like that
	}
	return s, true
}

func (e *evaluator) boolValue(spec *AttrSpec, v cty.Value, at Range) (bool, bool) {
	if v.Type() == cty.Bool {
		return v.True(), true
	}
	if v.Type() == cty.String { // a cell of a table
		switch strings.ToLower(v.AsString()) {
		case "true":
			return true, true
		case "false":
			return false, true
		}
	}
	e.wrongType(spec, v, at)
	return false, false
}

// decimal is the exact number of a value: cty's numbers are binary fractions of
// 512 bits, so what was written with a few decimals comes back as that.
func decimal(v cty.Value) (*big.Float, bool) {
	switch v.Type() {
	case cty.Number:
		return v.AsBigFloat(), !v.AsBigFloat().IsInf()
	case cty.String: // a cell of a table
		if text := strings.TrimSpace(v.AsString()); !hugeNumber(text) {
			f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
			return f, err == nil && !f.IsInf()
		}
	}
	return nil, false
}

// scaled is n×scale as an integer. exact is false when it is none, beyond the
// rounding of 512-bit numbers; ok is false when it does not fit.
func scaled(n *big.Float, scale int64) (result int64, exact, ok bool) {
	product := new(big.Float).SetPrec(512).Mul(n, big.NewFloat(float64(scale)))
	half := big.NewFloat(0.5)
	if product.Sign() < 0 {
		half.Neg(half)
	}
	whole, _ := new(big.Float).SetPrec(512).Add(product, half).Int(nil)
	if !whole.IsInt64() {
		return 0, false, false
	}
	rest := product.Sub(product, new(big.Float).SetPrec(512).SetInt(whole))
	return whole.Int64(), rest.Sign() == 0 || rest.MantExp(nil) < -300, true
}

func (e *evaluator) integerValue(spec *AttrSpec, v cty.Value, at Range) (int64, bool) {
	n, isNumber := decimal(v)
	if !isNumber {
		e.wrongType(spec, v, at)
		return 0, false
	}
	i, exact, ok := scaled(n, 1)
	if !exact || !ok {
		e.add(ruleType, at, lang.F("%[1]s must be a whole number; %[2]s is none.", "%[1]s 应为整数，%[2]s 不是。", spec.Name, n.Text('g', 12)),
			lang.T("Write a whole number.", "请写整数。"))
	}
	return i, exact && ok
}

func (e *evaluator) yuanValue(spec *AttrSpec, v cty.Value, at Range) (Fen, bool) {
	n, isNumber := decimal(v)
	if !isNumber {
		e.wrongType(spec, v, at)
		return 0, false
	}
	fen, exact, ok := scaled(n, 100)
	if ok && exact {
		return Fen(fen), true
	}
	if !ok {
		e.add(ruleNumberSize, at, lang.F("%s is no price.", "%s 不是有效的价格。", n.Text('g', 12)), lang.T("Write the price in yuan.", "请以元为单位填写。"))
		return 0, false
	}
	e.add(rulePriceDecimals, at,
		lang.F("%[1]s is %[2]s yuan; the platform counts in fen, so a price has at most two decimals.", "%[1]s 为 %[2]s 元；平台以分计价，最多两位小数。", spec.Name, n.Text('g', 12)),
		lang.F("Round it, for example to %[1]d.%02[2]d.", "请取整，例如 %[1]d.%02[2]d。", fen/100, max(fen, -fen)%100))
	return 0, false
}

func (e *evaluator) percentValue(spec *AttrSpec, v cty.Value, at Range) (float64, bool) {
	scale := 1.0
	if v.Type() == cty.String {
		if text, isPercent := strings.CutSuffix(strings.TrimSpace(v.AsString()), "%"); isPercent {
			v, scale = cty.StringVal(text), 100
		}
	}
	n, isNumber := decimal(v)
	if !isNumber {
		e.wrongType(spec, v, at)
		return 0, false
	}
	f, _ := n.Float64()
	if f /= scale; f < 0 || f > 1 {
		e.add(ruleGuard, at, lang.F("%s must be from 0%% to 100%%.", "%s 必须在 0%% 到 100%% 之间。", spec.Name), lang.T(`Write it as "30%".`, `请写成 "30%"。`))
		return 0, false
	}
	return f, true
}

func (e *evaluator) wordValue(spec *AttrSpec, v cty.Value, at Range) (any, bool) {
	if v.Type() != cty.String {
		e.wrongType(spec, v, at)
		return nil, false
	}
	var words []string
	for _, w := range spec.Words {
		if w.Word == v.AsString() {
			return w.Value, true
		}
		words = append(words, w.Word)
	}
	e.add(ruleWord, at, lang.F("%[1]s cannot be %[2]q.", "%[1]s 不能为 %[2]q。", spec.Name, v.AsString()),
		didYouMean(v.AsString(), words, lang.F("One of: %s.", "可选：%s。", strings.Join(words, ", "))))
	return nil, false
}

func (e *evaluator) timeValue(spec *AttrSpec, v cty.Value, at Range) (string, bool) {
	s, ok := e.stringValue(spec, v, at)
	if !ok {
		return "", false
	}
	if _, err := time.ParseInLocation(PlatformTime, s, Beijing); err != nil {
		e.add(ruleTime, at, lang.F("%[1]s is no time of the form the platform reads: %[2]q.", "%[1]s 不是平台可识别的时间：%[2]q。", spec.Name, s),
			lang.T(`Write it like "2030-01-01 00:00:00" (Beijing time).`, `请写成 "2030-01-01 00:00:00" 的形式（北京时间）。`))
		return "", false
	}
	return s, true
}

func (e *evaluator) attrsValue(spec *AttrSpec, v cty.Value, at Range) ([]Attr, bool) {
	if !v.Type().IsMapType() && !v.Type().IsObjectType() {
		e.wrongType(spec, v, at)
		return nil, false
	}
	var attrs []Attr
	for it := v.ElementIterator(); it.Next(); {
		key, item := it.Element()
		if item.IsNull() {
			continue
		}
		s, ok := e.stringValue(&AttrSpec{Name: spec.Name, Type: TypeString}, item, at)
		if !ok {
			return nil, false
		}
		attrs = append(attrs, Attr{Key: key.AsString(), Value: s})
	}
	return attrs, true
}

// categoryValue takes an id, as number or text, or a name path.
func (e *evaluator) categoryValue(spec *AttrSpec, v cty.Value, at Range) (CategoryRef, bool) {
	if v.Type() == cty.String && !isDigits(v.AsString()) {
		return CategoryRef{Path: categoryPath(v.AsString())}, true
	}
	n, isNumber := decimal(v)
	if !isNumber {
		e.wrongType(spec, v, at)
		return CategoryRef{}, false
	}
	id, exact, ok := scaled(n, 1)
	if !exact || !ok || id <= 0 {
		e.add(ruleCategory, at, lang.F("%s is no category id.", "%s 不是类目编号。", n.Text('g', 12)), lang.T("`shopctl category search WORDS` finds it.", "可用 `shopctl category search 关键词` 查找。"))
		return CategoryRef{}, false
	}
	return CategoryRef{ID: uint64(id)}, true
}

// categoryPath is a name path without spaces around its slashes.
func categoryPath(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return strings.Join(parts, "/")
}

// brandValue takes what brand.NAME evaluates to, the number of a brand that was
// granted elsewhere, or "" (an empty cell) for no brand.
func (e *evaluator) brandValue(v cty.Value, at Range) (BrandRef, bool) {
	if v.Type() == cty.Number || v.Type() == cty.String && isDigits(v.AsString()) {
		n, _ := decimal(v)
		if id, exact, ok := scaled(n, 1); exact && ok && id > 0 {
			return BrandRef("id:" + strconv.FormatInt(id, 10)), true
		}
	}
	if v.Type() != cty.String {
		e.wrongType(&AttrSpec{Name: "brand", Type: TypeBrand}, v, at)
		return "", false
	}
	s := v.AsString()
	name, isAddress := strings.CutPrefix(s, "brand.")
	if s == "" || isAddress && e.names.brands[name] {
		return BrandRef(s), true
	}
	declared := make([]string, 0, len(e.names.brands))
	for b := range e.names.brands {
		declared = append(declared, b)
	}
	slices.Sort(declared)
	remedy := lang.T("Write brand.NAME without quotes, or brand[KEY] where the name comes from a table.", "请写 brand.NAME（不加引号）；名称来自表格时写 brand[键]。")
	if near := Nearest(name, declared); near != "" {
		remedy = lang.F("Did you mean brand.%s, without quotes?", "是否想写 brand.%s（不加引号）？", near)
	}
	e.add(ruleInvalidBrandID, at, lang.F("%q is neither a declared brand nor a brand's number.", "%q 既不是已声明的品牌，也不是品牌编号。", s), remedy)
	return "", false
}

func isDigits(s string) bool {
	return s != "" && len(s) < 20 && strings.Trim(s, "0123456789") == ""
}

// listValue converts each element by the type of one.
func (e *evaluator) listValue(spec *AttrSpec, v cty.Value, at Range, items []Range) (any, bool) {
	ty := v.Type()
	if !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		e.wrongType(spec, v, at)
		return nil, false
	}
	element := *spec
	element.Required = true // an element may not be null
	element.Type = map[Type]Type{TypeStrings: TypeString, TypeIntegers: TypeInteger, TypeWords: TypeWord, TypePictures: TypePicture}[spec.Type]
	var list []any
	ok := true
	for i, item := range v.AsValueSlice() {
		where := at
		if i < len(items) && len(items) == v.LengthInt() {
			where = items[i]
		}
		converted, itemOK := e.convert(&element, item, where)
		list = append(list, converted)
		ok = ok && itemOK
	}
	return list, ok
}

// listOf is the list that listValue made, with the elements' own type.
func listOf[T any](v any) []T {
	list, _ := v.([]any)
	if len(list) == 0 {
		return nil
	}
	out := make([]T, 0, len(list))
	for _, item := range list {
		if t, ok := item.(T); ok {
			out = append(out, t)
		}
	}
	return out
}
