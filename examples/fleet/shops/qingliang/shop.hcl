shop "清凉馆" {
  platform = "component"
  appid    = "wx0123456789abcd02" # its secret: WECHAT_APPSECRET_wx0123456789abcd02

  state "local" {
    path = "shopctl.state.jsonl"
  }

  guard {
    max_price_drop = "30%"
    max_removals   = 5
  }
}
