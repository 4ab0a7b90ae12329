# A product that every shop sells. Paths are relative to the shop's directory.

spu "mug-01" {
  title    = "陶瓷马克杯 哑光釉办公室水杯 350ml"
  path     = "${local.page}?id=mug-01"
  head_img = ["shared/img/mug-01/1.png"]
  category = "厨具/餐具/水杯"

  desc_info {
    desc = "350 毫升，哑光釉面，可进洗碗机，不可直接明火加热。"
    imgs = ["shared/img/mug-01/d1.png"]
  }

  sku "mug-01-ochre" {
    thumb_img    = "shared/img/mug-01/ochre.png"
    sale_price   = var.mug_price
    market_price = 45
    stock_num    = 90
    sku_attrs    = { "颜色" = "赭黄" }
  }

  sku "mug-01-teal" {
    thumb_img    = "shared/img/mug-01/teal.png"
    sale_price   = var.mug_price
    market_price = 45
    stock_num    = 110
    sku_attrs    = { "颜色" = "孔雀蓝" }
  }
}
