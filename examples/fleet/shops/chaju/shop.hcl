shop "茶居" {
  platform = "component"
  appid    = "wx0123456789abcd03" # its secret: WECHAT_APPSECRET_wx0123456789abcd03

  state "local" {
    path = "shopctl.state.jsonl"
  }

  guard {
    max_price_drop = "30%"
    max_removals   = 5
  }
}
