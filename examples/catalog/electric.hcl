# Sold only with the qualification in brands.hcl: the product waits for its verdict.
# The warehouse counts these by hand, so the file owns the stock.
spu "eb-150" {
  title    = "双人电热毯 智能控温定时断电 150*180cm"
  path     = "${local.page}?id=eb-150"
  head_img = ["img/eb-150/1.png", "img/eb-150/2.png", "img/eb-150/3.png"]
  category = "家纺/毯类/电热毯"
  brand    = brand.cxy
  stock    = "managed"

  qualification_pics = ["files/ccc.png"]

  desc_info {
    desc = "六档调温，八小时自动断电，双温双控，可拆洗。"
    imgs = ["img/eb-150/d1.png", "img/eb-150/d2.png", "img/eb-150/d3.png"]
  }

  sku "eb-150-single" {
    thumb_img    = "img/eb-150/single.png"
    sale_price   = 139
    market_price = 199
    stock_num    = 40
    sku_code     = "EB-150-S"
    barcode      = "6900000001508"
    sku_attrs    = { "控制方式" = "单控" }
  }

  sku "eb-150-dual" {
    thumb_img    = "img/eb-150/dual.png"
    sale_price   = 169
    market_price = 239
    stock_num    = 25
    sku_code     = "EB-150-D"
    barcode      = "6900000001515"
    sku_attrs    = { "控制方式" = "双温双控" }
  }
}
