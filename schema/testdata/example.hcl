shop "blankets" {
  platform = "component"
  appid    = "wx0123456789abcdef"     # the secret never stands in a file: environment WECHAT_APPSECRET, or WECHAT_ACCESS_TOKEN
  scenes   = [1]                      # scene_group_list sent with products and audits

  state "local" {
    path = "shopctl.state.jsonl"
  }
  guard {
    max_price_drop = "30%"
  }
}

variable "season" {
  type    = string
  default = "winter"
}

locals {
  page = "pages/productDetail/productDetail"
}

merchant {
  service_agent_type  = ["wechat", "page", "phone"]          # 0, 1, 2
  service_agent_path  = "pages/service/index"
  service_agent_phone = "020-88880000"
  default_receiving_address {
    receiver_name    = "张三"
    tel_number       = "13800000000"
    country          = "中国"
    province         = "福建省"
    city             = "厦门市"
    town             = "思明区"
    detailed_address = "莲前街道 1 号"
  }
}

brand "cxy" {
  brand_wording                      = "CXY"
  brand_audit_type                   = "domestic_r"   # domestic_r | domestic_tm | overseas_r | overseas_tm
  brand_management_type              = "own"          # own | agent | none
  commodity_origin_type              = "domestic"     # imported | domestic
  trademark_type                     = "24"
  license                            = ["files/license.png"]
  trademark_registrant               = "示例有限公司"
  trademark_registrant_nu            = "12345678"
  trademark_authorization_period     = "2030-01-01 00:00:00"
  trademark_registration_certificate = ["files/certificate.png"]
}

qualification "electric-blankets" {
  category    = "家纺/毯类/电热毯"         # a name path or a leaf id
  license     = ["files/license.png"]
  certificate = ["files/ccc.png"]
}

spu "719" {                                # the label is out_product_id
  title    = "毛毯百搭休闲珊瑚绒毯子100*150cm"
  path     = "${local.page}?id=719"
  head_img = ["img/719/1.png", "img/719/2.png"]
  category = 1445
  brand    = brand.cxy                     # left out: no brand (2100000000)
  listing  = true                          # the default: wanted on the shelf

  desc_info {
    desc = "旅行毯办公室午睡毯空调毯子小被子"
    imgs = ["img/719/d1.png"]
  }

  sku "27359029914" {                      # the label is out_sku_id
    thumb_img    = "img/719/red.png"
    sale_price   = 9.90                    # yuan, at most two decimals; plans print ¥9.90; the API gets 990 fen
    market_price = 19.90
    stock_num    = 200
    sku_code     = "sku27359029914"
    barcode      = "9029914"
    sku_attrs    = { "选择颜色" = "酒红", "选择套装" = "100cm*150cm" }    # order as written
  }
}

spu "towels" {                             # many products from one table
  for_each = table("towels.csv")           # rows keyed by the column "id"; header row; UTF-8, with BOM, or GBK
  id       = each.key                      # with for_each the out_product_id stands here
  title    = each.value.title
  path     = "${local.page}?id=${each.key}"
  head_img = glob("img/${each.key}/*.jpg")
  category = "家纺/毛巾/面巾"

  dynamic "sku" {
    for_each = table("towel-skus.csv", "sku_id", { product = each.key })   # rows where product = each.key; indexed, not scanned per product
    labels   = [sku.key]
    content {
      sale_price = sku.value.price
      stock_num  = sku.value.stock
      thumb_img  = sku.value.image
      sku_attrs  = { "颜色" = sku.value.color }
    }
  }
}
