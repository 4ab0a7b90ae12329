# Who answers the customers, and where returned goods go.
# The platform takes no product before all three kinds of service are named.

variable "service_phone" {
  type    = string
  default = "020-88880000"
}

merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = var.service_phone

  default_receiving_address {
    receiver_name    = "暖居小铺退货组"
    tel_number       = "13800000000"
    country          = "中国"
    province         = "福建省"
    city             = "厦门市"
    town             = "思明区"
    detailed_address = "莲前街道 1 号"
  }
}
