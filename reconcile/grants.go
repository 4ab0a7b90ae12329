package reconcile

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// merchant compares the settings as a whole, because they are sent as a whole.
func (pl *planner) merchant() verdict {
	want, rec := pl.cat.Merchant, pl.record(merchantAddress)
	if want == nil {
		return forgotten(rec, false)
	}
	v := verdict{known: true}
	have := &schema.Merchant{}
	switch {
	case pl.obs != nil && pl.obs.Merchant != nil:
		m := *pl.obs.Merchant
		have = &m
	case pl.obs == nil && rec != nil:
		have = want // not read: trust the record below
	}
	memo := memoOfObject(&schema.Merchant{}, want)
	if have.DefaultReceivingAddress == nil && rec != nil && sameAddressMemo(rec.Memo, memo) {
		have.DefaultReceivingAddress = want.DefaultReceivingAddress // older platforms do not show it
	}
	diffs := fieldDiffs(have, want)
	if pl.obs == nil && rec != nil {
		diffs = memoDiffs(rec.Memo, memo, func(string) schema.Cost { return schema.CostFree })
	}
	if len(diffs) == 0 {
		if rec == nil {
			v.adopted = true
			v.learned = &state.Record{Address: merchantAddress, Memo: memo}
		}
		return v
	}
	for i := range diffs {
		diffs[i].Cause = comparison{rec: rec}.cause(&diffs[i])
		if diffs[i].Old == "" && rec == nil {
			diffs[i].Cause = CauseFile // it was never set
		}
	}
	v.change = &Change{Steps: []Op{OpUpdateMerchant}, Fields: diffs}
	return v
}

// addressField is the pointer member of Merchant that is compared as one.
const addressField = "default_receiving_address"

func sameAddressMemo(sent, want map[string]string) bool {
	return sent[addressField] != "" && sent[addressField] == want[addressField]
}

// forgotten is the verdict on an object that left the files and that nothing in
// the shop must follow: only the record goes.
func forgotten(rec *state.Record, auditRuns bool) verdict {
	if rec == nil {
		return verdict{}
	}
	c := &Change{Steps: []Op{OpForget}, Cause: CauseFile}
	if auditRuns {
		c.Notes = append(c.Notes, lang.T(
			"its audit cannot be taken back and goes on",
			"它的审核无法撤回，会继续进行"))
	}
	return verdict{change: c}
}

// A claim is a declared brand or qualification: something the platform grants
// after an audit that can be neither listed nor taken back.
type claim struct {
	addr     schema.Address
	title    string
	stamp    string
	fields   []FieldDiff // all that is declared
	memo     map[string]string
	submit   Op
	given    bool   // granted = true in the files: nothing is ever submitted for it
	granted  bool   // the shop's own list shows it
	remoteID string // brand_id, or the leaf id
}

// readClaims looks the declared brands and qualifications up in the shop's lists.
func (pl *planner) readClaims() {
	pl.claims = make(map[schema.Address]*claim, len(pl.cat.Brands)+len(pl.cat.Qualifications))
	for name, b := range pl.cat.Brands {
		c := &claim{addr: brandAddress(name), title: b.BrandWording, stamp: b.Stamp(), submit: OpSubmitBrand, given: b.Granted, fields: fieldDiffs(&schema.Brand{}, b)}
		if pl.obs != nil {
			grant, ok := pl.obs.Brands[b.BrandWording]
			c.granted, c.remoteID = ok, grant.BrandID
		}
		pl.claims[c.addr] = c
	}
	for name, q := range pl.cat.Qualifications {
		c := &claim{addr: schema.Address{Kind: schema.KindQualification, Name: name}, stamp: q.Stamp(), submit: OpSubmitCategory, given: q.Granted, fields: fieldDiffs(&schema.Qualification{}, q)}
		c.title = pl.categoryLabel(q.Category.String())
		c.remoteID = strconv.FormatUint(q.Category.ID, 10)
		c.granted = pl.obs != nil && pl.obs.Categories[q.Category.ID]
		pl.claims[c.addr] = c
	}
	for _, c := range pl.claims {
		c.memo = make(map[string]string, len(c.fields))
		for _, d := range c.fields {
			c.memo[d.Path] = memoValue(d.New)
		}
	}
}

// changed are the fields that differ from what was sent last, which is known by
// its memo alone: a long old value cannot be shown again.
func (c *claim) changed(sent map[string]string) []FieldDiff {
	var diffs []FieldDiff
	for _, d := range c.fields {
		if old := sent[d.Path]; old != c.memo[d.Path] {
			d.Old, d.Cause = "", CauseFile
			if !strings.HasPrefix(old, "#") {
				d.Old = old
			}
			diffs = append(diffs, d)
		}
	}
	return diffs
}

const (
	// auditGrace is how long the platform may deny knowledge of an audit before
	// it counts as lost: minutes were observed, three days once (reference section 6.3).
	auditGrace = 24 * time.Hour
	// auditRetry is how long to wait after the platform said that an audit runs
	// whose id we do not know (1050009): the refusal may outlive a verdict by
	// hours (reference sections 6.2, 6.5).
	auditRetry = 6 * time.Hour
	// auditSettle is how long to watch the lists of grants for the outcome of a
	// submission that was not answered, before it is submitted again.
	auditSettle = 10 * time.Second
)

// grant decides about a brand or a qualification.
func (pl *planner) grant(addr schema.Address) verdict {
	rec := pl.record(addr)
	c := pl.claims[addr]
	if c == nil {
		return forgotten(rec, rec != nil && rec.AuditPending)
	}
	v := verdict{known: true}
	next := rec.Clone()
	if next == nil {
		next = &state.Record{Address: addr}
	}
	if c.given {
		return pl.given(c, rec, next)
	}
	if c.granted && rec == nil {
		v.adopted = true
		next.RemoteID, next.Stamp, next.Memo = c.remoteID, c.stamp, c.memo
		v.learned = next
		return v
	}
	pl.readVerdict(c, next)
	v.change = pl.decideGrant(c, next)
	if !rec.Equal(next) && rec != nil {
		v.learned = next
	}
	return v
}

// given decides about what the shop is said to have already. Where the shop was
// not read, the files are believed.
func (pl *planner) given(c *claim, rec, next *state.Record) verdict {
	v := verdict{known: true}
	if pl.obs != nil && !c.granted {
		v.change = &Change{Title: c.title, Cause: CauseDrift, Block: &Block{Kind: BlockNotGranted}}
		return v
	}
	pl.readVerdict(c, next)
	if !rec.Equal(next) && pl.obs != nil {
		v.adopted, v.learned = rec == nil, next
	}
	return v
}

// readVerdict brings the record up to what the platform says of the audit.
func (pl *planner) readVerdict(c *claim, rec *state.Record) {
	if c.granted {
		rec.RemoteID = c.remoteID
	}
	if rec.AuditID == "" {
		if c.granted && rec.AuditPending {
			rec.AuditPending = false
			pl.judgeClaim(c, rec, state.VerdictApproved, "")
		}
		return
	}
	if pl.obs == nil {
		return
	}
	switch answer := pl.obs.Verdicts[rec.AuditID]; answer.Status {
	case provider.VerdictPassed:
		if answer.BrandID != "" {
			rec.RemoteID = answer.BrandID
		} else if rec.RemoteID == "" {
			rec.RemoteID = c.remoteID
		}
		rec.Rejected = nil
		rec.AuditID, rec.AuditPending = "", false
		pl.judgeClaim(c, rec, state.VerdictApproved, "")
	case provider.VerdictRejected:
		rec.Rejected = &state.Rejection{Stamp: rec.Stamp, Reason: answer.Reason, At: pl.obs.At}
		rec.AuditID, rec.AuditPending = "", false
		pl.judgeClaim(c, rec, state.VerdictRejected, answer.Reason)
	}
}

func (pl *planner) decideGrant(c *claim, rec *state.Record) *Change {
	resubmit := pl.pol.Resubmit[c.addr]
	change := &Change{Title: c.title, Again: rec.Stamp != ""}
	intent := pl.open(c.addr)
	switch {
	case resubmit:
	case rec.AuditPending && !pl.auditLost(rec):
		change.Cause = CauseReview
		change.Waits = []Wait{auditWait(rec, nil)}
		if rec.Stamp != c.stamp {
			change.Notes = append(change.Notes, lang.T(
				"the files have changed since; an audit cannot be taken back, so the new content follows after the verdict",
				"文件在提交之后又有改动；审核无法撤回，新内容会在出结果后再提交"))
		}
		return change
	case intent != nil && !c.granted && !rec.AuditPending && pl.pol.Now.Sub(intent.At) < auditSettle:
		change.Cause = CauseReview
		change.Waits = []Wait{auditWait(rec, intent)}
		change.Fields = c.changed(rec.Memo) // what is submitted again unless it turns out to have arrived
		return change
	case rec.Rejected != nil && rec.Rejected.Stamp == c.stamp:
		change.Cause = CauseRejection
		change.Block = &Block{Kind: BlockRejected, Reason: rec.Rejected.Reason, At: timePtr(rec.Rejected.At)}
		return change
	case rec.RemoteID != "" && (rec.Stamp == "" || rec.Stamp == c.stamp):
		return nil
	}
	change.Steps = []Op{c.submit}
	change.Cause = CauseFile
	change.Fields = c.changed(rec.Memo)
	if rec.Stamp == c.stamp && rec.SubmittedAt != nil {
		change.Cause = CauseRejection
	}
	return change
}

// auditWait is the wait for an audit: one of known id, one that the platform
// says is running, or one whose submission (intent) was not answered.
func auditWait(rec *state.Record, intent *state.Intent) Wait {
	w := Wait{Kind: WaitAudit, Since: rec.SubmittedAt, AuditUnknown: rec.AuditID == ""}
	switch {
	case intent != nil:
		w.Since, w.Until = &intent.At, timePtr(intent.At.Add(auditSettle))
	case rec.AuditID == "" && rec.SubmittedAt != nil:
		w.Until = timePtr(rec.SubmittedAt.Add(auditRetry))
	}
	return w
}

// auditLost reports whether it is time to stop waiting for a verdict and to
// submit again: the platform does not know the audit, or we do not know its id
// and have watched the lists of grants for long enough.
func (pl *planner) auditLost(rec *state.Record) bool {
	if rec.SubmittedAt == nil || pl.obs == nil {
		return false
	}
	since := pl.pol.Now.Sub(*rec.SubmittedAt)
	if rec.AuditID == "" {
		return since > auditRetry
	}
	answer, asked := pl.obs.Verdicts[rec.AuditID]
	return asked && answer.Status == provider.VerdictUnknown && since > auditGrace
}

// granted reports whether a brand or qualification may be used by products now.
func (pl *planner) granted(addr schema.Address) bool {
	switch addr.Kind {
	case schema.KindBrand:
		return pl.brandID(addr) != ""
	case schema.KindQualification:
		c, rec := pl.claims[addr], pl.record(addr).Clone()
		if c == nil || c.granted || rec == nil || pl.missing(c) {
			return c != nil && c.granted
		}
		pl.readVerdict(c, rec)
		return rec.RemoteID != ""
	}
	return true
}

// brandID is the platform's id of a declared brand, "" while it is not granted.
func (pl *planner) brandID(addr schema.Address) string {
	c := pl.claims[addr]
	if c == nil {
		return ""
	}
	if c.granted {
		return c.remoteID
	}
	rec := pl.record(addr).Clone()
	if rec == nil || pl.missing(c) {
		return ""
	}
	pl.readVerdict(c, rec)
	return rec.RemoteID
}

// missing reports whether the shop, which was read, does not have what the files
// say it has.
func (pl *planner) missing(c *claim) bool { return c.given && pl.obs != nil && !c.granted }

// memoDiffs compares what was sent with what is wanted, where the shop shows
// neither. Long values were remembered by digest and cannot be shown again.
func memoDiffs(sent, want map[string]string, cost func(path string) schema.Cost) []FieldDiff {
	var diffs []FieldDiff
	for _, path := range sortedKeys(sent, want) {
		if sent[path] == want[path] {
			continue
		}
		diffs = append(diffs, FieldDiff{Path: path, Kind: FieldText, Old: sent[path], New: want[path], Cost: cost(path), Cause: CauseFile})
	}
	return diffs
}
