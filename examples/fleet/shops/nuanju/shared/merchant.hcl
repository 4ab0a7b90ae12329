# All shops answer their customers in the same three ways.

merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = var.service_phone

  default_receiving_address {
    receiver_name    = var.warehouse.receiver
    tel_number       = var.warehouse.phone
    country          = "中国"
    province         = var.warehouse.province
    city             = var.warehouse.city
    town             = var.warehouse.town
    detailed_address = var.warehouse.street
  }
}
