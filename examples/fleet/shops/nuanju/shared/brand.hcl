# One brand, granted to each shop by a review of its own.

brand "cxy" {
  brand_wording                      = "CXY"
  brand_audit_type                   = "domestic_r"
  brand_management_type              = "own"
  commodity_origin_type              = "domestic"
  trademark_type                     = "24" # Nice class 24: textiles
  license                            = ["shared/files/license.png"]
  trademark_registrant               = "示例家纺有限公司"
  trademark_registrant_nu            = "12345678"
  trademark_authorization_period     = "2030-01-01 00:00:00"
  trademark_registration_certificate = ["shared/files/trademark.png"]
}
