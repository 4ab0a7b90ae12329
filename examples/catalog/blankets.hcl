spu "719" {
  title = "毛毯百搭休闲珊瑚绒毯子100*150cm"
  path  = "${local.page}?id=719"
  head_img = [
    "img/719/1.png",
    "img/719/2.png",
    "img/719/3.png",
    "img/719/4.png",
    "img/719/5.png",
  ]
  category = 1445 # 家纺/毯类/毛毯
  brand    = brand.cxy

  desc_info {
    desc = "旅行毯办公室午睡毯空调毯子小被子"
    imgs = [
      "img/719/d1.png",
      "img/719/d2.png",
      "img/719/d3.png",
      "img/719/d4.png",
      "img/719/d5.png",
      "img/719/d6.png",
    ]
  }

  sku "27359029914" {
    thumb_img    = "img/719/wine.png"
    sale_price   = 9.90
    market_price = 19.90
    stock_num    = 200
    sku_code     = "sku27359029914"
    barcode      = "9029914"
    sku_attrs    = { "选择颜色" = "酒红", "选择套装" = "100cm*150cm", "选择面料" = "珊瑚绒毯" }
  }

  sku "27359029915" {
    thumb_img    = "img/719/blue.png"
    sale_price   = 9.90
    market_price = 19.90
    stock_num    = 300
    sku_code     = "sku27359029915"
    barcode      = "9029915"
    sku_attrs    = { "选择颜色" = "蓝色", "选择套装" = "100cm*150cm", "选择面料" = "珊瑚绒毯" }
  }

  sku "27359029916" {
    thumb_img    = "img/719/beige.png"
    sale_price   = 9.90
    market_price = 19.90
    stock_num    = 400
    sku_code     = "sku27359029916"
    barcode      = "9029916"
    sku_attrs    = { "选择颜色" = "米黄", "选择套装" = "100cm*150cm", "选择面料" = "珊瑚绒毯" }
  }

  sku "27359029917" {
    thumb_img    = "img/719/grey.png"
    sale_price   = 9.90
    market_price = 19.90
    stock_num    = 500
    sku_code     = "sku27359029917"
    barcode      = "9029917"
    sku_attrs    = { "选择颜色" = "深灰", "选择套装" = "100cm*150cm", "选择面料" = "珊瑚绒毯" }
  }
}

spu "720" {
  title    = "法兰绒加厚盖毯 格纹流苏沙发毯"
  path     = "${local.page}?id=720"
  head_img = ["img/720/1.png", "img/720/2.png", "img/720/3.png"]
  category = "家纺/毯类/毛毯"
  brand    = brand.cxy

  desc_info {
    desc = "双面法兰绒，280 克每平方米，四边包边，可机洗。"
    imgs = ["img/720/d1.png", "img/720/d2.png", "img/720/d3.png"]
  }

  sku "720-130" {
    thumb_img    = "img/720/green.png"
    sale_price   = 59
    market_price = 89
    stock_num    = 120
    sku_code     = "FL-130-GR"
    sku_attrs    = { "颜色" = "松石绿", "尺寸" = "130cm*160cm" }
  }

  sku "720-150" {
    thumb_img    = "img/720/caramel.png"
    sale_price   = 79
    market_price = 119
    stock_num    = 80
    sku_code     = "FL-150-CA"
    sku_attrs    = { "颜色" = "焦糖", "尺寸" = "150cm*200cm" }
  }
}

# Out of season: kept ready and approved, but off the shelf until summer.
spu "cool-01" {
  title    = "竹纤维夏凉毯 空调房盖毯"
  path     = "${local.page}?id=cool-01"
  head_img = ["img/cool-01/1.png", "img/cool-01/2.png"]
  category = "家纺/毯类/毛毯"
  brand    = brand.cxy
  listing  = false

  desc_info {
    desc = "竹纤维混纺，轻薄透气，适合空调房。"
    imgs = ["img/cool-01/d1.png", "img/cool-01/d2.png"]
  }

  sku "cool-01-mint" {
    thumb_img    = "img/cool-01/mint.png"
    sale_price   = 69
    market_price = 99
    stock_num    = 60
    sku_attrs    = { "颜色" = "薄荷" }
  }

  sku "cool-01-sky" {
    thumb_img    = "img/cool-01/sky.png"
    sale_price   = 69
    market_price = 99
    stock_num    = 60
    sku_attrs    = { "颜色" = "天青" }
  }
}
