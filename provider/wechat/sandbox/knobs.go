package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Duration is a time.Duration that reads and writes as "1.5s" in JSON.
type Duration time.Duration

// Never, as a delay, means: not until somebody decides in the console.
const Never = Duration(-1)

// MarshalText writes the duration as time.Duration prints it, Never as "never".
func (d Duration) MarshalText() ([]byte, error) {
	if d < 0 {
		return []byte("never"), nil
	}
	return []byte(time.Duration(d).String()), nil
}

// UnmarshalText reads what time.ParseDuration reads, and "never".
func (d *Duration) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*d = Never
		return nil
	}
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// Knobs are the properties of the platform that are undocumented, changed over
// the years, or differ between accounts (reference section 12.2). They are set
// in Options, through POST /sandbox/knobs, and kept with the shop.
//
// The zero value is a platform without delays, limits and oddities, on which
// the component is open; DefaultKnobs is the platform as it is mostly seen;
// AwkwardKnobs shows every oddity at once.
type Knobs struct {
	// Reviews (reference sections 8.0, 8.10, 11). A delay may be Never.
	PushDelay          Duration `json:"push_delay"`            // from add or update until the review begins (edit_status 1 to 2)
	AuditDelay         Duration `json:"audit_delay"`           // from there to the verdict on a product
	GrantAuditDelay    Duration `json:"grant_audit_delay"`     // from submission to the verdict on a brand or a category
	SceneDelay         Duration `json:"scene_delay"`           // from apply_scene to its verdict
	ResultLag          Duration `json:"result_lag"`            // audit/result answers 1050005 for so long after the submission
	KeepUnlisted       bool     `json:"keep_unlisted"`         // a first approval does not put the product on the shelf
	RelistOnApproval   bool     `json:"relist_on_approval"`    // an approved update puts a delisted product (11) on the shelf again
	KeepBanned         bool     `json:"keep_banned"`           // an approved update leaves a banned product (13) banned
	QuickPriceReview   bool     `json:"quick_price_review"`    // an update that changes only prices and stock passes as soon as it is pushed and costs no submission
	RefuseFreeInReview bool     `json:"refuse_free_in_review"` // update_without_audit answers 1000002 while a review runs
	LenientOnline      bool     `json:"lenient_online"`        // spu/get of the online copy before the first approval shows the draft instead of 1000003
	ReuseDeleted       bool     `json:"reuse_deleted"`         // an out_product_id can be added again after del; otherwise 1000012

	// Rules for content that documents disagree about.
	AcceptForeignPictures bool  `json:"accept_foreign_pictures"` // pictures on any host are taken, as before December 2021; otherwise 1070010
	RequireScenes         bool  `json:"require_scenes"`          // add and update without scene_group_list answer 990007
	MarketAboveSale       bool  `json:"market_above_sale"`       // market_price must be greater than sale_price, not only as great
	MaxPrice              int64 `json:"max_price"`               // fen; 0: no limit
	UnknownProductCode    int   `json:"unknown_product_code"`    // what an unknown id is answered with: 1000011 (also for 0) or 1000001
	RetiredCategories     []int `json:"retired_categories"`      // leaves that have left the tree; products in them answer 1000040
	DisputedCategories    []int `json:"disputed_categories"`     // leaves listed as free that answer 1000005 all the same
	DepositDue            bool  `json:"deposit_due"`             // add and update answer 1000021
	UploadParamsInQuery   bool  `json:"upload_params_in_query"`  // img/upload also takes its parameters from the query
	GarbleEscapes         bool  `json:"garble_escapes"`          // \uXXXX in a request stays as it is written, as seen in 2021

	// Limits. 0 is unlimited.
	SubmissionsPerHour    int            `json:"submissions_per_hour"`     // add and update together, withdrawn ones included: 1000019
	SubmissionsPerDay     int            `json:"submissions_per_day"`      // within 24 hours: 1000019
	ProductPerHour        int            `json:"product_per_hour"`         // submissions of one product: 1000019
	DailyLimit            int            `json:"daily_limit"`              // calls of one endpoint in a day, Beijing time: 45009
	DailyLimits           map[string]int `json:"daily_limits"`             // the same for single endpoints, by path
	MinuteLimit           int            `json:"minute_limit"`             // calls of one endpoint in a minute: 45011
	BurstLimit            int            `json:"burst_limit"`              // calls of one endpoint within 30 seconds: 300000
	ClearsPerMonth        int            `json:"clears_per_month"`         // clear_quota: 48006
	ForcedRefreshesPerDay int            `json:"forced_refreshes_per_day"` // stable_token with force_refresh: the old token is returned

	// Access.
	StartUnjoined   bool     `json:"start_unjoined"`   // a fresh shop has not opened the component: 48001, 1040003
	AgreementDelay  Duration `json:"agreement_delay"`  // from register/apply until the administrator confirms
	PermissionDelay Duration `json:"permission_delay"` // 48001 for so long after the component was opened
	AllowedIPs      []string `json:"allowed_ips"`      // other callers answer 40164; empty: everybody may call
	TokenWays       []string `json:"token_ways"`       // of "stable", "classic" and "component", those that work; the others answer 48001; empty: all

	// How replies look.
	ErrMsg           string   `json:"errmsg"`              // of a success: "ok", "empty", "absent" or "turns"
	NoRID            bool     `json:"no_rid"`              // the errmsg of a refusal does not end with its rid
	SKUIDs           string   `json:"sku_ids"`             // "number", "string" or "turns"
	SmallIDs         bool     `json:"small_ids"`           // product ids fit into a float64; otherwise they have 17 digits
	PictureURLs      string   `json:"picture_urls"`        // in replies: "kept", "rewritten" to another host, or "changing" with each reply
	PageCountAsTotal bool     `json:"page_count_as_total"` // total_num counts the rows of the page
	ListOrder        string   `json:"list_order"`          // "newest", "oldest" or "shuffled" (neither, but the same for every page)
	DuplicateRows    bool     `json:"duplicate_rows"`      // get_list repeats the last row of a page at the top of the next
	CategoryDefects  bool     `json:"category_defects"`    // cat/get has a duplicate row without parents
	EchoExtensions   bool     `json:"echo_extensions"`     // spu/get returns express_fee, supplier and the like
	ZeroedFreeReply  bool     `json:"zeroed_free_reply"`   // update_without_audit works, but its reply is all zeros
	StockSoldPerRead int      `json:"stock_sold_per_read"` // pieces of each SKU that somebody buys between two reads
	Latency          Duration `json:"latency"`             // before each reply

	Push       Push       `json:"push"`
	ThirdParty ThirdParty `json:"third_party"`
}

// ThirdParty is how it stands between the merchant and the third-party platform
// that has the credentials DefaultComponentAppID and DefaultComponentSecret
// (reference section 2.4). The merchant has authorised it, unless a knob says no.
type ThirdParty struct {
	URL           string `json:"url"`            // to which each new component_verify_ticket is pushed, signed and encrypted as Push says; on a loopback address
	Revoked       bool   `json:"revoked"`        // the merchant has taken the authorisation back: 61003
	NoPermission  bool   `json:"no_permission"`  // the permission set of the component was not granted: 61007
	RotateRefresh bool   `json:"rotate_refresh"` // every api_authorizer_token gives another authorizer_refresh_token, and the one before answers 61023
}

// Push is where and how the platform sends its messages (reference section 9).
// Without a URL it sends none.
type Push struct {
	URL    string `json:"url"`    // on a loopback address; others are refused
	Token  string `json:"token"`  // signs
	AESKey string `json:"aeskey"` // EncodingAESKey, 43 characters; needed for Secure
	Format string `json:"format"` // "xml" (also for "") or "json"
	Secure bool   `json:"secure"` // encrypted; otherwise plain text

	// OfThirdParty is set for the message URL of the third-party platform: $APPID$
	// in it becomes the merchant's appid, and messages are encrypted for the
	// platform's (reference section 2.4).
	OfThirdParty bool `json:"of_third_party"`

	DropEvery      int  `json:"drop_every"`      // every nth message is lost
	DuplicateEvery int  `json:"duplicate_every"` // every nth message is sent twice
	StaleVerdicts  bool `json:"stale_verdicts"`  // a verdict is followed by a rejection of the submission before it
}

// DefaultKnobs is the platform as it is mostly seen, at the pace of a person
// who watches.
func DefaultKnobs() Knobs {
	return Knobs{
		PushDelay:       Duration(1 * time.Second),
		AuditDelay:      Duration(3 * time.Second),
		GrantAuditDelay: Duration(2 * time.Second),
		SceneDelay:      Duration(2 * time.Second),
		AgreementDelay:  Duration(1 * time.Second),

		MaxPrice:              1_000_000_000, // ¥10 million, as the field's comment says (reference 8.1)
		SubmissionsPerHour:    200,
		SubmissionsPerDay:     1000,
		DailyLimit:            100_000,
		DailyLimits:           map[string]int{"/cgi-bin/token": 2000, "/cgi-bin/stable_token": 500_000, "/shop/cat/get": 500},
		ClearsPerMonth:        10,
		ForcedRefreshesPerDay: 20,

		ErrMsg:          "turns",
		SKUIDs:          "turns",
		PictureURLs:     "rewritten",
		ListOrder:       "newest",
		CategoryDefects: true,
	}
}

// AwkwardKnobs is DefaultKnobs with every oddity that a client must tolerate
// without a word (reference section 13), and without what would make a call fail.
func AwkwardKnobs() Knobs {
	k := DefaultKnobs()
	k.PictureURLs = "changing"
	k.PageCountAsTotal = true
	k.ListOrder = "shuffled"
	k.DuplicateRows = true
	k.LenientOnline = true
	k.ZeroedFreeReply = true
	k.ResultLag = Duration(time.Second)
	k.StockSoldPerRead = 1
	return k
}

// clone copies the knobs deeply enough that merging into the copy leaves the
// original alone.
func (k Knobs) clone() Knobs {
	k.RetiredCategories = slices.Clone(k.RetiredCategories)
	k.DisputedCategories = slices.Clone(k.DisputedCategories)
	k.AllowedIPs = slices.Clone(k.AllowedIPs)
	k.TokenWays = slices.Clone(k.TokenWays)
	k.DailyLimits = maps.Clone(k.DailyLimits)
	return k
}

// check refuses words that no knob knows.
func (k Knobs) check() error {
	for _, w := range []struct {
		knob, value string
		known       []string
	}{
		{"errmsg", k.ErrMsg, []string{"", "ok", "empty", "absent", "turns"}},
		{"sku_ids", k.SKUIDs, []string{"", "number", "string", "turns"}},
		{"picture_urls", k.PictureURLs, []string{"", "kept", "rewritten", "changing"}},
		{"list_order", k.ListOrder, []string{"", "newest", "oldest", "shuffled"}},
		{"push.format", k.Push.Format, []string{"", "xml", "json"}},
	} {
		if !slices.Contains(w.known, w.value) {
			return fmt.Errorf("knob %s: %q is not one of %q", w.knob, w.value, w.known[1:])
		}
	}
	for _, w := range k.TokenWays {
		if !slices.Contains(tokenWays, w) {
			return fmt.Errorf("knob token_ways: %q is not one of %q", w, tokenWays)
		}
	}
	return cmp.Or(k.Push.check(), k.ThirdParty.check(k.Push))
}

var tokenWays = []string{string(wayStable), string(wayClassic), string(wayComponent)}

// check refuses an address of tickets outside this machine, and one without a key.
func (p ThirdParty) check(push Push) error {
	if p.URL == "" {
		return nil
	}
	if err := checkPushURL("third_party.url", p.URL); err != nil {
		return err
	}
	_, err := push.key()
	return err
}

func (k *Knobs) key() string { return "knobs" }

// merge reads those knobs that patch names and leaves the others.
func (k Knobs) merge(patch []byte) (Knobs, error) {
	merged := k.clone()
	if err := strictJSON(patch, &merged); err != nil {
		return k, err
	}
	return merged, merged.check()
}

func strictJSON(data []byte, into any) error {
	if r := decode(data, into); r != nil {
		if err := json.Unmarshal(data, into); err != nil {
			return err
		}
		return fmt.Errorf("unknown member, null or trailing text in %s", data)
	}
	return nil
}
