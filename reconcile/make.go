package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Make plans: it says what must be done so that the shop becomes as the catalog
// declares. It does no I/O and reads no clock; its result is sorted and the same
// for the same input. obs must have been read with ScopeOf for the same catalog,
// state and policy. A nil obs means that the shop was not read; what the state
// remembers is taken for the shop then.
func Make(cat *schema.Catalog, st *state.State, obs *provider.Observation, pol Policy) *Plan {
	pl := newPlanner(cat, st, obs, pol)
	plan := &Plan{
		ShopName: cat.Shop.Name, Shop: st.Shop,
		Lineage: st.Lineage, Serial: st.Serial,
		CatalogDigest: cat.Digest, At: pol.Now, Asked: pol.asked(),
		Changes: []Change{}, Breaches: []Breach{},
		Learned: Learned{Images: map[schema.ImageKey]string{}},
	}
	for _, addr := range pl.addresses(st) {
		v := pl.object(addr)
		plan.add(v)
	}
	plan.Unmanaged = pl.unmanaged()
	pl.order(plan.Changes)
	plan.Uploads = pl.uploads(plan.Changes)
	plan.Breaches = pl.breaches(plan.Changes)
	plan.Budget = newLedger(cat.Shop.Budget, st, pol.Now).budgetFor(pl.queue(plan.Changes), pol.Now)
	if deadline := pl.deadline(); deadline.After(pol.Now) && len(pol.Targets) == 0 {
		plan.Forecast = Foresee(deadline, cat, st, obs, plan)
	}
	return plan
}

// ScopeOf says what must be observed to plan: everything declared and
// everything remembered, or the targets alone.
func ScopeOf(cat *schema.Catalog, st *state.State, pol Policy) provider.Scope {
	pl := newPlanner(cat, st, nil, pol)
	return pl.scope(pl.addresses(st))
}

// scope is what must be observed to decide about the addresses.
func (pl *planner) scope(addresses []schema.Address) provider.Scope {
	scope := provider.Scope{Only: len(pl.pol.Targets) > 0, Declared: pl.cat.SPUs}
	for _, addr := range addresses {
		rec := pl.peek(addr)
		switch addr.Kind {
		case schema.KindMerchant:
			scope.Merchant = true
		case schema.KindBrand:
			scope.Brands = true
		case schema.KindQualification:
			scope.Qualifications = true
		case schema.KindSPU:
			// A product that is new to us is not looked up by itself: if the shop
			// has it all the same, spu/add says so.
			if rec != nil || pl.open(addr) != nil {
				scope.Products = append(scope.Products, addr.Name)
			} else if scope.Only {
				scope.Fresh = append(scope.Fresh, addr.Name)
			}
		}
		if rec != nil && rec.AuditID != "" {
			scope.AuditIDs = append(scope.AuditIDs, rec.AuditID)
		}
	}
	return scope
}

// planner holds what all decisions of one plan look at.
type planner struct {
	cat    *schema.Catalog
	obs    *provider.Observation
	pol    Policy
	record func(schema.Address) *state.Record
	peek   func(schema.Address) *state.Record // without its memo, which takes time to unpack
	// open is the writing call about an object that was announced and whose
	// outcome is not known, nil when there is none.
	open  func(schema.Address) *state.Intent
	image func(schema.ImageKey) (url string, ok bool)
	// keys are the known pictures by URL; qualified the qualification blocks by leaf id.
	keys      map[string]schema.ImageKey
	qualified map[uint64]schema.Address
	claims    map[schema.Address]*claim
	// reviewed are products whose free edits the platform has refused in this
	// run: they go through review instead.
	reviewed map[schema.Address]bool
}

func newPlanner(cat *schema.Catalog, st *state.State, obs *provider.Observation, pol Policy) *planner {
	if pol.PushGrace == 0 {
		pol.PushGrace = DefaultPushGrace
	}
	pl := &planner{
		cat: cat, obs: obs, pol: pol,
		record:    func(a schema.Address) *state.Record { return st.Records[a].Unpacked() },
		peek:      func(a schema.Address) *state.Record { return st.Records[a] },
		image:     func(k schema.ImageKey) (string, bool) { rec, ok := st.Images[k]; return rec.URL, ok },
		keys:      make(map[string]schema.ImageKey, len(st.Images)),
		qualified: map[uint64]schema.Address{},
		reviewed:  map[schema.Address]bool{},
	}
	for key, image := range st.Images {
		pl.keys[image.URL] = key
	}
	pl.open = latest(st.Intents)
	for name, q := range cat.Qualifications {
		if q.Category.ID != 0 {
			pl.qualified[q.Category.ID] = schema.Address{Kind: schema.KindQualification, Name: name}
		}
	}
	pl.readClaims()
	return pl
}

// latest finds the youngest intent of each object.
func latest(intents map[uint64]state.Intent) func(schema.Address) *state.Intent {
	youngest := map[schema.Address]uint64{}
	for seq, intent := range intents {
		youngest[intent.Address] = max(seq, youngest[intent.Address])
	}
	return func(addr schema.Address) *state.Intent {
		seq, ok := youngest[addr]
		if !ok {
			return nil
		}
		intent := intents[seq]
		return &intent
	}
}

// after is the same planner looking at another observation, for one object.
func (pl *planner) after(obs *provider.Observation, target schema.Address, now time.Time) *planner {
	next := *pl
	next.obs = obs
	next.pol.Now, next.pol.Targets = now, []schema.Address{target}
	next.reviewed = maps.Clone(pl.reviewed)
	next.readClaims()
	return &next
}

// addresses are all objects to decide about, sorted: declared or remembered,
// within the targets and what these need.
func (pl *planner) addresses(st *state.State) []schema.Address {
	set := map[schema.Address]bool{}
	for _, addr := range pl.pol.Targets {
		set[addr] = true
		for _, need := range pl.needs(addr) {
			set[need] = true
		}
	}
	if len(pl.pol.Targets) == 0 {
		if pl.cat.Merchant != nil {
			set[merchantAddress] = true
		}
		for name := range pl.cat.Brands {
			set[brandAddress(name)] = true
		}
		for name := range pl.cat.Qualifications {
			set[schema.Address{Kind: schema.KindQualification, Name: name}] = true
		}
		for id := range pl.cat.SPUs {
			set[spuAddress(id)] = true
		}
		for addr := range st.Records {
			set[addr] = true
		}
	}
	sorted := make([]schema.Address, 0, len(set))
	for addr := range set {
		sorted = append(sorted, addr)
	}
	slices.SortFunc(sorted, schema.Address.Compare)
	return sorted
}

var merchantAddress = schema.Address{Kind: schema.KindMerchant}

func brandAddress(name string) schema.Address {
	return schema.Address{Kind: schema.KindBrand, Name: name}
}
func spuAddress(id string) schema.Address { return schema.Address{Kind: schema.KindSPU, Name: id} }

// needs are the declared objects that must be as declared before addr can be.
func (pl *planner) needs(addr schema.Address) []schema.Address {
	spu := pl.cat.SPUs[addr.Name]
	if addr.Kind != schema.KindSPU || spu == nil {
		return nil
	}
	var needs []schema.Address
	if pl.cat.Merchant != nil {
		needs = append(needs, merchantAddress)
	}
	if brand, err := schema.ParseAddress(string(spu.Brand)); err == nil && brand.Kind == schema.KindBrand {
		needs = append(needs, brand)
	}
	if q, ok := pl.qualified[spu.Category.ID]; ok {
		needs = append(needs, q)
	}
	return needs
}

// verdict is what was decided about one object.
type verdict struct {
	change *Change // nil when it is as declared
	// learned is the record as the shop shows it, nil when the state knows all.
	learned *state.Record
	images  map[schema.ImageKey]string
	adopted bool
	known   bool // declared
}

func (pl *planner) object(addr schema.Address) verdict {
	var v verdict
	switch addr.Kind {
	case schema.KindMerchant:
		v = pl.merchant()
	case schema.KindBrand, schema.KindQualification:
		v = pl.grant(addr)
	case schema.KindSPU:
		v = pl.product(addr)
	}
	if v.change != nil {
		v.change.finish(addr, pl.cat.Sources[addr])
		v.change.Reason = pl.cat.ReasonOf(addr)
		v.change.Want = wantOf(pl.cat, addr)
		pl.present(v.change)
	}
	return v
}

// present puts the fields into the order of the files, and words for people
// what the platform knows by number.
func (pl *planner) present(c *Change) {
	if want := pl.cat.SPUs[c.Address.Name]; c.Address.Kind == schema.KindSPU && want != nil {
		inDeclaredOrder(c.Fields, want.SKUs)
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		switch {
		case f.Path == "third_cat_id", f.Path == "category":
			f.Old, f.New = pl.categoryLabel(f.Old), pl.categoryLabel(f.New)
		case c.Address.Kind != schema.KindSPU:
			f.Old, f.New = wordsOf(c.Address.Kind, f.Path, f.Old), wordsOf(c.Address.Kind, f.Path, f.New)
		}
	}
}

// wordsOf puts the words of the language in the place of the platform's numbers:
// "0 1 2" of service_agent_type is "wechat page phone".
func wordsOf(kind schema.Kind, path, value string) string {
	words := strings.Fields(value)
	for i, field := range words {
		n, err := strconv.Atoi(field)
		if err != nil {
			return value
		}
		word, ok := schema.WordOf(kind, path, n)
		if !ok {
			return value
		}
		words[i] = word.Word
	}
	return strings.Join(words, " ")
}

// categoryLabel is "家纺/毯类/毛毯 (1445)" where the tree knows the leaf.
func (pl *planner) categoryLabel(id string) string {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || pl.cat.Tree == nil {
		return id
	}
	leaf, ok := pl.cat.Tree.Lookup(n)
	if !ok {
		return id
	}
	return leaf.Path() + " (" + id + ")"
}

// inDeclaredOrder sorts the fields of SKUs as their blocks stand in the files;
// SKUs that only the shop has come last.
func inDeclaredOrder(fields []FieldDiff, skus []schema.SKU) {
	place := make(map[string]int, len(skus))
	for i, sku := range skus {
		place[sku.OutSKUID] = i + 1
	}
	rank := func(d FieldDiff) int {
		rest, ok := strings.CutPrefix(d.Path, "sku.")
		if !ok {
			return 0
		}
		if n := place[rest]; n > 0 {
			return n
		}
		id, _, _ := cutSKUPath(d.Path)
		return cmp.Or(place[id], len(skus)+1)
	}
	slices.SortStableFunc(fields, func(a, b FieldDiff) int { return cmp.Compare(rank(a), rank(b)) })
}

func (p *Plan) add(v verdict) {
	if v.learned != nil {
		p.Learned.Records = append(p.Learned.Records, v.learned)
	}
	for key, url := range v.images {
		p.Learned.Images[key] = url
	}
	switch {
	case v.change != nil:
		p.Changes = append(p.Changes, *v.change)
	case v.known:
		p.Unchanged++
		if v.adopted {
			p.Adopted++
		}
	}
}

// finish derives what follows from the steps, waits and fields.
func (c *Change) finish(addr schema.Address, source schema.Source) {
	c.Address, c.Source = addr, source
	for _, op := range c.Steps {
		if op.Submits() {
			c.Submissions++
		}
	}
	c.Class, c.Action = c.dearest(), c.headline()
	if c.Cause == "" {
		c.Cause = causeOf(c.Fields)
	}
}

// dearest is the class of the dearest step.
func (c *Change) dearest() Class {
	dearest := ClassNone
	for _, op := range c.Steps {
		dearest = dearer(dearest, op.class())
	}
	return dearest
}

func (o Op) class() Class {
	switch o {
	case OpAdd, OpUpdate, OpSubmitBrand, OpSubmitCategory:
		return ClassReview
	case OpDelete:
		return ClassIrreversible
	case OpForget:
		return ClassNone
	}
	return ClassFree
}

var classRank = map[Class]int{ClassNone: 0, ClassFree: 1, ClassReview: 2, ClassIrreversible: 3}

func dearer(a, b Class) Class {
	if classRank[b] > classRank[a] {
		return b
	}
	return a
}

// headlines are the actions by their decisive step, the most telling first.
var headlines = []struct {
	op     Op
	action Action
}{
	{OpDelete, ActionDelete}, {OpAdd, ActionCreate}, {OpUpdate, ActionUpdate},
	{OpSubmitBrand, ActionSubmit}, {OpSubmitCategory, ActionSubmit},
	{OpUpdateMerchant, ActionSettings}, {OpUpdateFree, ActionEdit},
	{OpList, ActionList}, {OpDelist, ActionDelist}, {OpWithdraw, ActionWithdraw}, {OpForget, ActionForget},
}

func (c *Change) headline() Action {
	for _, h := range headlines {
		if c.runs(h.op) {
			return h.action
		}
	}
	if c.Block != nil {
		return ActionBlock
	}
	return ActionWait
}

// causeOf sums up whose edits the fields are.
func causeOf(fields []FieldDiff) Cause {
	seen := map[Cause]bool{}
	for _, f := range fields {
		seen[f.Cause] = true
	}
	switch {
	case seen[CauseBoth], seen[CauseFile] && seen[CauseDrift]:
		return CauseBoth
	case seen[CauseDrift]:
		return CauseDrift
	case seen[CauseFile]:
		return CauseFile
	case seen[CauseUnknown]:
		return CauseUnknown
	}
	return CauseFile
}

// order names, for every change, the changes of this plan that must come first,
// and passes a need that is blocked, or waits, on to those who need it.
func (pl *planner) order(changes []Change) {
	byAddress := make(map[schema.Address]*Change)
	for i := range changes {
		if changes[i].Address.Kind != schema.KindSPU {
			byAddress[changes[i].Address] = &changes[i]
		}
	}
	for i := range changes {
		c := &changes[i]
		if c.submission() == "" {
			continue
		}
		for _, need := range pl.needs(c.Address) {
			if first := byAddress[need]; first != nil {
				c.Needs = append(c.Needs, need)
				pl.inherit(c, first)
			}
		}
	}
}

// inherit makes c wait for, or be blocked by, what it needs.
func (pl *planner) inherit(c, first *Change) {
	on := first.Address
	switch {
	case pl.granted(on):
		// a renewal or a settings change: it comes first and holds nothing up
	case first.Block != nil: // what is blocked has no steps
		c.blockOn(on, first.Block.Reason)
	case on.Kind == schema.KindBrand:
		c.Waits = append(c.Waits, Wait{Kind: WaitBrand, On: &on})
	case on.Kind == schema.KindQualification:
		c.Waits = append(c.Waits, Wait{Kind: WaitQualification, On: &on})
	}
}

// blockOn makes c do nothing, because something it needs is itself in trouble.
func (c *Change) blockOn(need schema.Address, reason string) {
	c.Block = &Block{Kind: BlockNeeds, On: &need, Reason: reason}
	c.Steps, c.Submissions, c.Class, c.Action = nil, 0, ClassNone, ActionBlock
}

// uploads are the pictures that the changes need and the platform does not
// have, each once, by key.
func (pl *planner) uploads(changes []Change) []Upload {
	byKey := map[schema.ImageKey]*Upload{}
	for i := range changes {
		c := &changes[i]
		for _, image := range pl.pictures(c) {
			up := byKey[image.Key]
			if up == nil {
				up = &Upload{Key: image.Key, Path: image.Path, URL: image.URL, Size: image.Size}
				byKey[image.Key] = up
			}
			if image.Original != nil {
				up.OriginalSize = image.Original.Size
				c.Notes = append(c.Notes, shrunk(image))
			}
			up.For = append(up.For, c.Address)
			c.Images = append(c.Images, image.Key)
		}
	}
	list := make([]Upload, 0, len(byKey))
	for _, up := range byKey {
		list = append(list, *up)
	}
	slices.SortFunc(list, func(a, b Upload) int {
		return cmp.Or(a.For[0].Compare(b.For[0]), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// shrunk tells of a picture that is too large to be sent as it is.
func shrunk(image schema.ImageFile) lang.Text {
	o := image.Original
	return lang.F("%s is too large (%d×%d pixels, %s) and is shrunk to %d×%d, %s; the file stays as it is",
		"%s 过大（%d×%d 像素，%s），将缩小为 %d×%d，%s；原文件不变",
		image.Path, o.Width, o.Height, lang.Size(o.Size), image.Width, image.Height, lang.Size(image.Size))
}

// pictures are the distinct pictures that the change must still upload.
func (pl *planner) pictures(c *Change) []schema.ImageFile {
	var all []schema.Image
	if c.runs(OpAdd) || c.runs(OpUpdate) || c.runs(OpSubmitBrand) || c.runs(OpSubmitCategory) {
		all = declaredPictures(pl.cat, c.Address)
	}
	var missing []schema.ImageFile
	for _, image := range all {
		_, have := pl.image(image.Key)
		hosted := image.URL != "" && pl.pol.Hosted != nil && pl.pol.Hosted(image.URL)
		if image.Key == "" || have || hosted || slices.ContainsFunc(missing, func(m schema.ImageFile) bool { return m.Key == image.Key }) {
			continue
		}
		file := pl.cat.Images[image.Key]
		file.Image = cmp.Or(file.Image, image)
		missing = append(missing, file)
	}
	return missing
}

func spuPictures(s *schema.SPU) []schema.Image {
	all := slices.Concat(s.HeadImg, s.QualificationPics, s.DescInfo.Imgs)
	for _, sku := range s.SKUs {
		all = append(all, sku.ThumbImg)
	}
	return all
}

func brandPictures(b *schema.Brand) []schema.Image {
	return slices.Concat(b.License, b.SaleAuthorization, b.TrademarkRegistrationCertificate,
		b.TrademarkChangeCertificate, b.TrademarkRegistrationApplication, b.ImportedGoodsForm)
}

// unmanaged counts the products of the shop that are neither declared nor remembered.
func (pl *planner) unmanaged() int {
	if pl.obs == nil {
		return 0
	}
	n := 0
	for id := range pl.obs.Products {
		if pl.cat.SPUs[id] == nil && pl.peek(spuAddress(id)) == nil {
			n++
		}
	}
	return n
}

func timePtr(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
