# 暖居小铺: blankets, towels and a few things around them.
# Prices are yuan, paths are relative to this directory.

shop "nuanju" {
  platform = "component"
  appid    = "wx0123456789abcdef" # the secret stands in the environment, never here
  scenes   = [1]

  state "local" {
    path = "shopctl.state.jsonl"
  }

  guard {
    max_price_drop = "30%"
    max_removals   = 5
  }
}

locals {
  page = "pages/productDetail/productDetail"
}
