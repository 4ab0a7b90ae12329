package sandbox

import (
	"slices"
	"time"
)

// account is the merchant: onboarding, grants, settings, and the numbers that
// the platform hands out.
type account struct {
	Seed        string   `json:"seed"` // of everything opaque
	Calls       uint64   `json:"calls"`
	Serial      uint64   `json:"serial"` // of products, SKUs, brands, audits and pictures
	ClockOffset Duration `json:"clock_offset"`

	Applied   bool           `json:"applied"` // register/apply was called and waits for the administrator
	AppliedAt time.Time      `json:"applied_at"`
	Joined    bool           `json:"joined"`
	JoinedAt  time.Time      `json:"joined_at"`
	Tasks     map[string]int `json:"tasks"` // access_info without open_product_task_finished
	Scene     sceneGroup     `json:"scene"`

	Info       merchantInfo `json:"info"`
	Brands     []BrandGrant `json:"brands,omitempty"`
	Categories []int        `json:"categories,omitempty"` // leaf ids granted by an audit

	Certificates Certificates `json:"certificates"` // submitted outside the component
}

func (a *account) key() string { return "account" }

// next numbers one more thing.
func (a *account) next() uint64 {
	a.Serial++
	return a.Serial
}

// BrandGrant is a brand that an audit has granted.
type BrandGrant struct {
	BrandID uint64 `json:"brand_id"`
	Wording string `json:"brand_wording"`
}

// noBrand needs no audit (reference section 6.5).
const noBrand = 2100000000

func (a *account) hasBrand(id uint64) bool {
	return id == noBrand || slices.ContainsFunc(a.Brands, func(b BrandGrant) bool { return b.BrandID == id })
}

// grantBrand gives a wording an id; one wording has one id.
func (a *account) grantBrand(wording string) uint64 {
	i := slices.IndexFunc(a.Brands, func(b BrandGrant) bool { return b.Wording == wording })
	if i >= 0 {
		return a.Brands[i].BrandID
	}
	b := BrandGrant{BrandID: 29000 + a.next(), Wording: wording}
	a.Brands = append(a.Brands, b)
	return b.BrandID
}

func (a *account) grantCategory(leaf int) {
	if !slices.Contains(a.Categories, leaf) {
		a.Categories = append(a.Categories, leaf)
	}
}

// merchantInfo is what account/update_info sets and account/get_info returns.
type merchantInfo struct {
	ServiceAgentPath  string   `json:"service_agent_path"`
	ServiceAgentPhone string   `json:"service_agent_phone"`
	ServiceAgentType  []int    `json:"service_agent_type"`
	Address           *address `json:"default_receiving_address,omitempty"`
}

// address is where returned goods go.
type address struct {
	ReceiverName    string `json:"receiver_name"`
	DetailedAddress string `json:"detailed_address"`
	TelNumber       string `json:"tel_number"`
	Country         string `json:"country"`
	Province        string `json:"province"`
	City            string `json:"city"`
	Town            string `json:"town"`
}

// Kinds of customer service in service_agent_type.
const (
	serviceWeChat = 0
	servicePage   = 1
	servicePhone  = 2
)

// updateInfo is POST /shop/account/update_info. It replaces the settings as a
// whole (whether omitted members are kept is not documented).
func updateInfo(x *exchange, in *merchantInfo) (reply, *refusal) {
	kinds := in.ServiceAgentType
	switch {
	case len(kinds) == 0:
		return nil, refuse(990007)
	case slices.ContainsFunc(kinds, func(k int) bool { return k < serviceWeChat || k > servicePhone }):
		return nil, refuse(9401020)
	case slices.Contains(kinds, servicePage) && in.ServiceAgentPath == "",
		slices.Contains(kinds, servicePhone) && in.ServiceAgentPhone == "":
		return nil, refuse(990007)
	}
	if a := in.Address; a != nil && slices.Contains([]string{a.ReceiverName, a.DetailedAddress, a.TelNumber, a.Province, a.City, a.Town}, "") {
		return nil, refuse(990007)
	}
	x.account.Info = *in
	x.changes.add(x.account)
	return done, nil
}

// getInfo is POST /shop/account/get_info.
func getInfo(x *exchange, _ *empty) (reply, *refusal) {
	info := x.account.Info
	info.ServiceAgentType = orEmpty(info.ServiceAgentType)
	return data(info), nil
}

// getBrandList is POST /shop/account/get_brand_list.
func getBrandList(x *exchange, _ *empty) (reply, *refusal) {
	return data(orEmpty(x.account.Brands)), nil
}

// getCategoryList is POST /shop/account/get_category_list: only what an audit
// has granted.
func getCategoryList(x *exchange, _ *empty) (reply, *refusal) {
	list := []reply{}
	for _, id := range x.account.Categories {
		c := leaves[id]
		list = append(list, reply{
			{"first_cat_id", c.FirstID}, {"first_cat_name", c.FirstName},
			{"second_cat_id", c.SecondID}, {"second_cat_name", c.SecondName},
			{"third_cat_id", c.ID}, {"third_cat_name", c.Name},
		})
	}
	return data(list), nil
}

// orEmpty makes JSON say [] and never null.
func orEmpty[E any](list []E) []E {
	if list == nil {
		return []E{}
	}
	return list
}
