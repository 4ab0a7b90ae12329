// Package reconcile decides and does. Make compares what a catalog wants with
// what the state remembers and the shop has, and says the difference as data, a
// Plan; Run.Apply makes it true through a provider. Nothing here prints, and
// nothing but Apply reaches the shop.
package reconcile

import (
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Plan is what apply would do: plain data, sorted, and the same for the same input.
type Plan struct {
	ShopName string       `json:"shop_name"`
	Shop     state.ShopID `json:"shop"`
	// What the plan was made from.
	Lineage       string    `json:"lineage"`
	Serial        uint64    `json:"serial"`
	CatalogDigest string    `json:"catalog_digest"`
	At            time.Time `json:"at"`
	// Asked is what the plan was told beyond the catalog.
	Asked Asked `json:"asked"`

	// Changes are the objects that are not as declared, in dependency order,
	// whether or not anything can be done about them now.
	Changes []Change `json:"changes"`
	// Uploads are the pictures that the changes need and the shop does not have
	// yet, each content once.
	Uploads []Upload `json:"uploads"`
	// Breaches are the guards that the plan breaks and nobody overrode.
	Breaches []Breach `json:"breaches"`
	// Budget is how many product submissions the shop has left, and when the plan
	// will be through at the limit.
	Budget Budget `json:"budget"`
	// Forecast is what will be on the shelf by the deadline of the shop, or of the
	// policy; nil when there is none ahead.
	Forecast *Forecast `json:"forecast,omitempty"`
	// Unchanged counts declared objects that are as declared, Adopted those of
	// them that the state did not know; Unmanaged counts products of the shop that
	// nobody declared.
	Unchanged int `json:"unchanged"`
	Adopted   int `json:"adopted"`
	Unmanaged int `json:"unmanaged"`
	// Pictures says where the pictures that the changes name can be seen; set by
	// Illustrate.
	Pictures map[schema.ImageKey]PictureRef `json:"pictures,omitempty"`

	// Since says how the plan stands to one that was read before; nil when nobody
	// asked.
	Since *Comparison `json:"since,omitempty"`

	// Learned is what the state is told when the plan is applied, without a call:
	// records of objects as the shop shows them, and the URLs of pictures that the
	// shop has already.
	Learned Learned `json:"-"`
}

// Asked is the part of a Policy that shapes what a plan does, in the order of the
// addresses. Whoever applies a saved plan asks the same.
type Asked struct {
	Targets  []schema.Address `json:"targets,omitempty"`
	Resubmit []schema.Address `json:"resubmit,omitempty"`
}

// Learned is knowledge that reading the shop brought.
type Learned struct {
	Records []*state.Record
	Images  map[schema.ImageKey]string
}

// Empty reports whether the shop is as declared: nothing to do, nothing to wait
// for, nothing blocked. Adopting what is as declared is not a change.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Action is the headline of a change. The calls are in its Steps.
type Action string

// The actions.
const (
	ActionCreate   Action = "create"   // not in the shop yet
	ActionUpdate   Action = "update"   // new content, goes to review
	ActionEdit     Action = "edit"     // prices, stock, codes: at once
	ActionList     Action = "list"     // onto the shelf
	ActionDelist   Action = "delist"   // off the shelf
	ActionDelete   Action = "delete"   // out of the shop for good
	ActionSubmit   Action = "submit"   // a brand or qualification audit
	ActionWithdraw Action = "withdraw" // a pending submission is taken back
	ActionSettings Action = "settings" // merchant settings
	ActionForget   Action = "forget"   // only the state changes
	ActionWait     Action = "wait"     // something runs; nothing to send now
	ActionBlock    Action = "block"    // only a human can help
)

// Op is one call, or one change of the state alone, that a change consists of.
type Op string

// The operations, with the call of the component platform they become.
const (
	OpUpdateMerchant Op = "update-merchant" // account/update_info
	OpSubmitBrand    Op = "submit-brand"    // audit/audit_brand
	OpSubmitCategory Op = "submit-category" // audit/audit_category
	OpAdd            Op = "add"             // spu/add
	OpUpdate         Op = "update"          // spu/update
	OpUpdateFree     Op = "update-free"     // spu/update_without_audit
	OpWithdraw       Op = "withdraw"        // spu/del_audit
	OpList           Op = "list"            // spu/listing
	OpDelist         Op = "delist"          // spu/delisting
	OpDelete         Op = "delete"          // spu/del
	OpForget         Op = "forget"          // the state drops the record
)

// Calls is how many writing calls the operation costs.
func (o Op) Calls() int {
	if o == OpForget {
		return 0
	}
	return 1
}

// Submits reports whether the operation uses up one of the rationed product submissions.
func (o Op) Submits() bool { return o == OpAdd || o == OpUpdate }

// Class is the dearest thing about a change.
type Class string

// The classes, cheapest first.
const (
	ClassNone         Class = "none"         // no call at all
	ClassFree         Class = "free"         // at once, can be undone
	ClassReview       Class = "review"       // a reviewer must pass it
	ClassIrreversible Class = "irreversible" // cannot be undone
)

// Cause says why the shop is not as declared.
type Cause string

// The causes. Both is an object that was edited in the files and in the shop.
const (
	CauseFile      Cause = "file"      // the author changed it
	CauseDrift     Cause = "drift"     // the shop changed it
	CauseBoth      Cause = "both"      // both did
	CauseRejection Cause = "rejection" // an earlier submission was turned down, or the product was banned
	CauseReview    Cause = "review"    // a review or audit is not over yet
	CauseUnknown   Cause = "unknown"   // no state tells who changed it
)

// Change is one object that is not as declared.
type Change struct {
	Address schema.Address `json:"address"`
	Title   string         `json:"title,omitempty"` // for people: product title, brand wording, category
	// Want names the declared content, "sha256:..."; empty for an object that is
	// not declared. Somebody who approves the change approves this content.
	Want   string `json:"want,omitempty"`
	Action Action `json:"action"`
	Steps  []Op   `json:"steps"` // in this order
	Class  Class  `json:"class"`
	Cause  Cause  `json:"cause"`
	// Reason is what the author gives as the reason, "" for nothing.
	Reason string `json:"reason,omitempty"`
	// Fields are the differences, declared against found, in field order.
	Fields []FieldDiff `json:"fields,omitempty"`
	// SKUs are all SKUs of a product whose fields differ; set by Illustrate.
	SKUs []SKULine `json:"skus,omitempty"`
	// Submissions is how much of the submission quota the change uses.
	Submissions int `json:"submissions"`
	// SubmitAt is when the budget lets it be submitted; nil for at once, or where
	// nothing is submitted.
	SubmitAt *time.Time `json:"submit_at,omitempty"`
	// Needs are the objects of this plan that must be done first.
	Needs []schema.Address `json:"needs,omitempty"`
	// Images are the pictures of this object that must be uploaded first.
	Images []schema.ImageKey `json:"images,omitempty"`
	// Waits say what must happen outside before the object is as declared.
	Waits []Wait `json:"waits,omitempty"`
	// Block is set when nothing will happen until a human acts.
	Block *Block `json:"block,omitempty"`
	// Again is set when other content of the object was submitted before.
	Again bool `json:"again,omitempty"`
	// Notes tell a reader what else is worth knowing.
	Notes  []lang.Text   `json:"notes,omitempty"`
	Source schema.Source `json:"source"`

	// edits is what OpUpdateFree sends.
	edits []provider.FreeEdit
}

// runs reports whether op is among the steps.
func (c *Change) runs(op Op) bool {
	for _, s := range c.Steps {
		if s == op {
			return true
		}
	}
	return false
}

// FieldDiff is one field: what the shop has (Old) and what is declared (New).
// Values are ready for people except for money, pictures and booleans, which a
// view words itself; Kind says which it is.
type FieldDiff struct {
	Path string      `json:"path"` // "title", "sku.27359029914.sale_price"
	Kind FieldKind   `json:"kind"`
	Old  string      `json:"old"`
	New  string      `json:"new"`
	Cost schema.Cost `json:"cost"`
	// Cause tells whose edit it is: CauseFile, CauseDrift, CauseBoth or CauseUnknown.
	Cause Cause `json:"cause"`
}

// FieldKind is how a value is to be shown.
type FieldKind string

// The kinds of fields. Money is fen in decimal; Pictures is one key or URL a
// line; SKU is the presence of a whole SKU (Old or New is empty, the other is its attributes).
const (
	FieldText     FieldKind = "text"
	FieldMoney    FieldKind = "money"
	FieldNumber   FieldKind = "number"
	FieldPictures FieldKind = "pictures"
	FieldSKU      FieldKind = "sku"
	FieldShelf    FieldKind = "shelf" // "on", "off" or "banned"
)

// Upload is one picture the platform does not have yet.
type Upload struct {
	Key  schema.ImageKey `json:"key"`
	Path string          `json:"path,omitempty"`
	URL  string          `json:"url,omitempty"`
	Size int64           `json:"size"` // bytes, as they are sent
	// OriginalSize is that of the file, where a smaller picture is sent in its place.
	OriginalSize int64            `json:"original_size,omitempty"`
	For          []schema.Address `json:"for"`
}

// WaitKind is what a change waits for.
type WaitKind string

// The waits.
const (
	WaitReview        WaitKind = "review"        // a running review of the product
	WaitPush          WaitKind = "push"          // submitted; the platform has not begun
	WaitAudit         WaitKind = "audit"         // a running brand or category audit
	WaitBrand         WaitKind = "brand"         // On: a brand that is not granted yet
	WaitQualification WaitKind = "qualification" // On: a category that is not granted yet
	WaitQuota         WaitKind = "quota"         // the submission quota is spent
	WaitPlatform      WaitKind = "platform"      // the platform has not shown the result yet
	WaitApproval      WaitKind = "approval"      // a human must approve it: this run was allowed less
)

// Wait is one thing that must happen outside.
type Wait struct {
	Kind  WaitKind        `json:"kind"`
	On    *schema.Address `json:"on,omitempty"`
	Since *time.Time      `json:"since,omitempty"`
	// AuditUnknown is set when an audit runs, or may run, whose id nobody knows.
	// It is submitted again after Until, unless it was granted by then.
	AuditUnknown bool `json:"audit_unknown,omitempty"`
	// Until is also when a WaitQuota is over.
	Until *time.Time `json:"until,omitempty"`
	// Why is what a human decides about in a WaitApproval; Guard is the guard that
	// the change breaks.
	Why   ApprovalWhy `json:"why,omitempty"`
	Guard GuardName   `json:"guard,omitempty"`
}

// ApprovalWhy is why a change was left to a human.
type ApprovalWhy string

// The reasons, the gravest first.
const (
	ApprovalIrreversible ApprovalWhy = "irreversible" // it cannot be undone
	ApprovalGuard        ApprovalWhy = "guard"        // it breaks Wait.Guard
	ApprovalReview       ApprovalWhy = "review"       // it goes to review
	ApprovalNeeds        ApprovalWhy = "needs"        // it needs Wait.On, which was left
	ApprovalUnread       ApprovalWhy = "unread"       // decided on the way: nobody has approved it
)

// BlockKind is why only a human can help.
type BlockKind string

// The blocks.
const (
	BlockRejected BlockKind = "rejected" // this very content was turned down
	BlockBanned   BlockKind = "banned"   // taken off the shelf by the platform
	BlockNeeds    BlockKind = "needs"    // On: something it needs is itself blocked or missing
	BlockBurnt    BlockKind = "burnt"    // the out_product_id cannot be used again
	BlockShelf    BlockKind = "shelf"    // a shelf state that we do not know; Reason is its number
	// BlockNotGranted is a brand or category that is declared as granted = true
	// and that the shop does not have.
	BlockNotGranted BlockKind = "not_granted"
)

// Block is why only a human can help, and what to do.
type Block struct {
	Kind BlockKind `json:"kind"`
	// Reason is the reviewer's own words, in full.
	Reason string          `json:"reason,omitempty"`
	At     *time.Time      `json:"at,omitempty"`
	On     *schema.Address `json:"on,omitempty"`
}

// GuardName names a guard on the command line and in files.
type GuardName string

// The guards.
const (
	GuardPriceDrop GuardName = "max_price_drop"
	GuardRemovals  GuardName = "max_removals"
	GuardChanges   GuardName = "max_changes"
)

// Breach is one guard that the plan breaks.
type Breach struct {
	Guard GuardName `json:"guard"`
	// Limit and Actual are a fraction for the price drop, a count for the others.
	Limit  float64 `json:"limit"`
	Actual float64 `json:"actual"`
	// Objects break it; for counts, all objects that are counted.
	Objects []schema.Address `json:"objects"`
}

// Summary counts the changes of a plan.
type Summary struct {
	Create, Update, Edit, List, Delist, Delete, Submit, Withdraw, Settings, Forget, Wait, Block int
	// Reviews is how many products and audits go to review; Submissions the part
	// that is rationed; Calls all writing calls including uploads; Irreversible
	// the changes that cannot be undone; Waiting the objects that wait for a verdict.
	Reviews, Submissions, Calls, Uploads, Irreversible, Waiting, Blocked int
}

// Policy is what a run was told beyond the catalog.
type Policy struct {
	Now time.Time
	// Targets restricts the plan to these objects and what they need; empty for all.
	Targets []schema.Address
	// Deadline is the one to forecast; zero for that of the shop block.
	Deadline time.Time
	// Resubmit names rejected objects to send again unchanged.
	Resubmit map[schema.Address]bool
	// Override names guards that a human has waved through.
	Override map[GuardName]bool
	// PushGrace is how long a draft may stay unpushed before it is submitted
	// once more; DefaultPushGrace when zero.
	PushGrace time.Duration
	// Hosted reports whether a URL is on the platform's own picture hosts, so that
	// the picture needs no upload; nil for none.
	Hosted func(url string) bool
}

// asked is what of the policy shapes a plan, sorted.
func (p *Policy) asked() Asked {
	return Asked{
		Targets:  slices.SortedFunc(slices.Values(p.Targets), schema.Address.Compare),
		Resubmit: slices.SortedFunc(maps.Keys(p.Resubmit), schema.Address.Compare),
	}
}

// DefaultPushGrace is longer than any observed hand-over to review (seconds to a
// few minutes) and shorter than a merchant's patience.
const DefaultPushGrace = 30 * time.Minute
