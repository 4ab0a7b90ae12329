package reconcile

import (
	"strings"

	"github.com/shopctl/shopctl/schema"
)

// about are words by which reviewers name what they object to, with the field
// they mean. Reasons are free Chinese text ("你好，该提审商品主图模糊…", reference
// section 8.10), so this is a guess for the place of a remark, and never decides
// anything. Longer words stand before those that they contain.
var about = map[schema.Kind][]struct{ word, path string }{
	schema.KindSPU: {
		{"标题", "title"}, {"商品名称", "title"}, {"极限词", "title"},
		{"详情图", "desc_info.imgs"}, {"商品详情", "desc_info.imgs"}, {"详情", "desc_info.imgs"}, {"描述", "desc_info.desc"},
		{"主图", "head_img"}, {"头图", "head_img"}, {"首图", "head_img"}, {"商品图片", "head_img"}, {"图片", "head_img"},
		{"类目", "category"}, {"分类", "category"},
		{"品牌", "brand"}, {"商标", "brand"},
		{"资质", "qualification_pics"}, {"许可证", "qualification_pics"}, {"证书", "qualification_pics"},
		{"页面路径", "path"}, {"小程序页面", "path"},
	},
	schema.KindBrand: {
		{"注册证", "trademark_registration_certificate"}, {"变更", "trademark_change_certificate"},
		{"授权", "sale_authorization"}, {"营业执照", "license"}, {"受理通知", "trademark_registration_application"},
		{"注册号", "trademark_registrant_nu"}, {"注册人", "trademark_registrant"}, {"申请人", "trademark_applicant"},
		{"有效期", "trademark_authorization_period"}, {"报关单", "imported_goods_form"}, {"商标名称", "brand_wording"},
	},
	schema.KindQualification: {
		{"营业执照", "license"}, {"资质", "certificate"}, {"证书", "certificate"}, {"许可", "certificate"}, {"类目", "category"},
	},
}

// AboutField is the field that a reviewer's reason names first, as it is written
// in the files; "" where it names none.
func AboutField(kind schema.Kind, reason string) string {
	first, path := len(reason), ""
	for _, a := range about[kind] {
		if at := strings.Index(reason, a.word); at >= 0 && at < first {
			first, path = at, a.path
		}
	}
	return path
}
