package component

import (
	"context"
	"slices"

	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// AccountInfo is the request of account/update_info. It is always sent whole,
// because what an omitted member does is not documented (section 7.4).
type AccountInfo struct {
	ServiceAgentType        []int        `json:"service_agent_type"`
	ServiceAgentPath        string       `json:"service_agent_path"`
	ServiceAgentPhone       string       `json:"service_agent_phone"`
	DefaultReceivingAddress *AddressBody `json:"default_receiving_address,omitempty"`
}

// AddressBody is the return address. Province, city and town are required in one
// version of the page, so they are always sent (section 13.28).
type AddressBody struct {
	ReceiverName    string `json:"receiver_name"`
	DetailedAddress string `json:"detailed_address"`
	TelNumber       string `json:"tel_number"`
	Country         string `json:"country"`
	Province        string `json:"province"`
	City            string `json:"city"`
	Town            string `json:"town"`
}

// UpdateInfo is account/update_info.
func (a *API) UpdateInfo(ctx context.Context, body *AccountInfo) error {
	_, err := write[nothing](ctx, a, "/shop/account/update_info", body)
	return err
}

// Account is the reply of account/get_info.
type Account struct {
	ServiceAgentType        wechat.List[wechat.Int] `json:"service_agent_type"`
	ServiceAgentPath        wechat.Text             `json:"service_agent_path"`
	ServiceAgentPhone       wechat.Text             `json:"service_agent_phone"`
	DefaultReceivingAddress wechat.Object[Address]  `json:"default_receiving_address"`
}

// Address is the return address in Account.
type Address struct {
	ReceiverName    wechat.Text `json:"receiver_name"`
	DetailedAddress wechat.Text `json:"detailed_address"`
	TelNumber       wechat.Text `json:"tel_number"`
	Country         wechat.Text `json:"country"`
	Province        wechat.Text `json:"province"`
	City            wechat.Text `json:"city"`
	Town            wechat.Text `json:"town"`
}

// GetInfo is account/get_info.
func (a *API) GetInfo(ctx context.Context) (*Account, error) {
	reply, err := read[struct {
		Data wechat.Object[Account] `json:"data"`
	}](ctx, a, "/shop/account/get_info", nil)
	if err != nil {
		return nil, err
	}
	return &reply.Data.Value, nil
}

// UpdateMerchant implements provider.Provider.
func (p *Provider) UpdateMerchant(ctx context.Context, m *schema.Merchant) error {
	body := &AccountInfo{
		ServiceAgentType:  slices.Clone(m.ServiceAgentType),
		ServiceAgentPath:  m.ServiceAgentPath,
		ServiceAgentPhone: m.ServiceAgentPhone,
	}
	if body.ServiceAgentType == nil {
		body.ServiceAgentType = []int{}
	}
	if a := m.DefaultReceivingAddress; a != nil {
		body.DefaultReceivingAddress = &AddressBody{
			ReceiverName: a.ReceiverName, DetailedAddress: a.DetailedAddress, TelNumber: a.TelNumber,
			Country: a.Country, Province: a.Province, City: a.City, Town: a.Town,
		}
	}
	return p.api.UpdateInfo(ctx, body)
}

// merchant reads the merchant settings; nil when nothing is set.
func (p *Provider) merchant(ctx context.Context) (*schema.Merchant, error) {
	account, err := p.api.GetInfo(ctx)
	if err != nil {
		return nil, err
	}
	m := &schema.Merchant{
		ServiceAgentPath:  string(account.ServiceAgentPath),
		ServiceAgentPhone: string(account.ServiceAgentPhone),
	}
	for _, t := range account.ServiceAgentType {
		m.ServiceAgentType = append(m.ServiceAgentType, int(t))
	}
	slices.Sort(m.ServiceAgentType)
	if a := account.DefaultReceivingAddress.Value; a != (Address{}) {
		m.DefaultReceivingAddress = &schema.ReceivingAddress{
			ReceiverName: string(a.ReceiverName), TelNumber: string(a.TelNumber), Country: string(a.Country),
			Province: string(a.Province), City: string(a.City), Town: string(a.Town), DetailedAddress: string(a.DetailedAddress),
		}
	}
	if len(m.ServiceAgentType) == 0 && m.ServiceAgentPath == "" && m.ServiceAgentPhone == "" && m.DefaultReceivingAddress == nil {
		return nil, nil
	}
	return m, nil
}
