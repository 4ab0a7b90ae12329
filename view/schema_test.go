package view

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	check "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

const planSchemaFile = "../docs/plan.schema.json"

// planSchema describes a plan in JSON, as the types and their comments do.
func planSchema(t *testing.T) []byte {
	t.Helper()
	r := &jsonschema.Reflector{
		BaseSchemaID: "https://github.com/shopctl/shopctl/docs", Anonymous: true, AllowAdditionalProperties: true,
		Mapper: func(typ reflect.Type) *jsonschema.Schema {
			if typ == reflect.TypeFor[schema.Address]() {
				return &jsonschema.Schema{Type: "string", Pattern: "^(merchant|brand\\..+|qualification\\..+|spu\\..+)$", Description: "An address: merchant, brand.NAME, qualification.NAME or spu.OUT_PRODUCT_ID"}
			}
			return nil
		},
	}
	for _, folder := range []string{"../reconcile", "../schema", "../state", "../lang"} {
		if err := r.AddGoComments("github.com/shopctl/shopctl/view", folder); err != nil {
			t.Fatal(err)
		}
	}
	s := r.Reflect(&planDocument{})
	s.ID = "https://github.com/shopctl/shopctl/docs/plan.schema.json"
	s.Title = "A plan of shopctl: plan --out, plan --format json, apply FILE"
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// The published schema is that of the types.
func TestPlanSchemaIsPublished(t *testing.T) {
	compare(t, filepath.FromSlash(planSchemaFile), planSchema(t))
}

// Our plans keep the schema, and what is no plan does not.
func TestPlansKeepTheSchema(t *testing.T) {
	compiled, err := check.NewCompiler().Compile(planSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		instance, err := check.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(instance)
	}
	for name, plan := range map[string]*reconcile.Plan{"sample": samplePlan(), "illustrated": illustrated(), "empty": {}, "large": manyChanges(3)} {
		var b bytes.Buffer
		if err := WritePlan(&b, plan); err != nil {
			t.Fatal(err)
		}
		if err := valid(b.String()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, wrong := range []string{`{}`, `[]`, `{"document":"plan","version":"1"}`} {
		if valid(wrong) == nil {
			t.Errorf("%s passes for a plan", wrong)
		}
	}
}
