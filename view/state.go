package view

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// stateDocument is the JSON form of a list of records, recordDocument of one.
type stateDocument struct {
	Envelope
	Lineage string          `json:"lineage"`
	Serial  uint64          `json:"serial"`
	Shop    state.ShopID    `json:"shop"`
	Images  int             `json:"images"`
	Records []*state.Record `json:"records"`
}

type recordDocument struct {
	Envelope
	Record *state.Record `json:"record"`
}

// StateList prints what the state remembers, one object a line.
func (v *View) StateList(s *state.State) error {
	records := slices.SortedFunc(maps.Values(s.Records), func(a, b *state.Record) int { return a.Address.Compare(b.Address) })
	if v.Format == JSON {
		return writeJSON(v.Out, stateDocument{
			Envelope: Envelope{"state", 1}, Lineage: s.Lineage, Serial: s.Serial, Shop: s.Shop,
			Images: len(s.Images), Records: append([]*state.Record{}, records...),
		})
	}
	p := v.outPage()
	var rows [][]span
	for _, r := range records {
		rows = append(rows, []span{
			raw(r.Address.String()).as(bold), raw(r.RemoteID), raw(clockOf(r.SubmittedAt)), words(semicolons(conditions(r))),
		})
	}
	p.table(0, rows)
	p.line(0, words(sentence(listed([]lang.Text{
		counted(len(records), "object", "objects", "个对象"),
		counted(len(s.Images), "picture", "pictures", "张图片"),
	}))))
	return p.flush(v.Out)
}

// conditions are what is open about a record.
func conditions(r *state.Record) []lang.Text {
	var parts []lang.Text
	if r.AuditPending {
		parts = append(parts, lang.T("audit pending", "资质审核中"))
	}
	if r.Withdrawn {
		parts = append(parts, lang.T("withdrawn", "已撤回"))
	}
	if r.Rejected != nil {
		parts = append(parts, lang.T("rejected: "+r.Rejected.Reason, "被驳回："+r.Rejected.Reason))
	}
	if r.Burnt {
		parts = append(parts, lang.T("id cannot be used again", "ID 不能再用"))
	}
	if r.BannedStamp != "" {
		parts = append(parts, lang.T("banned", "被封禁"))
	}
	return parts
}

// StateShow prints all that the state remembers of one object.
func (v *View) StateShow(r *state.Record) error {
	if v.Format == JSON {
		return writeJSON(v.Out, recordDocument{Envelope{"record", 1}, r})
	}
	p := v.outPage()
	p.line(0, raw(r.Address.String()).as(bold))
	var rows [][]span
	add := func(label, value lang.Text) {
		if !value.IsZero() {
			rows = append(rows, []span{words(label).as(faint), words(value)})
		}
	}
	row := func(label lang.Text, value string) { add(label, lang.Same(value)) }
	row(lang.T("remote id", "平台 ID"), r.RemoteID)
	for _, id := range r.SKUIDs {
		row(lang.Same("SKU "+id.OutSKUID), id.SKUID)
	}
	row(lang.T("content", "内容标识"), strings.TrimSpace(r.Stamp+" "+r.Version))
	row(lang.T("submitted", "提交时间"), clockOf(r.SubmittedAt))
	row(lang.T("audit id", "审核单号"), r.AuditID)
	row(lang.T("on removal", "移除时"), string(r.OnRemove))
	add(lang.T("open", "未结事项"), semicolons(conditions(r)))
	for _, path := range slices.Sorted(maps.Keys(r.Memo)) {
		if r.Memo[path] == state.Sent {
			continue // the SKU's own fields follow
		}
		row(lang.Same(path), r.Memo[path])
	}
	p.table(2, rows)
	return p.flush(v.Out)
}

// StateRemoved says that an object is no longer remembered.
func (v *View) StateRemoved(a schema.Address) error {
	return v.Line(lang.F("%s is forgotten. The shop was not touched; the next plan adopts it again if it is declared.",
		"已从状态中移除 %s。店铺没有变化；若文件仍声明它，下次 plan 会重新纳入管理。", a))
}

func clockOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return clock(*t)
}
