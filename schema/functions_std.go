package schema

import (
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/shopctl/shopctl/lang"
)

// FunctionSpec describes one function of the language.
type FunctionSpec struct {
	Name string
	Call string // how it is written
	Doc  lang.Text

	// standard is the function of cty; the zero Function for those that read
	// the catalog directory (library.functions).
	standard function.Function
}

func fn(name, call string, f function.Function, en, zh string) FunctionSpec {
	return FunctionSpec{Name: name, Call: name + "(" + call + ")", Doc: lang.T(en, zh), standard: f}
}

// functionSpecs are all functions. Their results depend on their arguments and
// on files of the catalog alone: none reads the environment, the network or the clock.
var functionSpecs = []FunctionSpec{
	fn("file", "path", function.Function{}, "The text of a file of the catalog (UTF-8).", "目录中某个文件的文本（UTF-8）。"),
	fn("glob", "pattern", function.Function{}, "The files that match a pattern such as `img/719/*.png`, in the order people count in (2 before 10).", "匹配模式的文件列表，如 `img/719/*.png`，按数字大小排序（2 在 10 前）。"),
	fn("table", "path, key_column, filter", function.Function{}, "The rows of a CSV file with a header row, as objects of text by the cells of the key column (\"id\" when left out). A filter `{ column = value }` keeps the rows with these cells. UTF-8, with or without a byte order mark, or GBK; commas. for_each over a table keeps the order of its rows.", "带表头的 CSV 文件的各行，以键列（省略时为 \"id\"）的单元格为键，值为文本对象。筛选 `{ 列 = 值 }` 只保留相符的行。支持 UTF-8（可带 BOM）与 GBK，逗号分隔。对表格使用 for_each 时保持行的顺序。"),
	fn("category", "path", function.Function{}, "The id of the category leaf with this name path, `first/second/third`.", "名称路径为“一级/二级/三级”的末级类目编号。"),

	fn("abs", "number", guarded(stdlib.AbsoluteFunc, nil), "The number without its sign.", "绝对值。"),
	fn("ceil", "number", guarded(stdlib.CeilFunc, nil), "The next whole number upwards.", "向上取整。"),
	fn("floor", "number", guarded(stdlib.FloorFunc, nil), "The next whole number downwards.", "向下取整。"),
	fn("int", "number", guarded(stdlib.IntFunc, nil), "The number without its fraction.", "去掉小数部分。"),
	fn("log", "number, base", guarded(stdlib.LogFunc, nil), "The logarithm.", "对数。"),
	fn("max", "numbers...", guarded(stdlib.MaxFunc, nil), "The largest number.", "最大值。"),
	fn("min", "numbers...", guarded(stdlib.MinFunc, nil), "The smallest number.", "最小值。"),
	fn("parseint", "text, base", guarded(stdlib.ParseIntFunc, fewDigits), "The whole number that a text writes in a base.", "按进制解析整数。"),
	fn("pow", "number, power", guarded(stdlib.PowFunc, nil), "The power.", "乘方。"),
	fn("signum", "number", guarded(stdlib.SignumFunc, nil), "-1, 0 or 1.", "符号：-1、0 或 1。"),

	fn("chomp", "text", stdlib.ChompFunc, "The text without line breaks at its end.", "去掉结尾的换行。"),
	fn("format", "format, values...", guarded(stdlib.FormatFunc, narrowFormat), "A text after a pattern such as `%s-%03d`.", "按格式生成文本，如 `%s-%03d`。"),
	fn("formatdate", "format, time", stdlib.FormatDateFunc, "A timestamp (RFC 3339) in another form.", "把时间（RFC 3339）转为其他格式。"),
	fn("formatlist", "format, lists...", guarded(stdlib.FormatListFunc, narrowList), "format for each element.", "对每个元素执行 format。"),
	fn("indent", "spaces, text", guarded(stdlib.IndentFunc, smallIndent), "The text with its lines after the first moved in.", "除首行外缩进。"),
	fn("join", "separator, lists...", guarded(stdlib.JoinFunc, smallJoin), "The elements as one text.", "用分隔符连接元素。"),
	fn("lower", "text", stdlib.LowerFunc, "In lower case.", "转为小写。"),
	fn("regex", "pattern, text", stdlib.RegexFunc, "The first match, or its groups.", "第一个匹配或其分组。"),
	fn("regexall", "pattern, text", guarded(stdlib.RegexAllFunc, fewMatches), "All matches.", "所有匹配。"),
	fn("regexreplace", "text, pattern, replacement", guarded(stdlib.RegexReplaceFunc, smallRegexReplace), "All matches replaced.", "替换所有匹配。"),
	fn("replace", "text, part, replacement", guarded(stdlib.ReplaceFunc, smallReplace), "All occurrences replaced.", "替换所有出现。"),
	fn("split", "separator, text", guarded(stdlib.SplitFunc, smallSplit), "The parts between separators.", "按分隔符拆分。"),
	fn("strlen", "text", stdlib.StrlenFunc, "The number of characters.", "字符数。"),
	fn("strrev", "text", stdlib.ReverseFunc, "The characters backwards.", "反转文本。"),
	fn("substr", "text, offset, length", stdlib.SubstrFunc, "A part of the text, by characters.", "截取文本。"),
	fn("timeadd", "time, duration", stdlib.TimeAddFunc, "A later or earlier timestamp.", "时间加减。"),
	fn("title", "text", stdlib.TitleFunc, "Each word with a capital.", "单词首字母大写。"),
	fn("trim", "text, characters", stdlib.TrimFunc, "Without these characters at both ends.", "去掉首尾的指定字符。"),
	fn("trimprefix", "text, prefix", stdlib.TrimPrefixFunc, "Without the prefix.", "去掉前缀。"),
	fn("trimspace", "text", stdlib.TrimSpaceFunc, "Without spaces at both ends.", "去掉首尾空白。"),
	fn("trimsuffix", "text, suffix", stdlib.TrimSuffixFunc, "Without the suffix.", "去掉后缀。"),
	fn("upper", "text", stdlib.UpperFunc, "In upper case.", "转为大写。"),

	fn("chunklist", "list, size", stdlib.ChunklistFunc, "The list in pieces.", "把列表分段。"),
	fn("coalesce", "values...", stdlib.CoalesceFunc, "The first value that is not null.", "第一个非空值。"),
	fn("coalescelist", "lists...", stdlib.CoalesceListFunc, "The first list that is not empty.", "第一个非空列表。"),
	fn("compact", "list", stdlib.CompactFunc, "Without empty texts.", "去掉空文本。"),
	fn("concat", "lists...", guarded(stdlib.ConcatFunc, nil), "The lists as one.", "合并列表。"),
	fn("contains", "list, value", stdlib.ContainsFunc, "Whether the list holds the value.", "是否包含该值。"),
	fn("distinct", "list", stdlib.DistinctFunc, "Without repetitions.", "去重。"),
	fn("element", "list, index", stdlib.ElementFunc, "The element, counting round.", "按下标取元素（循环）。"),
	fn("flatten", "list", guarded(stdlib.FlattenFunc, smallArguments), "Lists in the list dissolved.", "展开嵌套列表。"),
	fn("hasindex", "collection, key", stdlib.HasIndexFunc, "Whether there is such an element.", "是否存在该元素。"),
	fn("index", "collection, key", stdlib.IndexFunc, "The element.", "取元素。"),
	fn("keys", "map", stdlib.KeysFunc, "The keys, sorted.", "所有键（排序）。"),
	fn("length", "collection", stdlib.LengthFunc, "The number of elements.", "元素个数。"),
	fn("lookup", "map, key, default", stdlib.LookupFunc, "The element, or the default.", "取元素，缺失时用默认值。"),
	fn("merge", "maps...", stdlib.MergeFunc, "The maps as one; later ones win.", "合并 map，后者优先。"),
	fn("range", "start, limit, step", stdlib.RangeFunc, "Numbers in a row, at most 1024.", "数列，最多 1024 个。"),
	fn("reverse", "list", stdlib.ReverseListFunc, "The list backwards.", "反转列表。"),
	fn("setintersection", "sets...", stdlib.SetIntersectionFunc, "What all sets hold.", "交集。"),
	fn("setproduct", "sets...", guarded(stdlib.SetProductFunc, smallProduct), "All combinations.", "笛卡尔积。"),
	fn("setsubtract", "set, other", stdlib.SetSubtractFunc, "What only the first set holds.", "差集。"),
	fn("setunion", "sets...", stdlib.SetUnionFunc, "What any set holds.", "并集。"),
	fn("slice", "list, start, end", stdlib.SliceFunc, "A part of the list.", "截取列表。"),
	fn("sort", "list", stdlib.SortFunc, "The texts in order.", "排序。"),
	fn("values", "map", stdlib.ValuesFunc, "The values, in the order of the keys.", "所有值（按键排序）。"),
	fn("zipmap", "keys, values", stdlib.ZipmapFunc, "A map of two lists.", "由两个列表组成 map。"),

	fn("csvdecode", "text", guarded(stdlib.CSVDecodeFunc, smallCSV), "The rows of CSV text as a list of objects.", "把 CSV 文本解析为对象列表。"),
	fn("jsondecode", "text", guarded(stdlib.JSONDecodeFunc, shallowJSON), "The value of JSON text.", "解析 JSON 文本。"),
	fn("jsonencode", "value", guarded(stdlib.JSONEncodeFunc, smallArguments), "The value as JSON text.", "生成 JSON 文本。"),
	fn("yamldecode", "text", guarded(ctyyaml.YAMLDecodeFunc, smallYAML), "The value of YAML text.", "解析 YAML 文本。"),

	fn("tobool", "value", toType(cty.Bool), "As a bool.", "转为布尔值。"),
	fn("tolist", "value", toType(cty.List(cty.DynamicPseudoType)), "As a list.", "转为列表。"),
	fn("tomap", "value", toType(cty.Map(cty.DynamicPseudoType)), "As a map.", "转为 map。"),
	fn("tonumber", "value", guarded(toType(cty.Number), nil), "As a number.", "转为数字。"),
	fn("toset", "value", toType(cty.Set(cty.DynamicPseudoType)), "As a set.", "转为 set。"),
	fn("tostring", "value", toType(cty.String), "As text.", "转为文本。"),
	fn("can", "expression", tryfunc.CanFunc, "Whether the expression has a value.", "表达式能否求值。"),
	fn("try", "expressions...", tryfunc.TryFunc, "The first expression that has a value.", "第一个能求值的表达式。"),
}

func toType(ty cty.Type) function.Function { return stdlib.MakeToFunc(ty) }
