service_phone = "020-88880001"

warehouse = {
  receiver = "暖居小铺退货组"
  phone    = "13800000000"
  province = "福建省"
  city     = "厦门市"
  town     = "思明区"
  street   = "莲前街道 1 号"
}
