package view

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// rejectedBoard is one product whose title was turned down.
func rejectedBoard(reason string) []reconcile.Standing {
	return []reconcile.Standing{{
		Address: spu("721"), Title: "毛毯（蓝）", Declared: true, Managed: true, Wanted: true, Present: true, Source: line(60),
		Rejected: &reconcile.Block{Kind: reconcile.BlockRejected, Reason: reason, At: at(-60)},
	}}
}

func TestAnnotations(t *testing.T) {
	for _, f := range []Format{GitHub, GitLab} {
		for name, l := range map[string]lang.Lang{"en": lang.EN, "zh": lang.ZH} {
			var b bytes.Buffer
			v := View{Out: &b, Lang: l, Format: f, Dir: "shops/blankets"}
			v.Locate = func(s schema.Source, field string) schema.Range {
				if field == "title" {
					s.Range.Start = schema.Pos{Line: s.Range.Start.Line + 1, Column: 3}
				}
				return s.Range
			}
			if err := v.Board(board(append(sampleBoard(), rejectedBoard("标题含有极限词“最好”，100% 不行")...), nil), nil); err != nil {
				t.Fatal(err)
			}
			compare(t, filepath.Join("testdata", "golden", "status."+name+"."+string(f)), b.Bytes())
		}
	}
}

// A reviewer's text is a stranger's: it begins no command of its own, and no line.
func TestAnnotationsAreProofAgainstReasons(t *testing.T) {
	for _, reason := range []string{"a\n::error::b", "a\r\n::set-output name=x::y", "%0A::add-mask::x", "\x1b[2J", "a,line=1"} {
		var b bytes.Buffer
		v := View{Out: &b, Lang: lang.EN, Format: GitHub}
		if err := v.Board(board(rejectedBoard(reason), nil), nil); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"); len(lines) != 1 || strings.ContainsAny(b.String(), "\r\x1b") {
			t.Errorf("%q makes %q", reason, lines)
		}
		b.Reset()
		v.Format = GitLab
		if err := v.Board(board(rejectedBoard(reason), nil), nil); err != nil || !json.Valid(b.Bytes()) {
			t.Errorf("%q: %v, %s", reason, err, &b)
		}
	}
}
