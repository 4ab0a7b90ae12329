package state

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/schema"
)

// The newest approval takes little room where it repeats what the record says, and
// is the same verdict after it was read.
func TestAnApprovalIsFolded(t *testing.T) {
	sent := time.Date(2026, 11, 22, 8, 0, 0, 5, time.UTC)
	second, said := sent.Truncate(time.Second), sent.Add(2*time.Hour).Truncate(time.Second)
	later := second.Add(time.Second)
	whole := Verdict{Kind: VerdictApproved, At: said, SubmittedAt: &second, Category: "1445", Stamp: "sc1-1", Said: "双十一"}
	for _, test := range []struct {
		name   string
		change func(*Record, *Verdict)
		want   string // "" for one that is written out
	}{
		{"as the record says", func(*Record, *Verdict) {}, `"approved":{"at":"2026-11-22T10:00:00Z"}`},
		{"by the platform's clock", func(_ *Record, v *Verdict) { v.SubmittedAt = &later },
			`"approved":{"at":"2026-11-22T10:00:00Z","submitted_at":"2026-11-22T08:00:01Z"}`},
		{"after a rejection", func(r *Record, _ *Verdict) { r.Judge(Verdict{Kind: VerdictRejected, At: said, Stamp: "sc1-0"}) },
			`"history":[{"verdict":"rejected","at":"2026-11-22T10:00:00Z","stamp":"sc1-0"}],"approved":{"at":"2026-11-22T10:00:00Z"}`},
		{"of other content", func(_ *Record, v *Verdict) { v.Stamp = "sc1-0" }, ""},
		{"in another category", func(_ *Record, v *Verdict) { v.Category = "1" }, ""},
		{"for another reason", func(_ *Record, v *Verdict) { v.Said = "" }, ""},
		{"submitted nobody knows when", func(_ *Record, v *Verdict) { v.SubmittedAt = nil }, ""},
		{"a rejection", func(_ *Record, v *Verdict) { v.Kind = VerdictRejected }, ""},
		{"an edit followed", func(r *Record, v *Verdict) {
			r.Judge(*v)
			*v = Verdict{Kind: VerdictEdited, At: said.Add(time.Hour), Said: "双十一"}
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &Record{Address: schema.Address{Kind: schema.KindSPU, Name: "719"}, Stamp: "sc1-1", SubmittedAt: &sent,
				Memo: Memo{"third_cat_id": "1445", "sku.third_cat_id": Sent, "sku.third_cat_id.weight": "7"}, Reason: "双十一"}
			v := whole
			test.change(r, &v)
			r.Judge(v)
			line, err := r.line(nil)
			must(t, err)
			if folded := strings.Contains(string(line), `"approved":{`); folded != (test.want != "") || !strings.Contains(string(line), test.want) {
				t.Errorf("written %s\nwant %q in it", line, test.want)
			}
			full, err := json.Marshal(r)
			must(t, err)
			for _, text := range []string{string(line), string(full)} {
				var read Record
				must(t, json.Unmarshal([]byte(text), &read))
				if !read.Equal(r) {
					t.Errorf("%s is read as %+v, want %+v", text, read.History, r.History)
				}
			}
			samePlain(t, string(line))
		})
	}
}
