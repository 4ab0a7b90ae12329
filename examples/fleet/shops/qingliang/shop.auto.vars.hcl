service_phone = "020-88880002"

warehouse = {
  receiver = "清凉馆退货组"
  phone    = "13800000000"
  province = "浙江省"
  city     = "杭州市"
  town     = "西湖区"
  street   = "文三路 2 号"
}
