spu "p1" {
  title              = "纯棉面巾 34*74cm"
  path               = "pages/item/item?id=p1"
  head_img           = ["img/a.png"]
  category           = 1445
  brand              = brand.cxy
  qualification_pics = ["img/a.png"]
  info_version       = "v1"
  listing            = true
  stock              = "managed"
  on_remove          = "delist"
  in_review          = "wait"

  desc_info {
    desc = "柔软"
    imgs = ["img/a.png"]
  }

  component {
    express_fee  = 6
    product_type = "1"
    pick_up_type = ["1"]
    unitfactor   = 1
  }

  sku "s1" {
    thumb_img    = "img/a.png"
    sale_price   = 9.9
    market_price = 19.9
    stock_num    = 5
    sku_code     = "c1"
    sku_attrs    = { "颜色" = "红" }
  }
  # more
}
