# What only this shop sells.

spu "cushion-01" {
  title    = "棉麻抱枕 沙发靠垫含芯 45*45cm"
  path     = "${local.page}?id=cushion-01"
  head_img = ["img/cushion-01/1.png"]
  category = "家纺/被枕/靠垫"
  brand    = brand.cxy

  sku "cushion-01-terracotta" {
    thumb_img    = "img/cushion-01/terracotta.png"
    sale_price   = 36
    market_price = 52
    stock_num    = 75
    sku_attrs    = { "颜色" = "砖红" }
  }
}
