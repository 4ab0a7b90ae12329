package state

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// docs/state.md tells the format to people who write other tools. Its examples
// are real, and it names every member.
func TestDocumentationIsTrue(t *testing.T) {
	const name = "../docs/state.md"
	b, err := os.ReadFile(name)
	must(t, err)
	doc := string(b)

	if !strings.Contains(doc, "```jsonl\n"+goldenText(t)+"```\n") {
		t.Errorf("%s does not show testdata/snapshot.jsonl as it is", name)
	}
	journal, _ := journalOf(t, golden(), exampleEntries())
	if !strings.Contains(doc, "```jsonl\n"+string(journal)+"```\n") {
		t.Errorf("%s does not show this journal:\n%s", name, journal)
	}
	for section, v := range map[string]any{
		"### Header": Header{}, "### Record": Record{}, "### Picture": imageLine{}, "### Intent": intentLine{}, "### Submission": submissionLine{}, "### Limit": Limit{}, "### Verdict": Verdict{}, "## The journal": journalLine{},
	} {
		_, text, found := strings.Cut(doc, section)
		text, _, _ = strings.Cut(text, "\n##")
		if !found {
			t.Errorf("%s has no section %q", name, section)
		}
		for _, member := range members(reflect.TypeOf(v)) {
			if !strings.Contains(text, "`"+member+"`") {
				t.Errorf("%s, section %q, does not name %q", name, section, member)
			}
		}
	}
}

// exampleEntries announce a call and tell how it ended; a picture came between.
func exampleEntries() []Entry {
	return []Entry{
		{Seq: 18, Kind: EntryIntent, Intent: &Intent{Address: spu("722"), Call: "add", Stamp: "sc1-00112233445566778899aabbccddeeff", At: sampleTime, Submits: true}},
		{Seq: 19, Kind: EntryImage, Key: "https://example.com/bed.png", Image: &ImageRecord{URL: "https://mmecimage.cn/p/3", At: sampleTime}},
		{Seq: 20, Kind: EntryRecord, Record: &Record{Address: spu("722"), RemoteID: "23425"}, Settles: 18},
	}
}

// members are the JSON names of a struct, those of embedded structs included.
func members(typ reflect.Type) (names []string) {
	for f := range typ.Fields() {
		if f.Anonymous {
			names = append(names, members(f.Type)...)
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() {
			names = append(names, name)
		}
	}
	return names
}
