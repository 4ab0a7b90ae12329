shop "s" {
  platform  = "component"
  appid     = "wx0123456789abcdef"
  scenes    = [1]
  on_remove = "delist"
  in_review = "wait"

  state "local" {
    path = "state.jsonl"
  }
  guard {
    max_price_drop = "30%"
    max_removals   = 20
  }
  # more
}
