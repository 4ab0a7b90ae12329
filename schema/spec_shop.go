package schema

import "github.com/shopctl/shopctl/lang"

// language is the whole language: the blocks that may stand in a catalog file.
var language = BlockSpec{Blocks: []BlockSpec{shopSpec, variableSpec, localsSpec, merchantSpec, brandSpec, qualificationSpec, spuSpec}}

var onRemoveWords = []Word{
	{"delist", "delist", lang.T("taken off the shelf, kept in the shop", "下架，保留在店铺中")},
	{"delete", "delete", lang.T("deleted for good; the id may not be usable again", "永久删除；商品编号可能无法再用")},
	{"forget", "forget", lang.T("left as it is, no longer managed", "保持原样，不再管理")},
}

var inReviewWords = []Word{
	{"withdraw", "withdraw", lang.T("the running submission is taken back and the new content submitted", "撤回正在审核的提交，再提交新内容")},
	{"wait", "wait", lang.T("the verdict is awaited first", "先等待审核结果")},
}

var shopSpec = BlockSpec{
	Name:   "shop",
	Label:  lang.T("a name for people", "给人看的名称"),
	Single: true,
	Doc: lang.T("Which shop this catalog is for and how to treat it. Exactly one stands in a catalog. Nothing of it is sent as such.",
		"目录对应哪个店铺，以及如何管理它。一个目录有且只有一个。它本身不会发送到平台。"),
	Example: `shop "blankets" {
  platform = "component"
  appid    = "wx0123456789abcdef"
  scenes   = [1]

  state "local" {
    path = "shopctl.state.jsonl"
  }
  guard {
    max_price_drop = "30%"
    max_removals   = 20
  }
}
`,
	Attrs: append([]AttrSpec{
		{Name: "platform", Type: TypeString, Required: true, Cost: CostLocal,
			Rule: lang.T(`"component"`, `"component"`),
			Doc:  lang.T("The platform's API: the custom trading component (/shop/*).", "平台接口：自定义交易组件（/shop/*）。")},
		{Name: "appid", Type: TypeString, Required: true, Cost: CostLocal,
			Rule: lang.T("`wx` and 16 hexadecimal digits", "`wx` 加 16 位十六进制字符"),
			Doc:  lang.T("The Mini Program's id. Its secret never stands in a file.", "小程序的 AppID。密钥绝不能写在文件里。")},
		{Name: "scenes", Type: TypeIntegers, Default: "[1]", API: "scene_group_list", Cost: CostReview,
			Rule: lang.T("positive numbers, each once", "正整数，不可重复"),
			Doc:  lang.T("The scenes that products and audits are for; 1 is Channels.", "商品与资质申请的场景；1 为视频号。")},
		{Name: "on_remove", Type: TypeWord, Words: onRemoveWords, Default: `"delist"`, Cost: CostLocal,
			Doc: lang.T("What happens to a product that leaves the files.", "商品从文件中删除后如何处理。")},
		{Name: "in_review", Type: TypeWord, Words: inReviewWords, Default: `"withdraw"`, Cost: CostLocal,
			Doc: lang.T("What happens when a product must change while its review runs.", "商品在审核期间需要修改时如何处理。")},
	}, orderSpecs(true)...),
	Blocks: []BlockSpec{
		stateSpec,
		{
			Name: "guard", Single: true,
			Doc:     lang.T("Limits beyond which apply asks for --override-guard.", "超过这些限制时，apply 需要 --override-guard 才会执行。"),
			Example: "guard {\n  max_price_drop = \"30%\"\n  max_removals   = 20\n  max_changes    = 500\n}\n",
			Attrs: []AttrSpec{
				{Name: "max_price_drop", Type: TypePercent, Cost: CostLocal,
					Rule: lang.T("from 0% to 100%", "0% 到 100%"),
					Doc:  lang.T(`The largest price cut, against the price buyers see now, such as "30%".`, `相对于当前售价的最大降幅，如 "30%"。`)},
				{Name: "max_removals", Type: TypeInteger, Cost: CostLocal, Rule: lang.T("0 or more", "不小于 0"),
					Doc: lang.T("How many objects may leave the shelf or the shop in one run.", "一次最多可下架或删除多少个对象。")},
				{Name: "max_changes", Type: TypeInteger, Cost: CostLocal, Rule: lang.T("0 or more", "不小于 0"),
					Doc: lang.T("How many objects may change in one run.", "一次最多可变更多少个对象。")},
			},
		},
		budgetSpec,
		{
			Name: "images", Single: true,
			Doc: lang.T("What happens to pictures that are too large: more than 2 MB, or longer than max_side. The files are never changed; what is sent is a smaller picture made of them.",
				"图片过大（超过 2 MB，或长边超过 max_side）时如何处理。文件本身不会被修改，发送的是由它生成的较小图片。"),
			Example: "images {\n  fix      = true\n  max_side = 1440\n}\n",
			Attrs: []AttrSpec{
				{Name: "fix", Type: TypeBool, Default: "false", Cost: CostLocal,
					Doc: lang.T("Make smaller pictures of those that are too large; otherwise they are errors.", "自动缩小过大的图片；否则视为错误。")},
				{Name: "max_side", Type: TypeInteger, Cost: CostLocal, Unit: lang.T("pixels", "像素"), Rule: lang.T("100 to 10,000", "100 到 10,000"),
					Doc: lang.T("The longest side that a picture may have; any when left out.", "图片长边的上限；省略表示不限制。")},
			},
		},
	},
}

var variableSpec = BlockSpec{
	Name:  "variable",
	Label: lang.T("the name, used as var.NAME", "变量名，用 var.NAME 引用"),
	Doc: lang.T("A value from outside: `--var NAME=VALUE`, `--var-file FILE`, `*.auto.vars.hcl` in the catalog. What comes later in this order wins: default, auto files by name, --var-file, --var.",
		"由外部给出的值：`--var NAME=VALUE`、`--var-file FILE`、目录中的 `*.auto.vars.hcl`。优先级由低到高：default、按名称排序的 auto 文件、--var-file、--var。"),
	Example: `variable "season" {
  type        = string
  default     = "winter"
  description = "which head pictures to show"
}
`,
	Attrs: []AttrSpec{
		{Name: "type", Type: TypeType, Cost: CostLocal, Default: "any",
			Doc: lang.T("A type such as string, number, bool, list(string), map(number), object({...}).", "类型，如 string、number、bool、list(string)、map(number)、object({...})。")},
		{Name: "default", Type: TypeAny, Cost: CostLocal, Doc: lang.T("The value when none is given.", "未给出时的值。")},
		{Name: "description", Type: TypeString, Cost: CostLocal, Doc: lang.T("For people.", "说明文字。")},
	},
}

var localsSpec = BlockSpec{
	Name: "locals", Free: true,
	Doc: lang.T("Names for values, used as local.NAME. They may refer to each other, to variables and to brands, but not in a circle.",
		"给值命名，用 local.NAME 引用。可以互相引用，也可以引用变量和品牌，但不能循环引用。"),
	Example: `locals {
  page = "pages/productDetail/productDetail"
}
`,
}

var merchantSpec = BlockSpec{
	Name: "merchant", Single: true, API: "account/update_info",
	Doc: lang.T("The merchant's customer service and return address. Sent whole.", "商家的客服与默认退货地址。整体发送。"),
	Example: `merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = "020-88880000"

  default_receiving_address {
    receiver_name    = "张三"
    tel_number       = "13800000000"
    province         = "福建省"
    city             = "厦门市"
    town             = "思明区"
    detailed_address = "莲前街道 1 号"
  }
}
`,
	Attrs: []AttrSpec{
		{Name: "service_agent_type", Type: TypeWords, Required: true, API: "service_agent_type", Cost: CostFree,
			Words: []Word{
				{"wechat", 0, lang.T("the platform's own customer service", "微信客服")},
				{"page", 1, lang.T("a page of the Mini Program", "小程序客服页面")},
				{"phone", 2, lang.T("a telephone number", "客服电话")},
			},
			Rule: lang.T("products are refused until all three are listed", "三种都列出后才能提交商品"),
			Doc:  lang.T("How buyers reach the merchant.", "买家如何联系商家。")},
		{Name: "service_agent_path", Type: TypeString, API: "service_agent_path", Cost: CostFree,
			Rule: lang.T(`required with "page"`, `使用 "page" 时必填`),
			Doc:  lang.T("The customer service page.", "客服页面路径。")},
		{Name: "service_agent_phone", Type: TypeString, API: "service_agent_phone", Cost: CostFree,
			Rule: lang.T(`required with "phone"`, `使用 "phone" 时必填`),
			Doc:  lang.T("The customer service number.", "客服电话。")},
		reasonSpec,
	},
	Blocks: []BlockSpec{{
		Name: "default_receiving_address", Single: true, API: "default_receiving_address",
		Doc: lang.T("Where returned goods go when the merchant does not say.", "商家未指定时的退货地址。"),
		Example: `default_receiving_address {
  receiver_name    = "张三"
  tel_number       = "13800000000"
  country          = "中国"
  province         = "福建省"
  city             = "厦门市"
  town             = "思明区"
  detailed_address = "莲前街道 1 号"
}
`,
		Attrs: []AttrSpec{
			address("receiver_name", true, "Who receives.", "收件人。"),
			address("tel_number", true, "The receiver's number.", "联系电话。"),
			address("country", false, "Country.", "国家。"),
			address("province", true, "Province.", "省。"),
			address("city", true, "City.", "市。"),
			address("town", true, "District.", "区。"),
			address("detailed_address", true, "Street and number.", "详细地址。"),
		},
	}},
}

func address(name string, required bool, en, zh string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeString, Required: required, API: "default_receiving_address." + name, Cost: CostFree, Doc: lang.T(en, zh)}
}
