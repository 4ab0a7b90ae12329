package reconcile

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// A comparison puts a declared SPU beside a copy that the shop shows.
//
// The shop's words are not always enough to tell: picture URLs come back
// rewritten, optional members are not echoed, lists come in another order. Two
// things help out. The info_version of the copy names the submission it came
// from; when that is the wanted content, or the content that our record
// remembers, what the shop does not show is taken from there. And a picture URL
// that we have handed out ourselves names its picture.
type comparison struct {
	want  *schema.SPU
	stamp string // of want
	rec   *state.Record
	// keys are the pictures we know by URL; brand is the wanted brand as the
	// shop would name it, empty while it is not granted.
	keys  map[string]schema.ImageKey
	url   func(schema.ImageKey) (url string, known bool)
	brand schema.BrandRef
	// arrived, ours and older are what the product tells of the copy beside its
	// content; see origin.
	arrived, ours, older bool
}

// differences says where the copy is not as declared, in field order. The
// result is nil when it is.
func (c comparison) differences(have *provider.Copy) []FieldDiff {
	want := *c.want
	if want.InfoVersion == "" {
		want.InfoVersion = have.SPU.InfoVersion // a stamp of ours or anybody's: not the author's field
	}
	got := c.sight(&have.SPU).inTermsOfWant()
	if got.SameContent(&want) {
		return nil
	}
	if composed := have.SPU.Composed(); composed != &have.SPU {
		got = c.sight(composed).inTermsOfWant()
	}
	if string(schema.Canonical(&want)) == string(schema.Canonical(&got)) {
		return nil
	}
	c.rec = c.rec.Unpacked()
	diffs := fieldDiffs(&got, &want)
	for i := range diffs {
		d := &diffs[i]
		if d.Cost == schema.CostInitial {
			d.Cost = schema.CostFree // only compared at all when the author manages stock
		}
		d.Cause = c.cause(d)
	}
	if c.ours && c.rec.Remembers() && c.rec.Stamp == c.stamp {
		// The platform shows some of what we sent otherwise than it was sent, or not
		// at all. To send it again would change nothing but the budget.
		diffs = slices.DeleteFunc(diffs, func(d FieldDiff) bool {
			return d.Cost == schema.CostReview && d.Cause == CauseDrift && (c.rec.Repushed || d.shownOtherwise())
		})
	}
	return diffs
}

// shownOtherwise reports whether the shop's value can be the wanted one in another
// form: a text that is cut off, left out, escaped, trimmed or in other letters, or a
// picture under another URL. Anything else is taken for somebody's edit, even where
// the platform's times do not tell of one; if it is none, one more submission shows it.
func (d *FieldDiff) shownOtherwise() bool {
	switch d.Kind {
	case FieldPictures:
		return true
	case FieldText:
		return strings.HasPrefix(d.New, d.Old) || strings.EqualFold(plainForm(d.Old), plainForm(d.New))
	}
	return false
}

// plainForm is a text without what a web form may do to it.
func plainForm(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }

// A sighting is one copy of a comparison with what is known of its origin.
type sighting struct {
	comparison
	have *schema.SPU
	// holdsWanted is set when the copy came from a submission of the wanted
	// content, holdsRecord when it came from the last submission of ours.
	holdsWanted, holdsRecord bool
}

func (c comparison) sight(have *schema.SPU) sighting {
	s := sighting{comparison: c, have: have}
	mute := have.InfoVersion == "" // the platform need not echo it (reference section 12.1)
	s.holdsRecord = c.rec.Remembers() && (mute && !c.older || have.InfoVersion == sentVersion(c.rec))
	s.holdsWanted = s.holdsRecord && c.rec.Stamp == c.stamp
	if c.want.InfoVersion == "" {
		s.holdsWanted = have.InfoVersion == c.stamp
	}
	s.holdsWanted = s.holdsWanted || mute && c.arrived
	if !s.holdsWanted { // then the memo is asked for field by field
		s.rec = c.rec.Unpacked()
	}
	return s
}

// sentVersion is the info_version of our last submission.
func sentVersion(rec *state.Record) string {
	if rec.Version != "" {
		return rec.Version
	}
	return rec.Stamp
}

// vouched reports whether the field at path of the copy is known to be as
// wanted although the shop's own words do not show it.
func (s sighting) vouched(path string, wanted func() string) bool {
	return s.holdsWanted || s.holdsRecord && s.rec.Memo[path] == memoValue(wanted())
}

// inTermsOfWant is the copy with everything filled in that is vouched for.
func (s sighting) inTermsOfWant() schema.SPU {
	got, want := *s.have, s.want
	got.OutProductID = want.OutProductID
	if got.InfoVersion == "" && (s.holdsWanted || s.holdsRecord && s.rec.Version == want.InfoVersion) {
		got.InfoVersion = want.InfoVersion // not echoed
	}
	if s.brand != "" && got.Brand == s.brand {
		got.Brand = want.Brand
	}
	if len(got.Scenes) == 0 {
		got.Scenes = want.Scenes // products from before scenes existed show none
	}
	got.HeadImg = s.pictures("head_img", want.HeadImg, got.HeadImg)
	got.QualificationPics = s.pictures("qualification_pics", want.QualificationPics, got.QualificationPics)
	got.DescInfo.Imgs = s.pictures("desc_info.imgs", want.DescInfo.Imgs, got.DescInfo.Imgs)
	got.Component = s.component()
	got.SKUs = s.skus()
	got.Listing, got.StockManaged, got.OnRemove, got.InReview = want.Listing, want.StockManaged, want.OnRemove, want.InReview
	return got
}

// pictures names the shop's pictures by content where that is known, and takes
// the wanted ones for those that are vouched for.
func (s sighting) pictures(path string, want, got []schema.Image) []schema.Image {
	if len(want) == 0 && len(got) == 0 {
		return nil
	}
	if s.samePictures(want, got) {
		return want
	}
	vouched := s.vouched(path, func() string { return pictureList(want) })
	if vouched && len(got) == 0 {
		return want // not echoed
	}
	named := make([]schema.Image, len(got))
	for i, picture := range got {
		key, known := s.keys[picture.URL]
		switch {
		case known:
			named[i] = schema.Image{Key: key}
		case vouched && len(got) == len(want):
			named[i] = want[i]
		default:
			named[i] = schema.Image{Key: schema.ImageKey(picture.URL), URL: picture.URL}
		}
	}
	if len(named) == 0 {
		return nil
	}
	return named
}

// samePictures reports whether the shop shows the wanted pictures under URLs that
// we have handed out.
func (s sighting) samePictures(want, got []schema.Image) bool {
	return slices.EqualFunc(want, got, s.samePicture)
}

// samePicture reports whether got stands under the URL that we have handed out for
// want, be it a moment ago.
func (s sighting) samePicture(want, got schema.Image) bool {
	if key, known := s.keys[got.URL]; known {
		return key == want.Key
	}
	url, known := s.url(want.Key)
	return known && url == got.URL
}

// component fills in the informational members. The platform need not echo them,
// and shows defaults of its own for those that were never sent.
func (s sighting) component() schema.Component {
	got := reflect.ValueOf(s.have.Component)
	want := reflect.ValueOf(s.want.Component)
	if got.IsZero() && want.IsZero() {
		return s.have.Component
	}
	s.rec = s.rec.Unpacked()
	filled := reflect.New(got.Type()).Elem()
	for i := range got.NumField() {
		path := "component." + jsonName(got.Type().Field(i))
		notEchoed := got.Field(i).IsZero() && s.vouched(path, func() string { return leafValue(want.Field(i)) })
		neverSent := want.Field(i).IsZero() && (s.rec == nil || s.rec.Memo[path] == "")
		if notEchoed || neverSent {
			filled.Field(i).Set(want.Field(i))
			continue
		}
		filled.Field(i).Set(got.Field(i))
	}
	return filled.Interface().(schema.Component)
}

// skus puts the shop's SKUs in the declared order, strangers last.
func (s sighting) skus() []schema.SKU {
	ordered := make([]schema.SKU, 0, len(s.have.SKUs))
	if slices.EqualFunc(s.have.SKUs, s.want.SKUs, func(a, b schema.SKU) bool { return a.OutSKUID == b.OutSKUID }) {
		for i := range s.want.SKUs {
			ordered = append(ordered, s.sku(&s.want.SKUs[i], s.have.SKUs[i]))
		}
		return ordered
	}
	byID := make(map[string]schema.SKU, len(s.have.SKUs))
	for _, sku := range s.have.SKUs {
		byID[sku.OutSKUID] = sku
	}
	for i := range s.want.SKUs {
		want := &s.want.SKUs[i]
		if got, ok := byID[want.OutSKUID]; ok {
			ordered = append(ordered, s.sku(want, got))
			delete(byID, want.OutSKUID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		ordered = append(ordered, byID[id])
	}
	return ordered
}

func (s sighting) sku(want *schema.SKU, got schema.SKU) schema.SKU {
	path := "sku." + want.OutSKUID
	if s.samePicture(want.ThumbImg, got.ThumbImg) {
		got.ThumbImg = want.ThumbImg
	} else {
		got.ThumbImg = s.thumb(path+".thumb_img", want.ThumbImg, got.ThumbImg)
	}
	if !slices.Equal(got.SKUAttrs, want.SKUAttrs) && sameAttrs(got.SKUAttrs, want.SKUAttrs) && s.vouched(path+".sku_attrs", func() string { return leafValue(reflect.ValueOf(want.SKUAttrs)) }) {
		got.SKUAttrs = want.SKUAttrs // the shop may show another order than it was sent
	}
	if !s.want.StockManaged {
		got.StockNum = want.StockNum // stock belongs to the shop
	}
	return got
}

func (s sighting) thumb(path string, want, got schema.Image) schema.Image {
	var wants, gots []schema.Image
	if want.Key != "" {
		wants = []schema.Image{want}
	}
	if got.URL != "" {
		gots = []schema.Image{got}
	}
	if named := s.pictures(path, wants, gots); len(named) == 1 {
		return named[0]
	}
	return schema.Image{}
}

func sameAttrs(a, b []schema.Attr) bool {
	if len(a) != len(b) {
		return false
	}
	for _, attr := range a {
		if !slices.Contains(b, attr) {
			return false
		}
	}
	return true
}

// cause tells whose edit a difference is, by what was last sent.
func (c comparison) cause(d *FieldDiff) Cause {
	if !c.rec.Remembers() {
		return CauseUnknown
	}
	sent := c.rec.Unpacked().Memo[d.Path]
	if d.Path == versionPath {
		sent = memoValue(c.rec.Version) // the memo leaves it out
	}
	switch {
	case d.Kind == FieldSKU && (sent != "") == (d.New != ""):
		return CauseDrift // sent and gone, or never sent and there
	case d.Kind == FieldSKU:
		return CauseFile
	case memoValue(d.New) == sent:
		return CauseDrift
	case memoValue(d.Old) == sent, d.Kind == FieldPictures:
		return CauseFile // pictures the shop shows under foreign URLs cannot accuse anybody
	}
	return CauseBoth
}

// memoOf is what a record remembers of an SPU that was sent: every field that
// is not zero, by path, and which SKUs there were.
func memoOf(s *schema.SPU) map[string]string {
	memo := map[string]string{}
	for _, d := range declaredFields(s) {
		memo[d.Path] = memoValue(d.New)
	}
	for _, sku := range s.SKUs {
		memo["sku."+sku.OutSKUID] = state.Sent
	}
	memo[listingPath] = shelfWord(s.Listing)
	return memo
}

// declaredFields are the fields of an SPU that are not zero, as differences from
// nothing.
func declaredFields(s *schema.SPU) []FieldDiff {
	zero := &schema.SPU{OutProductID: s.OutProductID, InfoVersion: s.InfoVersion}
	for _, sku := range s.SKUs {
		zero.SKUs = append(zero.SKUs, schema.SKU{OutSKUID: sku.OutSKUID})
	}
	return fieldDiffs(zero, s)
}

// memoOfObject is the same for any kind, given its zero value.
func memoOfObject(zero, sent any) map[string]string {
	memo := map[string]string{}
	for _, d := range fieldDiffs(zero, sent) {
		memo[d.Path] = memoValue(d.New)
	}
	return memo
}

// listingPath is the field of an SPU that no copy shows: its place on the shelf.
const listingPath = "listing"

// versionPath is the author's own info_version.
const versionPath = "info_version"

func shelfWord(listed bool) string {
	if listed {
		return "on"
	}
	return "off"
}

// memoLimit keeps short values readable in the state; a longer value is
// remembered by a digest of 48 bits, enough to tell one field's values apart.
const memoLimit = 14

func memoValue(v string) string {
	if v == "0" {
		return "" // a zero is not remembered
	}
	if len(v) <= memoLimit && !strings.HasPrefix(v, "#") {
		return v
	}
	sum := sha256.Sum256([]byte(v))
	return "#" + base64.RawURLEncoding.EncodeToString(sum[:6])
}

// fieldDiffs names the fields in which two objects of one kind differ. It is
// asked only about objects whose canonical bytes differ.
func fieldDiffs(old, want any) []FieldDiff {
	r := &reporter{}
	cmp.Equal(old, want,
		cmp.Transformer("ByID", func(skus []schema.SKU) map[string]schema.SKU {
			byID := make(map[string]schema.SKU, len(skus))
			for _, sku := range skus {
				byID[sku.OutSKUID] = sku
			}
			return byID
		}),
		cmp.Comparer(func(a, b schema.Image) bool { return a.Key == b.Key }),
		wholeList[schema.Image](), wholeList[schema.Attr](), wholeList[int](), wholeList[string](),
		cmp.Comparer(func(a, b schema.CategoryRef) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b *schema.Fen) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }),
		cmp.Reporter(r),
	)
	return r.diffs
}

// wholeList makes cmp report a list as one field; its elements have no names.
func wholeList[T any]() cmp.Option {
	return cmp.Comparer(func(a, b []T) bool {
		return leafValue(reflect.ValueOf(a)) == leafValue(reflect.ValueOf(b))
	})
}

// reporter turns cmp's paths into ours.
type reporter struct {
	path  cmp.Path
	diffs []FieldDiff
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(res cmp.Result) {
	if res.Equal() {
		return
	}
	name, cost, local := r.name()
	if local {
		return
	}
	old, want := r.path.Last().Values()
	if _, ok := r.path.Last().(cmp.MapIndex); ok {
		r.diffs = append(r.diffs, skuDiff(name, old, want)...)
		return
	}
	r.diffs = append(r.diffs, FieldDiff{Path: name, Kind: kindOf(old, want), Old: leafValue(old), New: leafValue(want), Cost: cost})
}

// name is the path in terms of the language, with the cost of its field. A
// field that is never sent has no name in the platform's terms and is local.
func (r *reporter) name() (path string, cost schema.Cost, local bool) {
	var parts []string
	cost = schema.CostReview
	for i, step := range r.path {
		switch step := step.(type) {
		case cmp.StructField:
			field, _ := r.path[i-1].Type().FieldByName(step.Name())
			name := jsonName(field)
			if name == "-" {
				return "", "", true
			}
			if name == "skus" {
				name = "sku" // as the block is called
			}
			parts = append(parts, name)
			if tag := field.Tag.Get("cost"); tag != "" {
				cost = schema.Cost(tag)
			}
		case cmp.MapIndex:
			parts = append(parts, step.Key().String())
		}
	}
	return strings.Join(parts, "."), cost, false
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// skuDiff is a SKU that only one side has: one line for the SKU itself. What
// was sent with it is remembered field by field.
func skuDiff(path string, old, want reflect.Value) []FieldDiff {
	d := FieldDiff{Path: path, Kind: FieldSKU, Cost: schema.CostReview}
	if old.IsValid() {
		sku := old.Interface().(schema.SKU)
		d.Old = skuLabel(&sku)
		return []FieldDiff{d}
	}
	sku := want.Interface().(schema.SKU)
	d.New = skuLabel(&sku)
	return []FieldDiff{d}
}

// skuLabel says which SKU it is, for people: its attributes and price.
func skuLabel(s *schema.SKU) string {
	label := leafValue(reflect.ValueOf(s.SKUAttrs))
	if label != "" {
		label += " "
	}
	return label + s.SalePrice.String()
}

func kindOf(old, want reflect.Value) FieldKind {
	v := want
	if !v.IsValid() {
		v = old
	}
	switch v.Interface().(type) {
	case schema.Fen, *schema.Fen:
		return FieldMoney
	case schema.Image, []schema.Image:
		return FieldPictures
	case int, int64:
		return FieldNumber
	}
	return FieldText
}

// leafValue is the text of one field; "" for the zero value of every type but numbers.
func leafValue(v reflect.Value) string {
	if !v.IsValid() {
		return ""
	}
	switch x := v.Interface().(type) {
	case schema.Fen:
		return strconv.FormatInt(int64(x), 10)
	case *schema.Fen:
		if x == nil {
			return ""
		}
		return strconv.FormatInt(int64(*x), 10)
	case schema.Image:
		return string(x.Key)
	case []schema.Image:
		return pictureList(x)
	case []schema.Attr:
		parts := make([]string, len(x))
		for i, a := range x {
			parts[i] = a.Key + "=" + a.Value
		}
		return strings.Join(parts, "; ")
	case []int, []string:
		return strings.Trim(fmt.Sprint(x), "[]")
	case *schema.ReceivingAddress:
		if x == nil {
			return ""
		}
		return strings.TrimSpace(strings.Join([]string{x.ReceiverName, x.TelNumber, x.Country + x.Province + x.City + x.Town, x.DetailedAddress}, " "))
	}
	return fmt.Sprint(v.Interface())
}

func pictureList(images []schema.Image) string {
	keys := make([]string, len(images))
	for i, image := range images {
		keys[i] = string(image.Key)
	}
	return strings.Join(keys, "\n")
}
