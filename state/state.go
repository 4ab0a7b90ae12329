// Package state remembers what we last knew of a shop: remote ids, what was
// submitted, pending audits, verdicts, and which picture has which URL.
//
// A State is a value in memory. A Store keeps it: a snapshot plus a journal, so
// that one change costs one line, and a crash loses nothing that was finished. A
// Session joins the two for the length of a run:
//
//	session, notices, err := state.Open(ctx, backend, shop, info)
//	seq, err := session.Announce(ctx, intent) // durable before the call leaves
//	...                                       // the call
//	err = session.Put(ctx, record, seq)       // durable before it returns
//	err = session.Close(ctx)                  // folds the journal, unlocks
//
// The state holds no secret and no whole copies; a lost state is rebuilt by
// adoption, except for the ids of pending brand and qualification audits.
//
// The format of the files is described in docs/state.md.
package state

import (
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/schema"
)

// Version is the newest format of the state file that this program writes. Format 1
// wrote the fields of a SKU by name; it is read, and written as format 2.
const Version = 2

// ShopID says whose state it is. A state of another shop is refused.
type ShopID struct {
	Platform string `json:"platform"`
	AppID    string `json:"appid"`
}

// Header is the first line of a state.
type Header struct {
	Version int `json:"version"`
	// Lineage is random and fixed when the state is made: two states with
	// different lineages never describe the same history.
	Lineage string `json:"lineage"`
	// Serial rises by one with every snapshot.
	Serial uint64 `json:"serial"`
	// Seq is the number of the last entry that is in the state. Numbers are never
	// used twice in a lineage.
	Seq  uint64 `json:"seq"`
	Shop ShopID `json:"shop"`
}

// State is all we know. It is not safe for concurrent use; Session is.
type State struct {
	Header
	Records map[schema.Address]*Record
	Images  map[schema.ImageKey]ImageRecord
	// Intents are writing calls that were announced and not settled: the run
	// ended between the announcement and the result. By sequence number.
	Intents map[uint64]Intent
	// Submissions is the ledger of the budget: the product submissions of the last
	// day, by the number of their intent, whether or not that is settled.
	Submissions map[uint64]Submission
	// Limits are what refusals have taught of the platform's quotas, by Limit.On.
	Limits map[string]Limit
}

// Record is what we know of one object.
type Record struct {
	Address schema.Address `json:"address"`
	// RemoteID is the platform's id: product_id or brand_id, decimal, may exceed
	// 2^53. SKUIDs are replaced, never changed.
	RemoteID string        `json:"remote_id,omitempty"`
	SKUIDs   schema.SKUIDs `json:"sku_ids,omitempty"`

	// Stamp is the reviewed content that was last submitted (schema.SPU.Stamp);
	// Version the info_version by which it is known again in the shop, where that
	// is not the stamp: the author's, or that of whoever submitted it.
	Stamp       string     `json:"stamp,omitempty"`
	Version     string     `json:"version,omitempty"`
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
	// Memo is what was last sent, field by field. It tells an edit in the files from
	// a drift in the shop.
	Memo Memo `json:"memo,omitempty"`
	// packed is the memo as it stands in the snapshot, until somebody wants to
	// read it: as a map it takes four times the room. Memo is nil then. "" is none.
	packed string

	// AuditID is the pending audit of a brand or qualification. AuditPending is
	// also true when an audit runs whose id we do not know.
	AuditID      string `json:"audit_id,omitempty"`
	AuditPending bool   `json:"audit_pending,omitempty"`
	// Withdrawn is true between del_audit and the next submission: nothing is
	// under review although the draft was saved.
	Withdrawn bool `json:"withdrawn,omitempty"`
	// Repushed is true when the same content is not submitted once more by itself:
	// it was submitted a second time already, because the first never reached the
	// reviewers, or it was found saved and unsubmitted when the product was imported.
	Repushed bool `json:"repushed,omitempty"`
	// Burnt is true when the shop refuses the out_product_id as taken although it
	// does not have the product.
	Burnt bool `json:"burnt,omitempty"`
	// Rejected is the last rejection, kept until other content passes.
	Rejected *Rejection `json:"rejected,omitempty"`
	// BannedStamp is the content that the platform took down.
	BannedStamp string `json:"banned_stamp,omitempty"`
	// OnRemove is what the author wanted to happen when the block goes.
	OnRemove schema.OnRemove `json:"on_remove,omitempty"`
	// History is what became of its submissions, the oldest first (see Judge).
	History []Verdict `json:"history,omitempty"`
	// Reason is what the author gave as the reason when the content of Stamp was
	// submitted.
	Reason string `json:"reason,omitempty"`
}

// Rejection is a verdict against a content.
type Rejection struct {
	Stamp  string    `json:"stamp"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// ImageRecord is one picture that was uploaded.
type ImageRecord struct {
	URL string    `json:"url"`
	At  time.Time `json:"at"`
}

// Intent is the announcement of a writing call, durable before the request leaves.
type Intent struct {
	Address schema.Address `json:"address"`
	Call    string         `json:"call"` // "spu/add"
	Stamp   string         `json:"stamp,omitempty"`
	At      time.Time      `json:"at"`
	// Submits is true when the call uses up one of the shop's product submissions.
	Submits bool `json:"submits,omitempty"`
}

// EntryKind is what one line of the journal changes.
type EntryKind string

// The kinds of entries.
const (
	EntryIntent EntryKind = "intent" // Seq of the entry is the intent's number
	EntryRecord EntryKind = "record" // put Record; settles Settles
	EntryImage  EntryKind = "image"
	EntryForget EntryKind = "forget" // drop the record of Address; settles Settles
	EntryPrune  EntryKind = "prune"  // drop the picture of Key
	EntrySettle EntryKind = "settle" // the call left nothing to remember; settles Settles
	EntryLimit  EntryKind = "limit"  // put Limit
)

// Entry is one change of a State, as the journal keeps it.
type Entry struct {
	Seq     uint64          `json:"seq"`
	Kind    EntryKind       `json:"kind"`
	Address *schema.Address `json:"address,omitempty"`
	Record  *Record         `json:"record,omitempty"`
	Intent  *Intent         `json:"intent,omitempty"`
	Key     schema.ImageKey `json:"key,omitempty"`
	Image   *ImageRecord    `json:"image,omitempty"`
	Limit   *Limit          `json:"limit,omitempty"`
	Settles uint64          `json:"settles,omitempty"`
	// Refused is true when the call that is settled was turned down: it used up
	// nothing of the budget.
	Refused bool `json:"refused,omitempty"`
}

// Urgent reports whether the entry must be durable before anything else happens.
// It tells what no reading of the shop would bring back: that a brand or
// qualification audit was submitted and under which id, or that a submission was
// spent.
func (e *Entry) Urgent() bool {
	switch e.Kind {
	case EntryIntent:
		return e.Intent.Submits || e.Intent.Address.Kind == schema.KindBrand || e.Intent.Address.Kind == schema.KindQualification
	case EntryRecord:
		return e.Record.AuditID != "" || e.Record.AuditPending
	}
	return false
}

// New is an empty state of a shop, with a fresh lineage.
func New(shop ShopID) *State {
	return &State{
		Header:  Header{Version: Version, Lineage: newLineage(), Shop: shop},
		Records: map[schema.Address]*Record{},
		Images:  map[schema.ImageKey]ImageRecord{},
		Intents: map[uint64]Intent{},

		Submissions: map[uint64]Submission{},
		Limits:      map[string]Limit{},
	}
}

// Clone is a deep copy of a record, so that a caller may change it and put it back.
func (r *Record) Clone() *Record {
	if r == nil {
		return nil
	}
	c := *r.Unpacked()
	c.SKUIDs = slices.Clone(r.SKUIDs)
	c.Memo = maps.Clone(c.Memo)
	c.SubmittedAt = cloneValue(r.SubmittedAt)
	c.Rejected = cloneValue(r.Rejected)
	c.History = slices.Clone(r.History)
	return &c
}

func cloneValue[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
