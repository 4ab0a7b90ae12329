package state

import (
	"bytes"
	"fmt"
	"hash/crc32"

	"github.com/shopctl/shopctl/lang"
)

// A line of a journal is one entry with the state it extends, behind a checksum:
//
//	{"crc32c":"5b0c1a9e","lineage":"...","serial":4,"seq":17,"kind":"record",...}
//
// The checksum covers every byte behind its own member up to the newline.
type journalLine struct {
	CRC     string `json:"crc32c"`
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	Entry
}

const (
	crcStart = `{"crc32c":"`
	crcEnd   = `",`
	crcFrom  = len(crcStart)
	crcTo    = crcFrom + 8 // hex digits
	covered  = crcTo + len(crcEnd)
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(payload []byte) string {
	return fmt.Sprintf("%08x", crc32.Checksum(payload, castagnoli))
}

// EncodeJournal gives the lines of entries that extend the state of base, for
// stores of other packages (docs/state.md).
func EncodeJournal(base Header, entries []Entry) ([]byte, error) { return encodeJournal(base, entries) }

// ReplayJournal applies the lines of a journal to the snapshot s, up to the first
// that is torn or damaged. Notices tell people, naming the journal, what was not
// as a finished run leaves it; live is the number of entries that s did not have.
func ReplayJournal(s *State, journal []byte, name string) (live int, notices []lang.Text, err error) {
	found, err := replay(s, journal)
	if err != nil {
		return 0, nil, inFile(err, name)
	}
	return found.live, found.notices(name), nil
}

// encodeJournal gives the lines of entries that extend the state of base.
func encodeJournal(base Header, entries []Entry) ([]byte, error) {
	var b bytes.Buffer
	for _, e := range entries {
		if err := e.check(); err != nil {
			return nil, err
		}
		start := b.Len()
		if err := encodeLine(&b, journalLine{CRC: "00000000", Lineage: base.Lineage, Serial: base.Serial, Entry: e}); err != nil {
			return nil, err
		}
		line := b.Bytes()[start : b.Len()-1]
		copy(line[crcFrom:crcTo], checksum(line[covered:]))
	}
	return b.Bytes(), nil
}

// intact reports whether a line, without its newline, is as it was written.
func intact(line []byte) bool {
	return len(line) > covered && len(line) <= maxLine &&
		string(line[:crcFrom]) == crcStart && string(line[crcTo:covered]) == crcEnd &&
		string(line[crcFrom:crcTo]) == checksum(line[covered:])
}

// replayed is what was found in a journal.
type replayed struct {
	live    int   // entries that were applied
	foreign int   // entries of another lineage, passed over
	newer   bool  // entries extend a newer snapshot than the one at hand
	good    int64 // bytes up to the first line that is not intact
	cut     int64 // bytes from there
	lost    int   // intact lines behind that one
}

// replay applies a journal to the snapshot s, up to the first line that is torn
// or damaged.
//
// Entries that extend an older snapshot are in s already: a crash came between
// the new snapshot and the emptying of the journal. Entries that extend a newer
// one are applied and raise the serial: an older snapshot was restored, or the
// disk lost the rename; entries hold whole records, so they are true on it too.
//
// An intact entry that cannot be applied is an error, not a cut: a newer program
// wrote it.
func replay(s *State, journal []byte) (replayed, error) {
	var found replayed
	for n := 1; len(journal) > 0; n++ {
		line, rest, ended := bytes.Cut(journal, []byte("\n"))
		if !ended || !intact(line) {
			break
		}
		if err := found.apply(s, line); err != nil {
			return found, &EntryError{Line: n, Err: err}
		}
		found.good += int64(len(line)) + 1
		journal = rest
	}
	found.cut = int64(len(journal))
	for line := range bytes.Lines(journal) {
		if intact(bytes.TrimSuffix(line, []byte("\n"))) {
			found.lost++
		}
	}
	return found, nil
}

func (found *replayed) apply(s *State, line []byte) error {
	var j journalLine
	if err := decodeStrict(line, &j); err != nil {
		return err
	}
	if j.Lineage != s.Lineage {
		found.foreign++
		return nil
	}
	if j.Serial < s.Serial {
		return nil
	}
	if j.Serial > s.Serial {
		found.newer, s.Serial = true, j.Serial
	}
	found.live++
	return s.Apply(j.Entry)
}

// notices tell people what was not as a finished run leaves it.
func (found *replayed) notices(name string) []lang.Text {
	var out []lang.Text
	switch {
	case found.lost > 0:
		out = append(out, lang.F(
			"%s is damaged: %d bytes were dropped, among them %d finished entries. The next plan reads the shop and adopts what they told; ids of brand and qualification audits in them are lost.",
			"%s 已损坏：丢弃了 %d 字节，其中有 %d 条完整的记录。下一次 plan 会读取店铺并重新接管这些对象；其中的品牌和类目审核单号无法恢复。",
			name, found.cut, found.lost))
	case found.cut > 0:
		out = append(out, lang.F(
			"The last line of %s is not complete (a run was cut off while it wrote, or is writing now): %d bytes were passed over. Nothing that was finished is lost.",
			"%s 的最后一行不完整（上次运行在写入时中断，或另一个进程正在写入）：忽略了 %d 字节。已完成的操作没有丢失。",
			name, found.cut))
	}
	if found.foreign > 0 {
		out = append(out, lang.F(
			"%s holds %d entries of another state (another lineage). They were passed over.",
			"%s 中有 %d 条记录属于另一份状态（lineage 不同），已忽略。",
			name, found.foreign))
	}
	if found.newer {
		out = append(out, lang.F(
			"%s continues a newer snapshot than the one beside it: an older state file was restored. Its entries were applied all the same.",
			"%s 所接续的快照比现有的状态文件更新：状态文件可能被还原成了旧版本。其中的记录仍已应用。",
			name))
	}
	return out
}
