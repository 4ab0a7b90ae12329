#en The label is your own product id (out_product_id). It must never change.
#zh 标签是您自己的商品编号（out_product_id），以后不能再改。
spu "blanket-1" {
  title    = "珊瑚绒午睡毯 100*150cm"
  path     = "pages/product/detail?id=blanket-1"
  head_img = ["img/blanket-1.png"]
  category = 1445 #en find others: shopctl category search 毯 #zh 查找其他类目：shopctl category search 毯

  desc_info {
    desc = "办公室午睡、旅行都适用的珊瑚绒毯。"
    imgs = ["img/blanket-1.png"]
  }

  #en The label is your own SKU id (out_sku_id).
  #zh 标签是您自己的 SKU 编号（out_sku_id）。
  sku "blanket-1-red" {
    thumb_img    = "img/blanket-1.png"
    sale_price   = 29.90 #en yuan #zh 元
    market_price = 49.90
    stock_num    = 100 #en sent on creation; afterwards stock belongs to the shop #zh 只在新建时提交；此后库存以店铺为准
    sku_attrs    = { "颜色" = "酒红" }
  }
}
