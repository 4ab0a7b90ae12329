package component

import "testing"

// Whatever a server shows as a product is mapped or refused, never a panic.
func FuzzDecodeSPU(f *testing.F) {
	for _, seed := range []string{
		`{"product_id":1,"out_product_id":"a","skus":[{"sku_id":"2","sku_attrs":[{"attr_key":"颜色"}]}]}`,
		`{"productId":1,"outProductId":"a","descInfo":[],"auditInfo":null,"headImg":"x"}`,
		`{"product_id":1,"status":"5","audit_info":{"submit_time":0},"skus":null,"express_fee":""}`,
		`{"product_id":[1]}`, `{"product_id":1,"skus":{"a":1}}`, `[]`, `null`, `1e999`, `{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var spu SPU
		if decodeSPU(raw, &spu) != nil {
			return
		}
		product := productOf(spu.row(), spu.row())
		if product.ProductID == "" && product.OutProductID == "" || product.Draft == nil {
			t.Errorf("%s became %+v", raw, product)
		}
	})
}
