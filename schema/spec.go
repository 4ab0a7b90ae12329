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

// Text is the type for people.
func (t Type) Text() lang.Text { return lang.T(string(t), typesInChinese[t]) }

var typesInChinese = map[Type]string{
	TypeString: "文本", TypeStrings: "文本列表", TypeBool: "布尔值", TypeInteger: "整数", TypeIntegers: "整数列表", TypeYuan: "数字（元）",
	TypePercent: "百分比", TypeWord: "词语", TypeWords: "词语列表", TypeTime: "时间", TypePicture: "图片", TypePictures: "图片列表",
	TypeAttrs: "文本 map（有序）", TypeCategory: "类目", TypeBrand: "品牌", TypeAny: "任意值", TypeType: "类型",
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
