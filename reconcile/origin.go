package reconcile

import (
	"slices"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Where a copy came from. Mostly its info_version tells. The platform need not
// echo that (reference section 12.1), nor show the rest as it was sent, and then
// the times and the review of the product tell what they can.

// from is the comparison for one copy of a product. open is the call whose outcome
// is not known, if any.
func (c comparison) from(open *state.Intent, have *provider.Product, one *provider.Copy) comparison {
	submitted := c.rec != nil && c.rec.SubmittedAt != nil // what was found online and adopted was not
	c.older = submitted && one != have.Draft && have.Draft != nil && !samePictures(have.Draft, one) && unsettled(have.Review)
	if c.older {
		return c
	}
	c.arrived = open != nil && c.carried(open, have) && c.shows(one)
	last := one == have.Draft || have.Draft == nil || !unsettled(have.Review) // what buyers see may be older
	c.ours = last && submitted && untouched(have, *c.rec.SubmittedAt)
	return c
}

// unsettled reports whether the draft is not what buyers see: its review has not
// passed.
func unsettled(review provider.Review) bool {
	return review == provider.ReviewNotAudited || review == provider.ReviewRunning || review == provider.ReviewRejected
}

// samePictures reports whether two copies show their pictures under the same URLs.
func samePictures(a, b *provider.Copy) bool {
	same := func(a, b []schema.Image) bool {
		return slices.EqualFunc(a, b, func(a, b schema.Image) bool { return a.URL == b.URL })
	}
	thumbs := make(map[string]string, len(a.SPU.SKUs))
	for _, sku := range a.SPU.SKUs {
		thumbs[sku.OutSKUID] = sku.ThumbImg.URL
	}
	return same(a.SPU.HeadImg, b.SPU.HeadImg) && same(a.SPU.QualificationPics, b.SPU.QualificationPics) &&
		same(a.SPU.DescInfo.Imgs, b.SPU.DescInfo.Imgs) &&
		!slices.ContainsFunc(b.SPU.SKUs, func(sku schema.SKU) bool {
			url, known := thumbs[sku.OutSKUID]
			return known && url != sku.ThumbImg.URL
		})
}

// carried reports whether the call that was announced would explain what the shop
// holds, and nothing earlier does: the content was submitted since, or it is there
// and was not before, or it has words that nothing earlier had.
func (c comparison) carried(open *state.Intent, have *provider.Product) bool {
	if open.Stamp != c.stamp {
		return false
	}
	since := !have.SubmittedAt.IsZero() && !have.SubmittedAt.Before(open.At.Add(-clockError)) &&
		(c.rec == nil || c.rec.SubmittedAt == nil || open.At.Sub(*c.rec.SubmittedAt) > 2*clockError)
	switch Op(open.Call) {
	case OpAdd:
		return since || have.SubmittedAt.IsZero()
	case OpUpdate:
		return since || c.otherWords()
	}
	return false
}

// shows reports whether a copy has the wanted words and SKUs.
func (c comparison) shows(one *provider.Copy) bool {
	got := c.sight(&one.SPU).inTermsOfWant()
	return !slices.ContainsFunc(fieldDiffs(&got, c.want), wordsOrSKU)
}

// clockError is how far the platform's clock, as its replies tell it in whole
// seconds, may be from the times that it writes down.
const clockError = 2 * time.Second

// otherWords reports whether what was last sent differs from what is wanted in
// something that every copy shows as it was sent.
func (c comparison) otherWords() bool {
	rec := c.rec.Unpacked()
	if !rec.Remembers() {
		return false
	}
	return slices.ContainsFunc(memoDiffs(rec.Memo, memoOf(c.want), costOfPath(c.want)), wordsOrSKU)
}

func wordsOrSKU(d FieldDiff) bool {
	_, comesOrGoes := comesOrGoes(d)
	return d.Kind == FieldSKU || comesOrGoes || slices.Contains(plainWords, d.Path)
}

// plainWords are fields that are always shown, and as they were sent.
var plainWords = []string{"title", "path", "desc_info.desc", "category", "brand"}

// untouched reports whether a product that we submitted at the time of ours shows
// nothing later: no other submission, and no edit.
func untouched(have *provider.Product, ours time.Time) bool {
	submitted := have.SubmittedAt
	if submitted.IsZero() { // not shown (reference section 8.5)
		submitted = have.UpdatedAt
	}
	took := ours.Sub(submitted) // ours is taken when the answer came
	return !submitted.IsZero() && took >= -clockError && took <= answerTime && have.UpdatedAt.Sub(submitted) < clockError
}

// answerTime is how long the answer to a submission may take.
const answerTime = time.Minute
