service_phone = "020-88880003"

warehouse = {
  receiver = "茶居退货组"
  phone    = "13800000000"
  province = "福建省"
  city     = "泉州市"
  town     = "安溪县"
  street   = "茶都路 3 号"
}

mug_price = 26.90
