package state

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/schema"
)

// journalOf is the bytes of entries that extend s, and where each line ends.
func journalOf(t testing.TB, s *State, entries []Entry) (journal []byte, ends []int) {
	t.Helper()
	for _, e := range entries {
		line, err := encodeJournal(s.Header, []Entry{e})
		must(t, err)
		journal = append(journal, line...)
		ends = append(ends, len(journal))
	}
	return journal, ends
}

// saved is a place with a snapshot that steps can extend.
func saved(t testing.TB) (path string, s *State) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "state.jsonl")
	s = catalog(1)
	store := NewLocal(path)
	must(t, store.Save(t.Context(), s), store.Close())
	return path, s
}

// A crash can leave any beginning of a journal. Each gives the state of the
// entries that are whole, without an error, and the next entry is not lost
// behind what was torn.
func TestJournalCutAtEveryByte(t *testing.T) {
	path, s := saved(t)
	journal, ends := journalOf(t, s, steps())
	last := Entry{Seq: 99, Kind: EntryRecord, Record: &Record{Address: spu("last"), RemoteID: "1"}}
	for cut := range len(journal) + 1 {
		must(t, os.WriteFile(path+".journal", journal[:cut], 0o600))
		whole := 0
		for whole < len(ends) && ends[whole] <= cut {
			whole++
		}
		torn := cut > 0 && (whole == 0 || ends[whole-1] < cut)
		want := after(t, s, steps()[:whole]...)

		store := NewLocal(path)
		got, notices, err := store.Load(t.Context())
		must(t, err)
		if d := diff(want, got); d != "" {
			t.Fatalf("cut at byte %d of %d: want the first %d entries (-want +got):\n%s", cut, len(journal), whole, d)
		}
		if (len(notices) == 1) != torn {
			t.Fatalf("cut at byte %d: torn is %v, notices are %v", cut, torn, notices)
		}
		must(t, store.Append(t.Context(), last), store.Close())
		got, notices, err = NewLocal(path).Load(t.Context())
		must(t, err)
		if d := diff(after(t, want, last), got); d != "" || len(notices) != 0 {
			t.Fatalf("cut at byte %d: the entry after it is lost (-want +got), notices %v:\n%s", cut, notices, d)
		}
	}
}

// A disk can spoil any byte. What stands before its line counts, nothing after.
func TestJournalSpoiltAtEveryByte(t *testing.T) {
	s := catalog(1)
	journal, ends := journalOf(t, s, steps())
	var wants []*State
	for i := range len(ends) + 1 {
		wants = append(wants, after(t, s, steps()[:i]...))
	}
	line := 0
	for at := range journal {
		if at == ends[line] {
			line++
		}
		for _, mask := range []byte{0x01, 0x20, 0xff} {
			spoilt := bytes.Clone(journal)
			spoilt[at] ^= mask
			got := s.share()
			found, err := replay(got, spoilt)
			if err != nil || found.live != line {
				t.Fatalf("byte %d with mask %#x: %d entries and error %v, want %d entries", at, mask, found.live, err, line)
			}
			if d := diff(wants[line], got); d != "" {
				t.Fatalf("byte %d with mask %#x (-want +got):\n%s", at, mask, d)
			}
		}
	}
}

func TestWhatTheJournalTellsPeople(t *testing.T) {
	s := catalog(1)
	s.Serial = 4
	older, foreign, newer := s.share(), s.share(), s.share()
	older.Serial, foreign.Lineage, newer.Serial = 3, "another", 5
	whole, ends := journalOf(t, s, steps())
	damaged := bytes.Clone(whole)
	damaged[ends[1]+40] ^= 1
	from := func(base *State) []byte { b, _ := journalOf(t, base, steps()); return b }

	for _, test := range []struct {
		name    string
		journal []byte
		live    int
		serial  uint64
		says    string // in the one notice; "" for none
	}{
		{"a whole journal", whole, 8, 4, ""},
		{"no journal", nil, 0, 4, ""},
		{"torn at the end", whole[:len(whole)-3], 7, 4, "The last line of j is not complete"},
		{"damaged in the middle", damaged, 2, 4, "among them 5 finished entries"},
		{"all in the snapshot already", from(older), 0, 4, ""},
		{"in the snapshot already, and what came later", append(from(older), whole...), 8, 4, ""},
		{"of another lineage", from(foreign), 0, 4, "8 entries of another state"},
		{"ahead of a snapshot that was restored", from(newer), 8, 5, "an older state file was restored"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.share()
			found, err := replay(got, test.journal)
			must(t, err)
			if found.live != test.live || got.Serial != test.serial {
				t.Errorf("got %d entries and serial %d, want %d and %d", found.live, got.Serial, test.live, test.serial)
			}
			notices := found.notices("j")
			if (test.says == "") != (len(notices) == 0) || test.says != "" && !strings.Contains(notices[0].EN, test.says) {
				t.Errorf("notices are %v, want %q", notices, test.says)
			}
			for _, n := range notices {
				if n.ZH == "" || n.ZH == n.EN {
					t.Errorf("the notice has no Chinese: %v", n)
				}
			}
		})
	}
}

// A newer program may write entries that we do not understand. To pass over one
// would lose it at the next snapshot.
func TestEntriesWeDoNotUnderstandAreRefused(t *testing.T) {
	path, s := saved(t)
	for name, payload := range map[string]string{
		"a kind that is new":   `"kind":"category"`,
		"a member that is new": `"kind":"settle","settles":1,"why":"quota"`,
		"a record of nothing":  `"kind":"record"`,
	} {
		t.Run(name, func(t *testing.T) {
			line := fmt.Sprintf(`{"crc32c":"00000000","lineage":%q,"serial":%d,"seq":1,%s}`, s.Lineage, s.Serial, payload)
			journal := []byte(line + "\n")
			seal(journal)
			must(t, os.WriteFile(path+".journal", journal, 0o600))
			_, _, err := NewLocal(path).Load(t.Context())
			e, ok := errors.AsType[*EntryError](err)
			if !ok || e.Line != 1 || e.File != path+".journal" {
				t.Errorf("got %v, want an EntryError of line 1", err)
			}
		})
	}
}

func TestApplyRefusesWhatCouldNotBeReadBack(t *testing.T) {
	for name, e := range map[string]Entry{
		"no number":                  {Kind: EntrySettle, Settles: 1},
		"no kind":                    {Seq: 1},
		"intent without an object":   {Seq: 1, Kind: EntryIntent, Intent: &Intent{}},
		"record of no kind":          {Seq: 1, Kind: EntryRecord, Record: &Record{}},
		"address that is not UTF-8":  {Seq: 1, Kind: EntryRecord, Record: &Record{Address: spu("\xff")}},
		"picture without URL":        {Seq: 1, Kind: EntryImage, Key: "k", Image: &ImageRecord{}},
		"picture without key":        {Seq: 1, Kind: EntryImage, Image: &ImageRecord{URL: "u"}},
		"nothing to prune":           {Seq: 1, Kind: EntryPrune},
		"nothing to forget":          {Seq: 1, Kind: EntryForget},
		"nothing to settle":          {Seq: 1, Kind: EntrySettle},
		"an SPU that has no name":    {Seq: 1, Kind: EntryRecord, Record: &Record{Address: spu("")}},
		"a name for the only object": {Seq: 1, Kind: EntryRecord, Record: &Record{Address: schema.Address{Kind: schema.KindMerchant, Name: "x"}}},
	} {
		s := New(sampleShop)
		before := s.share()
		if err := s.Apply(e); err == nil {
			t.Errorf("%s: Apply accepts it", name)
		}
		if d := diff(before, s); d != "" {
			t.Errorf("%s: the state has changed:\n%s", name, d)
		}
		if _, err := encodeJournal(s.Header, []Entry{e}); err == nil {
			t.Errorf("%s: the journal accepts it", name)
		}
	}
}

func TestApplyTwiceIsApplyOnce(t *testing.T) {
	once := catalog(1)
	twice := once.share()
	for _, e := range steps() {
		must(t, once.Apply(e), twice.Apply(e), twice.Apply(e))
		if d := diff(once, twice); d != "" {
			t.Fatalf("entry %d (-once +twice):\n%s", e.Seq, d)
		}
	}
	if len(once.Intents) != 0 || once.Seq != 8 || once.Records[spu("719")].RemoteID != "23423" || once.Records[spu("720")] != nil {
		t.Errorf("after all entries: intents %v, seq %d, records %v", once.Intents, once.Seq, once.Records)
	}
}

// FuzzJournal: no bytes make the replay panic, go wrong on what it counts, or
// give a state that cannot be saved and loaded. Sealed lines get the checksum
// that fits, so that what is behind it is reached.
func FuzzJournal(f *testing.F) {
	s := golden()
	journal, ends := journalOf(f, s, steps())
	f.Add(journal, false)
	f.Add(journal[:ends[2]-7], false)
	f.Add(journal, true)
	f.Add([]byte(`{"crc32c":"00000000",}`+"\n"), true)
	f.Fuzz(func(t *testing.T, journal []byte, sealed bool) {
		if sealed {
			seal(journal)
		}
		got := golden()
		found, err := replay(got, journal)
		if err != nil {
			return
		}
		if found.good+found.cut != int64(len(journal)) {
			t.Fatalf("%d good and %d cut bytes of %d", found.good, found.cut, len(journal))
		}
		again := golden()
		if _, err := replay(again, journal[:found.good]); err != nil || diff(got, again) != "" {
			t.Fatalf("the good bytes alone give another state, error %v", err)
		}
		readBack(t, got)
	})
}

// seal writes into every line, in place, the checksum that fits.
func seal(journal []byte) {
	for line := range bytes.Lines(journal) {
		if line = bytes.TrimSuffix(line, []byte("\n")); len(line) > covered {
			copy(line, crcStart+checksum(line[covered:])+crcEnd)
		}
	}
}

// FuzzSnapshot: no bytes make the reader panic, and what it accepts is the same
// state when it is written and read again.
func FuzzSnapshot(f *testing.F) {
	f.Add(goldenText(f))
	f.Add(`{"version":2}`)
	f.Add("{\"version\":1,\"lineage\":\"0\",\"shop\":{\"appid\":\"w\"}}\n{\"address\":\"spu.\\ud800\"}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Decode(strings.NewReader(text))
		if err == nil {
			readBack(t, s)
		}
	})
}

func readBack(t *testing.T, s *State) {
	t.Helper()
	var b bytes.Buffer
	must(t, Encode(&b, s))
	got, err := Decode(&b)
	must(t, err)
	if d := diff(s, got); d != "" {
		t.Fatalf("written and read it is another state (-want +got):\n%s", d)
	}
}
