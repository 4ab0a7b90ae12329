package view

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
)

func TestBoardPage(t *testing.T) {
	for suffix, l := range map[string]lang.Lang{"en.html": lang.EN, "zh.html": lang.ZH} {
		live := LiveBoard{Shop: "blankets", AppID: "wx0123456789abcdef", Board: append(sampleBoard(), reconcile.Standing{
			Address: spu("722"), Title: `<script>alert("毛毯")</script>`, Declared: true, Managed: true, Wanted: true,
		}), Read: *at(0), Trouble: lang.T("The shop could not be read.", "无法读取店铺。")}
		var page, empty bytes.Buffer
		if err := errors.Join(BoardPage(&page, live, l, "NONCE"), BoardFragment(&empty, LiveBoard{Shop: "blankets"}, l)); err != nil {
			t.Fatal(err)
		}
		compare(t, filepath.Join("testdata", "golden", "board."+suffix), page.Bytes())
		compare(t, filepath.Join("testdata", "golden", "board-empty."+suffix), empty.Bytes())
	}
}

// A large shop's page shows what needs somebody, and says how much it leaves out.
func TestBoardPageIsBounded(t *testing.T) {
	var board []reconcile.Standing
	for i := range liveRows + 100 {
		board = append(board, reconcile.Standing{Address: spu(strconv.Itoa(i)), Declared: true, Managed: true, Present: true, Shelf: provider.ShelfListed, Wanted: true})
	}
	board[liveRows+50].Shelf = provider.ShelfBanned
	var b bytes.Buffer
	if err := BoardFragment(&b, LiveBoard{Board: board}, lang.EN); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Count(page, "<article") != liveRows || !strings.Contains(page, "100 more are not shown") {
		t.Errorf("%d rows", strings.Count(page, "<article"))
	}
	if banned := "spu." + strconv.Itoa(liveRows+50); !strings.Contains(page[:strings.Index(page, "● on shelf")], banned) {
		t.Errorf("%s does not stand first", banned)
	}
}

// Group chats hear of objects that came to a verdict, not of those that are new,
// on their way, or where they were.
func TestVerdicts(t *testing.T) {
	board := sampleBoard()
	if told := Verdicts(nil, board); len(told) != 0 {
		t.Errorf("told of %d new objects", len(told))
	}
	if told := Verdicts(StatusesOf(board), board); len(told) != 0 {
		t.Errorf("told of %d objects that stayed where they were", len(told))
	}
	before := StatusesOf(board)
	for addr := range before {
		before[addr] = StatusInReview
	}
	told := Verdicts(before, board)
	for i := range told {
		if !slices.Contains(decided, StatusOf(&told[i])) {
			t.Errorf("told that %s is %s", told[i].Address, StatusOf(&told[i]))
		}
	}
	var b bytes.Buffer
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		title, lines := VerdictMessage("blankets", told, l)
		fmt.Fprintln(&b, title)
		fmt.Fprintln(&b, strings.Join(lines, "\n"))
		title, lines = DigestMessage("blankets", sampleReport(), l)
		fmt.Fprintln(&b, title)
		fmt.Fprintln(&b, strings.Join(lines, "\n"))
	}
	compare(t, filepath.Join("testdata", "golden", "messages.txt"), b.Bytes())
}

// A robot takes some thirty lines. The one product that was refused must not be cut
// off behind three hundred that passed.
func TestVerdictsThatNeedSomebodyStandFirst(t *testing.T) {
	var verdicts []reconcile.Standing
	for _, s := range sampleBoard() {
		if slices.Contains([]Status{StatusOnShelf, StatusRejected, StatusBanned}, StatusOf(&s)) {
			verdicts = append(verdicts, s)
		}
	}
	_, lines := VerdictMessage("blankets", verdicts, lang.EN)
	if len(lines) != 3 || !strings.Contains(lines[0], "rejected") || !strings.Contains(lines[1], "banned") {
		t.Errorf("the lines stand in the order %q", lines)
	}
}
