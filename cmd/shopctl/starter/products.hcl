# The label is your own product id (out_product_id). It must never change.
spu "blanket-1" {
  title    = "珊瑚绒午睡毯 100*150cm"
  path     = "pages/product/detail?id=blanket-1"
  head_img = ["img/blanket-1.png"]
  category = 1445 # find others: shopctl category search 毯

  desc_info {
    desc = "办公室午睡、旅行都适用的珊瑚绒毯。"
    imgs = ["img/blanket-1.png"]
  }

  # The label is your own SKU id (out_sku_id).
  sku "blanket-1-red" {
    thumb_img    = "img/blanket-1.png"
    sale_price   = 29.90 # yuan
    market_price = 49.90
    stock_num    = 100 # sent on creation; afterwards stock belongs to the shop
    sku_attrs    = { "颜色" = "酒红" }
  }
}
