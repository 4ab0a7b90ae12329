brand "b1" {
  brand_wording                      = "B1"
  brand_audit_type                   = "domestic_r"
  brand_management_type              = "own"
  commodity_origin_type              = "domestic"
  trademark_type                     = "24"
  license                            = ["img/a.png"]
  trademark_registrant               = "示例有限公司"
  trademark_registrant_nu            = "1"
  trademark_authorization_period     = "2030-01-01 00:00:00"
  trademark_registration_certificate = ["img/a.png"]
  # more
}
