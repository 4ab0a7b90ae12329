# What the shops differ in. Each gives its values in shop.auto.vars.hcl.

variable "service_phone" {
  type = string
}

variable "warehouse" {
  type = object({ receiver = string, phone = string, province = string, city = string, town = string, street = string })
}

variable "mug_price" {
  type        = number
  default     = 29.90
  description = "yuan; the shops may ask different prices"
}

locals {
  page = "pages/productDetail/productDetail"
}
