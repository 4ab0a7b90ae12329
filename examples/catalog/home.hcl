# Things around the blanket. The mug is bought in and carries no brand of ours.
spu "mug-01" {
  title    = "陶瓷马克杯 哑光釉办公室水杯 350ml"
  path     = "${local.page}?id=mug-01"
  head_img = ["img/mug-01/1.png", "img/mug-01/2.png", "img/mug-01/3.png"]
  category = "厨具/餐具/水杯"

  desc_info {
    desc = "350 毫升，哑光釉面，可进洗碗机，不可直接明火加热。"
    imgs = ["img/mug-01/d1.png", "img/mug-01/d2.png"]
  }

  sku "mug-01-ochre" {
    thumb_img    = "img/mug-01/ochre.png"
    sale_price   = 29.90
    market_price = 45
    stock_num    = 90
    sku_attrs    = { "颜色" = "赭黄" }
  }

  sku "mug-01-teal" {
    thumb_img    = "img/mug-01/teal.png"
    sale_price   = 29.90
    market_price = 45
    stock_num    = 110
    sku_attrs    = { "颜色" = "孔雀蓝" }
  }
}

spu "cushion-01" {
  title    = "棉麻抱枕 沙发靠垫含芯 45*45cm"
  path     = "${local.page}?id=cushion-01"
  head_img = ["img/cushion-01/1.png", "img/cushion-01/2.png"]
  category = "家纺/被枕/靠垫"
  brand    = brand.cxy

  desc_info {
    desc = "棉麻面料，隐形拉链，枕套可拆洗，含羽丝绒枕芯。"
    imgs = ["img/cushion-01/d1.png", "img/cushion-01/d2.png"]
  }

  sku "cushion-01-terracotta" {
    thumb_img    = "img/cushion-01/terracotta.png"
    sale_price   = 36
    market_price = 52
    stock_num    = 75
    sku_attrs    = { "颜色" = "砖红" }
  }

  sku "cushion-01-olive" {
    thumb_img    = "img/cushion-01/olive.png"
    sale_price   = 36
    market_price = 52
    stock_num    = 75
    sku_attrs    = { "颜色" = "橄榄绿" }
  }
}
