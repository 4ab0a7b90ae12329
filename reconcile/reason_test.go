package reconcile

import (
	"testing"

	"github.com/shopctl/shopctl/schema"
)

func TestAboutField(t *testing.T) {
	for _, test := range []struct {
		kind         schema.Kind
		reason, want string
	}{
		{schema.KindSPU, "你好，该提审商品标题含有极限词“最好”，请修改", "title"},
		{schema.KindSPU, "你好，该提审商品主图模糊不清", "head_img"},
		{schema.KindSPU, "商品详情图缺失", "desc_info.imgs"},
		{schema.KindSPU, "使用未申请通过的类目", "category"},
		{schema.KindSPU, "标题与主图不符", "title"},
		{schema.KindSPU, "主图与标题不符", "head_img"},
		{schema.KindSPU, "测试商品", ""},
		{schema.KindBrand, "商标注册证不清晰", "trademark_registration_certificate"},
		{schema.KindQualification, "请上传有效的营业执照", "license"},
		{schema.KindMerchant, "标题", ""},
	} {
		if got := AboutField(test.kind, test.reason); got != test.want {
			t.Errorf("%s: %s: got %q, want %q", test.kind, test.reason, got, test.want)
		}
	}
}
