package view

import (
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Valid says that a catalog has no errors, and what it declares.
func (v *View) Valid(c *schema.Catalog) error {
	skus := 0
	for _, spu := range c.SPUs {
		skus += len(spu.SKUs)
	}
	p := v.outPage()
	p.line(0, both("The catalog is valid: ", "商品目录有效：").as(green), words(sentence(listed([]lang.Text{
		counted(len(c.SPUs), "product", "products", "个商品"),
		counted(skus, "SKU", "SKUs", "个 SKU"),
		counted(len(c.Brands), "brand", "brands", "个品牌"),
		counted(len(c.Qualifications), "qualification", "qualifications", "项类目资质"),
		counted(len(c.Images), "picture", "pictures", "张图片"),
	}))))
	return p.flush(v.Out)
}

// Formatted names the files that formatting changed, or would change.
func (v *View) Formatted(files []string) error {
	p := v.outPage()
	for _, f := range files {
		p.line(0, raw(f))
	}
	return p.flush(v.Out)
}

// Initialised names the files of a new catalog and says how to go on.
func (v *View) Initialised(dir string, written, kept []string) error {
	p := v.outPage()
	for _, f := range written {
		p.line(0, raw("+ ").as(green), raw(f))
	}
	for _, f := range kept {
		p.line(0, raw("= ").as(faint), raw(f), both("  (exists, left as it is)", "（已存在，保持不变）").as(faint))
	}
	p.blank()
	p.line(0, both("Try it without an account:", "无需账号即可试用："))
	p.line(2, raw("shopctl -C "+lang.Argument(dir)+" apply --sandbox --auto-approve --wait 60s"))
	p.line(0, both("Then write your appid into shop.hcl and set WECHAT_APPSECRET.", "之后在 shop.hcl 中填写 appid，并设置环境变量 WECHAT_APPSECRET。"))
	return p.flush(v.Out)
}
