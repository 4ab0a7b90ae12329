package view

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
)

// A saved plan may come from a stranger's pull request. Whatever is taken for a
// plan can be shown in every form, compared with itself, and saved and read again;
// and nothing in it reaches the terminal as a control character.
func FuzzReadPlan(f *testing.F) {
	seed := func(change func(*reconcile.Plan)) {
		plan := samplePlan()
		change(plan)
		var b bytes.Buffer
		if err := WritePlan(&b, plan); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	seed(func(*reconcile.Plan) {})
	seed(func(p *reconcile.Plan) { p.Forecast = sampleForecast() })
	seed(func(p *reconcile.Plan) { p.Changes[0].Title = "\x1b[2J\u202e<script>|`@all" })
	seed(func(p *reconcile.Plan) { p.Changes[0].Waits = []reconcile.Wait{{Kind: reconcile.WaitBrand}} })
	seed(func(p *reconcile.Plan) { p.Changes[0].Block = &reconcile.Block{Kind: reconcile.BlockNeeds} })
	seed(func(p *reconcile.Plan) {
		p.Changes[0].Fields = []reconcile.FieldDiff{{Path: "sku..sale_price", Kind: reconcile.FieldMoney, Old: strings.Repeat("9", 40), New: "x"}}
	})
	f.Add([]byte(`{"document":"plan","version":1,"shop":{"platform":"component","appid":"wx"},"changes":[{"address":"spu.1","action":"wait","class":"none"}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		plan, err := reconcile.ReadPlan(bytes.NewReader(file))
		if err != nil {
			return
		}
		if c := reconcile.Compare(plan, plan); !c.Approved() {
			t.Errorf("a plan is not what it is: %+v", c)
		}
		for _, l := range []lang.Lang{lang.EN, lang.ZH} {
			for _, format := range []Format{Text, Markdown, HTML, JSON} {
				showPlan(t, plan, l, format)
			}
		}
		var again bytes.Buffer
		if err := WritePlan(&again, plan); err != nil {
			t.Fatal(err)
		}
		if _, err := reconcile.ReadPlan(&again); err != nil {
			t.Errorf("saved and read again: %v", err)
		}
	})
}

func showPlan(t *testing.T, plan *reconcile.Plan, l lang.Lang, format Format) {
	t.Helper()
	var out bytes.Buffer
	if err := (&View{Out: &out, Err: io.Discard, Lang: l, Format: format}).Plan(plan, nil); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\u202e") {
		t.Errorf("%s: a control character is let through", format)
	}
	if format == JSON && !json.Valid(out.Bytes()) {
		t.Error("the JSON is none")
	}
}
