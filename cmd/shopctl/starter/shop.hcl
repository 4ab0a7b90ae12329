#en Which shop this is. The secret never stands in a file: set WECHAT_APPSECRET.
#zh 这是哪个店铺。密钥不写入文件：请设置环境变量 WECHAT_APPSECRET。
shop "my-shop" {
  platform = "component"
  appid    = "wx0123456789abcdef"

  state "local" {
    path = "shopctl.state.jsonl"
  }

  #en A plan that breaks a guard is shown, and apply refuses it.
  #zh 触发保护限制的计划会照常显示，但 apply 会拒绝执行。
  guard {
    max_price_drop = "30%"
    max_removals   = 20
  }
}

#en Customer service is a condition for selling: the platform refuses products
#en without it (1040042).
#zh 销售的前提是设置客服：否则平台会拒绝商品（1040042）。
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
