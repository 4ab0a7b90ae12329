# Every row of towels.csv is a product, every row of towel-skus.csv one of its SKUs.
# A new towel is two lines in the tables and its pictures in img/<id>/.
spu "towels" {
  for_each = table("tables/towels.csv")

  id       = each.key
  title    = each.value.title
  path     = "${local.page}?id=${each.key}"
  head_img = glob("img/${each.key}/head-*.jpg")
  category = "家纺/毛巾/${each.value.kind}"
  brand    = brand.cxy

  desc_info {
    desc = each.value.desc
    imgs = glob("img/${each.key}/detail-*.png")
  }

  dynamic "sku" {
    for_each = table("tables/towel-skus.csv", "sku_id", { product = each.key })
    labels   = [sku.key]

    content {
      thumb_img    = "img/${each.key}/${sku.value.image}.png"
      sale_price   = sku.value.price
      market_price = sku.value.market_price
      stock_num    = sku.value.stock
      sku_code     = sku.key
      sku_attrs    = { "颜色" = sku.value.color, "规格" = sku.value.pack }
    }
  }
}
