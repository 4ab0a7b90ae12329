# Which shop this is. The secret never stands in a file: set WECHAT_APPSECRET.
shop "my-shop" {
  platform = "component"
  appid    = "wx0123456789abcdef"

  state "local" {
    path = "shopctl.state.jsonl"
  }

  # A plan that breaks a guard is shown, and apply refuses it.
  guard {
    max_price_drop = "30%"
    max_removals   = 20
  }
}

# Customer service is a condition for selling: the platform refuses products
# without it (1040042).
merchant {
  service_agent_type  = ["wechat", "page", "phone"]
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
