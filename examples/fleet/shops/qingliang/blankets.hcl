# What only this shop sells.

spu "cool-01" {
  title    = "竹纤维夏凉毯 空调房盖毯"
  path     = "${local.page}?id=cool-01"
  head_img = ["img/cool-01/1.png"]
  category = "家纺/毯类/毛毯"
  brand    = brand.cxy

  sku "cool-01-mint" {
    thumb_img    = "img/cool-01/mint.png"
    sale_price   = 69
    market_price = 99
    stock_num    = 60
    sku_attrs    = { "颜色" = "薄荷" }
  }
}
