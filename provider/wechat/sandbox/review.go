package sandbox

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Verdict is what a reviewer was told to decide about a product, a brand or a
// category, instead of what the rules say.
type Verdict struct {
	Pass   bool     `json:"pass"`
	Reason string   `json:"reason,omitempty"` // of a rejection, as the merchant reads it
	After  Duration `json:"after,omitempty"`  // from the start of the review; 0: the knob's delay
	Once   bool     `json:"once,omitempty"`   // only for one review; otherwise until it is cleared
}

// settle makes everything happen whose time has come: pushes into review,
// verdicts, the administrator's confirmation. There are no timers: it runs
// before each request, and each thing happens at its own time, not at the
// request's. So a shop looks the same however often it is asked.
func (s *Sandbox) settle(now time.Time, c changes) {
	s.pushTicket(now, c)
	for {
		due := s.due(now)
		if len(due) == 0 {
			return
		}
		slices.SortFunc(due, func(a, b occurrence) int {
			return cmp.Or(a.at.Compare(b.at), strings.Compare(a.of.key(), b.of.key()))
		})
		for _, e := range due {
			e.happen(e.at)
			c.add(e.of)
		}
		c.add(s.account) // grants and tasks
		c.add(s.scripts) // used up
	}
}

// occurrence is something that happens to a row at a time.
type occurrence struct {
	at     time.Time
	of     record
	happen func(at time.Time)
}

// due is the next thing that happens to each row that waits, if its time has come.
func (s *Sandbox) due(now time.Time) []occurrence {
	var list []occurrence
	add := func(of record, from time.Time, delay Duration, happen func(time.Time)) {
		if at := from.Add(time.Duration(delay)); delay >= 0 && !at.After(now) {
			list = append(list, occurrence{at, of, happen})
		}
	}
	for _, p := range s.underway {
		if p.Waiting {
			add(p, p.Submitted, s.knobs.PushDelay, p.begin)
		} else {
			add(p, p.Pushed, s.productDelay(p), func(at time.Time) { s.judgeProduct(p, at) })
		}
	}
	for _, a := range s.audits {
		if a.Status == auditPending {
			add(a, a.Submitted, delayOf(s.scriptOf(a), s.knobs.GrantAuditDelay), func(at time.Time) { s.judgeAudit(a, at) })
		}
	}
	if a := s.account; a.Applied {
		add(a, a.AppliedAt, s.knobs.AgreementDelay, s.join)
	}
	if a := s.account; a.Scene.Status == sceneInAudit {
		add(a, a.Scene.Applied, s.knobs.SceneDelay, s.openScene)
	}
	return list
}

func delayOf(v Verdict, otherwise Duration) Duration {
	if v.After != 0 {
		return v.After
	}
	return otherwise
}

func (s *Sandbox) productDelay(p *product) Duration {
	if p.Quick {
		return 0
	}
	return delayOf(s.scripts.Products[p.OutProductID], s.knobs.AuditDelay)
}

// begin is the push into review: edit_status 1 to 2.
func (p *product) begin(at time.Time) {
	p.Waiting, p.EditStatus, p.Pushed = false, editInReview, at
}

// judgeProduct ends a review by the script, or by the rules.
func (s *Sandbox) judgeProduct(p *product, at time.Time) {
	reason := reviewProduct(p)
	if v, scripted := s.scripts.Products[p.OutProductID]; scripted {
		reason = v.reason()
		if v.Once {
			delete(s.scripts.Products, p.OutProductID)
		}
	}
	delete(s.underway, p.OutProductID)
	if reason != "" {
		s.reject(p, reason, at)
	} else {
		s.approve(p, at)
	}
}

func (v Verdict) reason() string {
	if v.Pass {
		return ""
	}
	return orElse(v.Reason, "你好，该提审商品不符合平台规范，请修改后重新提审")
}

// reviewProduct is the default reviewer: nothing that looks like a test.
func reviewProduct(p *product) (reason string) {
	title := strings.ToLower(p.Draft.Title)
	if strings.Contains(title, "测试") || strings.Contains(title, "test") {
		return "你好，该提审商品标题含有“测试”字样，疑似测试商品，请提供真实的商品标题、主图和详情后重新提审"
	}
	return ""
}

// approve makes the draft the online copy, and puts the product on the shelf
// the first time.
func (s *Sandbox) approve(p *product, at time.Time) {
	first := p.Online == nil
	online := p.Draft.clone()
	p.Online, p.EditStatus, p.Audited, p.Reason = &online, editApproved, at, ""
	s.account.Tasks["spu_audit_success"] = 1
	banned := p.Status == statusBanned
	switch {
	case first && p.Status == statusInitial && !s.knobs.KeepUnlisted,
		p.Status == statusDelisted && s.knobs.RelistOnApproval,
		banned && !s.knobs.KeepBanned:
		p.Status = statusListed
	}
	s.announceVerdict(p, at)
	if banned && p.Status == statusListed {
		p.BanReason = ""
		s.announceStatus(p, at)
	}
}

// reject leaves the online copy alone.
func (s *Sandbox) reject(p *product, reason string, at time.Time) {
	p.EditStatus, p.Audited, p.Reason = editRejected, at, reason
	p.Rejected++
	s.announceVerdict(p, at)
}

// scriptOf is what the console said about a brand or category audit.
func (s *Sandbox) scriptOf(a *audit) Verdict {
	if a.Type == auditOfBrand {
		return s.scripts.Brands[a.Wording]
	}
	return s.scripts.Categories[strconv.Itoa(a.Leaf)]
}

func (s *Sandbox) judgeAudit(a *audit, at time.Time) {
	reason := reviewAudit(a, at)
	byID, id := s.scripts.Brands, a.Wording
	if a.Type == auditOfCategory {
		byID, id = s.scripts.Categories, strconv.Itoa(a.Leaf)
	}
	if v, scripted := byID[id]; scripted {
		reason = v.reason()
		if v.Once {
			delete(byID, id)
		}
	}
	s.endAudit(a, reason, at)
}

func (s *Sandbox) endAudit(a *audit, reason string, at time.Time) {
	a.Audited, a.Reason, a.Status = at, reason, auditRejected
	if reason == "" {
		a.Status = auditPassed
		if a.Type == auditOfBrand {
			a.BrandID = s.account.grantBrand(a.Wording)
		} else {
			s.account.grantCategory(a.Leaf)
		}
	}
	s.announceAudit(a, at)
}

// join opens the component: the administrator has confirmed the agreement.
func (s *Sandbox) join(at time.Time) {
	a := s.account
	a.Applied, a.Joined, a.JoinedAt = false, true, at
	s.announceRegister(at)
}

func (s *Sandbox) openScene(at time.Time) {
	s.account.Scene.Status = scenePassed
	s.announceScene(at)
}
