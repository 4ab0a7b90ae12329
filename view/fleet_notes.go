package view

import (
	"path"
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
)

// fleetNote is a line under a shop of a fleet: why it is not done, which objects
// somebody should know of, and what to do.
type fleetNote struct {
	// label is what the line is about: a place in the files, an address, or the kind
	// of the note. It may be empty.
	label lang.Text
	title string // of an object
	text  lang.Text
	style style // of the label; of the text where there is none
}

// fleetNotes are the lines under a shop.
func fleetNotes(x *fleet.Result) []fleetNote {
	var notes []fleetNote
	add := func(label, text lang.Text, st style) {
		if !text.IsZero() {
			notes = append(notes, fleetNote{label: label, text: text, style: st})
		}
	}
	fix := lang.T("Fix", "处理")
	for _, d := range x.Diagnostics {
		add(lang.Same(path.Join(x.Dir, d.Range.String())), join(d.What, lang.T(". ", "。"), d.Why), bold)
		add(fix, d.Remedy, green)
	}
	if e := x.Error; e != nil {
		add(lang.Text{}, e.Meaning, plain)
		if len(x.Diagnostics) == 0 && x.Source.File != "" {
			add(lang.Same(path.Join(x.Dir, x.Source.String())), lang.T("its shop block", "该店铺的 shop 块"), bold)
		}
	}
	for _, o := range x.Objects {
		notes = append(notes, fleetNote{label: lang.Same(o.Address.String()), title: o.Title, text: o.Why, style: bold})
	}
	add(lang.Text{}, andMore(x.More), plain)
	for _, name := range x.Breaches {
		add(lang.Text{}, lang.F("breaks the guard %s", "超出保护限制 %s", name), red)
	}
	if x.Error != nil {
		add(fix, x.Error.Remedy, green)
	}
	return append(notes, fleetOutlook(x)...)
}

// fleetOutlook says what will be, and when a shop goes on.
func fleetOutlook(x *fleet.Result) []fleetNote {
	var notes []fleetNote
	if f := x.Forecast; f != nil {
		counts := chances(&reconcile.Forecast{There: f.There, Will: f.Will, May: f.May, WillNot: f.WillNot})
		notes = append(notes, fleetNote{label: lang.F("By %s", "到 %s 为止", clock(f.Deadline)), text: listed(counts)})
	}
	if b := x.Budget; b != nil && b.Next != nil {
		n := counted(b.Waiting, "product waits", "products wait", "个商品")
		at := when(*b.Next, x.Began)
		notes = append(notes, fleetNote{text: lang.F("%[1]s for the submission budget until %[2]s", "%[3]s等待提交额度，%[2]s 起可提交", n.EN, at, n.ZH)})
	} else if x.RetryAfter > 0 {
		after := duration(time.Duration(x.RetryAfter * float64(time.Second)))
		notes = append(notes, fleetNote{text: lang.T("a quota is spent; goes on in "+after.EN, "额度已用完，"+after.ZH+"后可继续")})
	}
	return notes
}

// fleetDetails adds the notes of a shop.
func (p *page) fleetDetails(x *fleet.Result) {
	for _, n := range fleetNotes(x) {
		label, text := words(n.label).as(n.style), words(n.text)
		switch {
		case n.label.IsZero():
			p.line(4, text.as(n.style))
		case n.title != "":
			p.line(4, label, raw("  "+cells.Truncate(clean(n.title), titleWidth, "…")+"  "), text)
		default:
			p.line(4, label, both(": ", "："), text)
		}
	}
}
