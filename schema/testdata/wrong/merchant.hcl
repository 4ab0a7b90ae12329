merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = "020-88880000"
  default_receiving_address {
    receiver_name    = "张三"
    tel_number       = "13800000000"
    province         = "福建省"
    city             = "厦门市"
    town             = "思明区"
    detailed_address = "莲前街道 1 号"
  }
  # more
}
