package schema

import "github.com/shopctl/shopctl/lang"

// Type is the type of an attribute, in the words of docs/language.md.
type Type string

// The types.
const (
	TypeString   Type = "string"
	TypeStrings  Type = "list of strings"
	TypeBool     Type = "bool"
	TypeInteger  Type = "integer"
	TypeIntegers Type = "list of integers"
	TypeYuan     Type = "number (yuan)"
	TypePercent  Type = "percentage"
	TypeWord     Type = "word"
	TypeWords    Type = "list of words"
	TypeTime     Type = "time"
	TypePicture  Type = "picture"
	TypePictures Type = "list of pictures"
	TypeAttrs    Type = "map of strings, ordered"
	TypeCategory Type = "category"
	TypeBrand    Type = "brand"
	TypeAny      Type = "any value"
	TypeType     Type = "type"
)

// Text is the name of the type for people.
func (t Type) Text() lang.Text { return lang.T(string(t), typeWords[t].short) }

// Phrase says in a few words what a value of the type is.
func (t Type) Phrase() lang.Text { return typeWords[t].phrase }

var typeWords = map[Type]struct {
	short  string // in Chinese
	phrase lang.Text
}{
	TypeString:   {"文本", lang.T(`a text in quotes`, `带引号的文本`)},
	TypeStrings:  {"文本列表", lang.T(`a list of texts`, `文本列表`)},
	TypeBool:     {"布尔值", lang.T(`true or false`, `true 或 false`)},
	TypeInteger:  {"整数", lang.T(`a whole number`, `整数`)},
	TypeIntegers: {"整数列表", lang.T(`a list of whole numbers`, `整数列表`)},
	TypeYuan:     {"数字（元）", lang.T(`a number in yuan, such as 9.90`, `以元为单位的数字，如 9.90`)},
	TypePercent:  {"百分比", lang.T(`a percentage, such as "30%"`, `百分比，如 "30%"`)},
	TypeWord:     {"词语", lang.T(`one of its words, in quotes`, `带引号的规定词语`)},
	TypeWords:    {"词语列表", lang.T(`a list of its words`, `规定词语的列表`)},
	TypeTime:     {"时间", lang.T(`a time, such as "2030-01-01 00:00:00"`, `时间，如 "2030-01-01 00:00:00"`)},
	TypePicture:  {"图片", lang.T(`the path of a picture, in quotes`, `带引号的图片路径`)},
	TypePictures: {"图片列表", lang.T(`a list of pictures, such as ["img/1.png"]`, `图片列表，如 ["img/1.png"]`)},
	TypeAttrs:    {"文本 map（有序）", lang.T(`a map of texts, such as { "颜色" = "红" }`, `文本 map，如 { "颜色" = "红" }`)},
	TypeCategory: {"类目", lang.T(`the id or the name path of a category`, `类目的编号或名称路径`)},
	TypeBrand:    {"品牌", lang.T(`a brand, such as brand.NAME`, `品牌，如 brand.NAME`)},
	TypeAny:      {"任意值", lang.T(`a value`, `值`)},
	TypeType:     {"类型", lang.T(`a type, such as string`, `类型，如 string`)},
}

// Word is one allowed word of an attribute with the platform's own value: an
// int for enumerations that the API counts, else a string.
type Word struct {
	Word    string
	Value   any
	Meaning lang.Text
}

// AttrSpec describes one attribute: it drives the decoder and is printed in
// docs/language.md.
type AttrSpec struct {
	Name     string
	Type     Type
	Words    []Word // of TypeWord and TypeWords
	Required bool
	Default  string    // as written in HCL; empty when there is none
	Unit     lang.Text // "yuan", "characters"; zero when there is none
	Rule     lang.Text // what the value must keep
	API      string    // the platform's field; empty when it is never sent
	// Paper marks what is only submitted with an audit: it is not needed where
	// granted = true.
	Paper bool
	Cost  Cost
	Doc   lang.Text
}

// BlockSpec describes one block with all that may stand in it.
type BlockSpec struct {
	Name string
	// Label is what the block's label is; zero when it has none.
	Label lang.Text
	// Single says that the block may stand only once where it may stand.
	Single bool
	// Required says that the block must stand.
	Required bool
	// ForEach says that the block may be repeated by for_each.
	ForEach bool
	// Dynamic says that the block may be made by dynamic "name".
	Dynamic bool
	// Free says that any attribute is allowed (locals).
	Free    bool
	API     string
	Doc     lang.Text
	Example string
	Attrs   []AttrSpec
	Blocks  []BlockSpec
}

func (b *BlockSpec) hasLabel() bool { return !b.Label.IsZero() }

func (b *BlockSpec) attr(name string) *AttrSpec {
	for i := range b.Attrs {
		if b.Attrs[i].Name == name {
			return &b.Attrs[i]
		}
	}
	return nil
}

func (b *BlockSpec) block(name string) *BlockSpec {
	for i := range b.Blocks {
		if b.Blocks[i].Name == name {
			return &b.Blocks[i]
		}
	}
	return nil
}
