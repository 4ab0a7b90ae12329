package view

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
)

func boardAs(t *testing.T, f Format, b Board, l lang.Lang) string {
	t.Helper()
	var out bytes.Buffer
	if err := (&View{Out: &out, Lang: l, Format: f}).Board(b, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBoardMarkdown(t *testing.T) {
	for name, l := range map[string]lang.Lang{"en": lang.EN, "zh": lang.ZH} {
		text := boardAs(t, Markdown, board(sampleBoard(), sampleForecast()), l)
		compare(t, filepath.Join("testdata", "golden", "status."+name+".md"), []byte(text))
	}
}

// largeBoard has n products on the shelf and as many that were rejected.
func largeBoard(n int) Board {
	var standings []reconcile.Standing
	for i := range n {
		standings = append(standings,
			reconcile.Standing{Address: spu("a" + strconv.Itoa(i)), Title: strings.Repeat("毯", 60), Declared: true, Managed: true, Present: true, Wanted: true, Shelf: provider.ShelfListed},
			reconcile.Standing{Address: spu("b" + strconv.Itoa(i)), Title: strings.Repeat("毯", 60), Declared: true, Managed: true, Present: true, Wanted: true, Review: provider.ReviewRejected,
				Rejected: &reconcile.Block{Kind: reconcile.BlockRejected, Reason: strings.Repeat("主图模糊。", 20), At: at(-60)}, Source: line(i + 1)})
	}
	return board(standings, nil)
}

// A comment holds what it can, what needs a human first, and counts the rest.
func TestBoardFitsAComment(t *testing.T) {
	for _, n := range []int{1, 100, 3000} {
		text := boardAs(t, Markdown, largeBoard(n), lang.ZH)
		if got := len([]rune(text)); got > commentLimit {
			t.Errorf("%d objects make %d characters, more than %d", 2*n, got, commentLimit)
		}
		rejected, shelved := strings.Count(text, " | <code>spu.b"), strings.Count(text, " | <code>spu.a")
		if left := 2*n - rejected - shelved; left > 0 && !strings.Contains(text, fmt.Sprintf("另有 %d 个对象", left)) {
			t.Errorf("%d objects: %d rows, and nothing counts the others", 2*n, rejected+shelved)
		}
		if shelved > 0 && rejected < n {
			t.Errorf("%d objects: what rests has room, what needs a human has not", 2*n)
		}
		if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed {
			t.Errorf("%d objects: %d folds begin and %d end", 2*n, opened, closed)
		}
	}
}

// A reviewer's reason, and a title, are strangers' words in our comment.
func TestBoardMarkdownIsProofAgainstReasons(t *testing.T) {
	for _, hostile := range []string{"a | b", "@everyone", "<img src=x onerror=alert(1)>", "[pay](https://evil.example)", "line\n# head", "<!-- shopctl status component wx -->", "</details>"} {
		text := boardAs(t, Markdown, board(rejectedBoard(hostile), nil), lang.EN)
		if strings.Contains(text, hostile) || strings.Count(text, "<!-- shopctl status") != 1 {
			t.Errorf("%q stands in the comment as it is", hostile)
		}
	}
}

// Whatever the text says of an object, Markdown and the page say too.
func TestBoardsSayTheSame(t *testing.T) {
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		b := board(sampleBoard(), sampleForecast())
		page, comment := boardAs(t, HTML, b, l), boardAs(t, Markdown, b, l)
		for _, x := range (&View{Lang: l}).readBoard(&b, nil) {
			said := append([]lang.Text{lang.Same(x.standing.Address.String()), x.moment, x.why, x.shelf, x.next, x.outlook()}, x.waits...)
			if x.status.NeedsHuman() {
				said = append(said, x.remedy, x.place())
			}
			for _, text := range said {
				if want := clean(text.In(l)); !strings.Contains(page, escaped(want)) || !strings.Contains(comment, md(want)) {
					t.Errorf("%s: %q is missing in the page or in the comment", x.standing.Address, want)
				}
			}
		}
	}
}
