package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// mute is the SPU as a platform shows it that echoes no info_version and gives
// every picture another URL each time (reference sections 8.4 and 12.1).
func mute(s *schema.SPU, reading int) *provider.Copy {
	c := shopCopy(s)
	c.SPU.InfoVersion = ""
	other := func(images []schema.Image) {
		for i := range images {
			images[i].URL = fmt.Sprintf("%s?reading=%d", images[i].URL, reading)
			images[i].Key = schema.ImageKey(images[i].URL)
		}
	}
	other(c.SPU.HeadImg)
	other(c.SPU.DescInfo.Imgs)
	for i := range c.SPU.SKUs {
		one := []schema.Image{c.SPU.SKUs[i].ThumbImg}
		other(one)
		c.SPU.SKUs[i].ThumbImg = one[0]
	}
	return c
}

// A submission whose answer was lost is known again on a platform that does not
// echo its stamp, and what was never submitted is not taken for it.
func TestAMutePlatformIsAskedWhatItHolds(t *testing.T) {
	announced := tableNow.Add(-time.Minute)
	newHead := func(s *schema.SPU) { s.HeadImg = []schema.Image{picture("new1"), picture("new2")} }
	newTitle := func(s *schema.SPU) { s.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"; newHead(s) }
	tests := []struct {
		name      string
		edit      func(*schema.SPU)
		call      Op
		arrived   bool
		submitted time.Time // as the platform shows it
		plan      string
	}{
		{"new words, arrived", newTitle, OpUpdate, true, time.Time{}, "spu.719 wait:review"},
		{"new words, lost on the way", newTitle, OpUpdate, false, time.Time{}, "spu.719 update"},
		{"new pictures, arrived, and its time is shown", newHead, OpUpdate, true, announced.Add(time.Second), "spu.719 wait:review"},
		{"new pictures, lost on the way", newHead, OpUpdate, false, announced.Add(-time.Hour), "spu.719 update"},
		{"new pictures, nothing tells", newHead, OpUpdate, true, time.Time{}, "spu.719 withdraw update"},
		{"a new product, arrived", func(*schema.SPU) {}, OpAdd, true, time.Time{}, "spu.719 wait:review"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := inSync()
			old := blanket()
			test.edit(w.want)
			w.have.Online, w.have.Draft, w.have.SubmittedAt = mute(old, 1), mute(old, 2), test.submitted
			if test.arrived {
				w.have.Draft, w.have.Review = mute(w.want, 2), provider.ReviewRunning
			}
			if test.call == OpAdd {
				delete(w.st.Records, w.rec.Address)
				w.have.Online, w.have.Shelf = nil, provider.ShelfInitial
			}
			w.st.Intents[7] = state.Intent{Address: w.rec.Address, Call: string(test.call), Stamp: w.want.Stamp(), At: announced}
			if got := w.words(); got != test.plan {
				t.Errorf("plan %q, want %q", got, test.plan)
			}
		})
	}
}

// New pictures that were turned down are not taken for what buyers see, although
// the platform echoes no stamp that would tell the two apart.
func TestAMuteRejectionIsSeen(t *testing.T) {
	w := inSync()
	old := blanket()
	w.want.HeadImg = []schema.Image{picture("new1"), picture("new2")}
	submitted := tableNow.Add(-time.Hour)
	w.rec.Stamp, w.rec.Memo, w.rec.SubmittedAt = w.want.Stamp(), memoOf(w.want), &submitted
	w.have.Online, w.have.Draft, w.have.Review, w.have.Reason = mute(old, 1), mute(w.want, 2), provider.ReviewRejected, "主图模糊"
	if got, want := w.words(), "spu.719 block:rejected"; got != want {
		t.Errorf("plan %q, want %q", got, want)
	}
}

// What we submitted is not submitted again because the platform shows some of it
// otherwise, or not at all; what somebody edited since is.
func TestShownOtherwiseThanSent(t *testing.T) {
	submitted := tableNow.Add(-time.Hour)
	tests := []struct {
		name                   string
		shown                  func(*schema.SPU)
		submittedAt, updatedAt time.Time
		plan                   string
	}{
		{"escaped", func(s *schema.SPU) { s.Path = "pages/p?id&#61;719" }, submitted, submitted, ""},
		{"not echoed", func(s *schema.SPU) { s.DescInfo.Desc = "" }, submitted, submitted, ""},
		{"without attributes", func(s *schema.SPU) { s.SKUs[0].SKUAttrs, s.SKUs[1].SKUAttrs = nil, nil }, submitted, submitted, ""},
		{"its time of submission is not shown", func(s *schema.SPU) { s.DescInfo.Desc = "" }, time.Time{}, submitted, ""},
		{"submitted again since, by somebody else", func(s *schema.SPU) { s.DescInfo.Desc = "后台改过" }, tableNow.Add(-time.Minute), tableNow.Add(-time.Minute), "spu.719 update"},
		{"a SKU is gone, and no time tells", func(s *schema.SPU) { s.SKUs = s.SKUs[:1] }, submitted, submitted, "spu.719 update"},
		{"edited since, on a platform whose times do not tell", func(s *schema.SPU) { s.DescInfo.Desc = "后台改过" }, submitted, submitted, "spu.719 update"},
		{"a title in other words, and no time tells", func(s *schema.SPU) { s.Title = "后台改过的毛毯标题" }, submitted, submitted, "spu.719 update"},
		{"edited since", func(s *schema.SPU) { s.DescInfo.Desc = "后台改过" }, submitted, tableNow.Add(-time.Minute), "spu.719 update"},
		{"a price is as it is shown", func(s *schema.SPU) { s.SKUs[0].SalePrice = 1 }, submitted, submitted, "spu.719 update-free"},
		{"no time is shown", func(s *schema.SPU) { s.DescInfo.Desc = "" }, time.Time{}, time.Time{}, "spu.719 update"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := inSync()
			answered := submitted.Add(3 * time.Second)
			w.rec.SubmittedAt = &answered
			w.have.SubmittedAt, w.have.UpdatedAt = test.submittedAt, test.updatedAt
			online(w, test.shown)
			if got := w.words(); got != test.plan {
				t.Errorf("plan %q, want %q", got, test.plan)
			}
		})
	}
}

// A platform that shows other words than it was sent, and whose times do not tell
// of an edit, is believed to do so by itself once they were put right in vain.
func TestOtherWordsArePutRightOnce(t *testing.T) {
	for repushed, want := range map[bool]string{false: "spu.719 update", true: ""} {
		w := inSync()
		submitted := tableNow.Add(-time.Hour)
		w.rec.SubmittedAt, w.rec.Repushed = &submitted, repushed
		w.have.SubmittedAt, w.have.UpdatedAt = submitted, submitted
		online(w, func(s *schema.SPU) { s.DescInfo.Desc = "平台改写" })
		if got := w.words(); got != want {
			t.Errorf("sent twice: %v: plan %q, want %q", repushed, got, want)
		}
	}
}

// An author's own info_version that the platform does not show, or shows in another
// spelling, is no reason to submit again.
func TestAnAuthorsVersionNeedNotBeEchoed(t *testing.T) {
	for _, shown := range []string{"", "rev-a"} {
		w := inSync()
		w.want.InfoVersion = "Rev-A"
		submitted := tableNow.Add(-time.Hour)
		w.rec.Stamp, w.rec.Version, w.rec.Memo, w.rec.SubmittedAt = w.want.Stamp(), "Rev-A", memoOf(w.want), &submitted
		w.have.SubmittedAt, w.have.UpdatedAt = submitted, submitted
		w.have.Draft, w.have.Online = shopCopy(w.want), shopCopy(w.want)
		online(w, func(s *schema.SPU) { s.InfoVersion = shown })
		for i, image := range w.have.Draft.SPU.HeadImg {
			w.st.Images[w.want.HeadImg[i].Key] = state.ImageRecord{URL: image.URL}
		}
		if got := w.words(); got != "" {
			t.Errorf("shown as %q: plan %q, want none", shown, got)
		}
	}
}

// What buyers see while new words are under review, or after these were turned
// down, is older content, and not ours shown otherwise.
func TestOlderWordsAreNotShownOtherwise(t *testing.T) {
	for review, want := range map[provider.Review]string{provider.ReviewNotAudited: "spu.719 wait:push", provider.ReviewRunning: "spu.719 wait:review", provider.ReviewRejected: "spu.719 block:rejected"} {
		w := inSync()
		w.want.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
		submitted := tableNow.Add(-time.Minute)
		w.rec.Stamp, w.rec.Memo, w.rec.SubmittedAt = w.want.Stamp(), memoOf(w.want), &submitted
		w.have.Draft, w.have.Review, w.have.SubmittedAt, w.have.UpdatedAt = shopCopy(w.want), review, submitted, submitted
		for _, c := range []*provider.Copy{w.have.Draft, w.have.Online} {
			c.SPU.HeadImg = rewritten(w.want.HeadImg)
		}
		if got := w.words(); got != want {
			t.Errorf("review %d: plan %q, want %q", review, got, want)
		}
	}
}
