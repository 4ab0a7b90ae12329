package state

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/schema"
)

// maxLine is the longest line we write or read, in bytes. A record of a product
// has about 1 kB; one with a thousand SKUs has some 300 kB.
const maxLine = 4 << 20

// The first member of a line of a snapshot tells what the line is, so that the
// file can be sorted, grepped and indexed without decoding it.
var (
	recordStart = []byte(`{"address":`)
	imageStart  = []byte(`{"image":`)
	intentStart = []byte(`{"intent":`)

	submissionStart = []byte(`{"submission":`)
	limitStart      = []byte(`{"limit":`)
)

type imageLine struct {
	Key schema.ImageKey `json:"image"`
	ImageRecord
}

type intentLine struct {
	Seq uint64 `json:"intent"`
	Intent
}

type submissionLine struct {
	Seq uint64 `json:"submission"`
	Submission
}

// Encode writes a snapshot as JSON Lines: the header, the records in address
// order, the pictures in key order, the open intents and the submissions by number,
// the limits by name. The same state always gives the same bytes. A state that Decode would refuse is an error.
func Encode(w io.Writer, s *State) error {
	out := lineWriter{w: bufio.NewWriterSize(w, 1<<16)}
	head := s.Header
	head.Version = Version
	out.line(head)
	for _, a := range slices.SortedFunc(maps.Keys(s.Records), schema.Address.Compare) {
		r := s.Records[a]
		out.check(Entry{Seq: s.Seq + 1, Kind: EntryRecord, Record: r})
		if r != nil && r.Address != a {
			out.fail(fmt.Errorf("the record of %s stands under %s", r.Address, a))
		}
		out.line(r)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Images)) {
		i := s.Images[k]
		out.check(Entry{Seq: s.Seq + 1, Kind: EntryImage, Key: k, Image: &i})
		out.line(imageLine{k, i})
	}
	for _, seq := range slices.Sorted(maps.Keys(s.Intents)) {
		in := s.Intents[seq]
		out.check(Entry{Seq: seq, Kind: EntryIntent, Intent: &in})
		out.line(intentLine{seq, in})
	}
	for _, seq := range slices.Sorted(maps.Keys(s.Submissions)) {
		out.fail(s.Submissions[seq].check(seq))
		out.line(submissionLine{seq, s.Submissions[seq]})
	}
	for _, on := range slices.Sorted(maps.Keys(s.Limits)) {
		l := s.Limits[on]
		out.check(Entry{Seq: s.Seq + 1, Kind: EntryLimit, Limit: &l})
		out.line(l)
	}
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// lineWriter writes values until the first error, which it keeps.
type lineWriter struct {
	w   *bufio.Writer
	buf bytes.Buffer
	err error
}

func (l *lineWriter) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// check refuses what could be written and not be read back.
func (l *lineWriter) check(e Entry) { l.fail(e.check()) }

func (l *lineWriter) line(v any) {
	if l.err != nil {
		return
	}
	l.buf.Reset()
	if l.err = encodeLine(&l.buf, v); l.err == nil {
		_, l.err = l.w.Write(l.buf.Bytes())
	}
}

// encodeLine appends v and a newline.
func encodeLine(b *bytes.Buffer, v any) error {
	start := b.Len()
	if err := appendLine(b, v); err != nil {
		return fmt.Errorf("encode a line of the state: %w", err)
	}
	if n := b.Len() - start; n > maxLine {
		return fmt.Errorf("a line of the state would have %d bytes, more than %d: %.80s", n, maxLine, b.Bytes()[start:])
	}
	return nil
}

func appendLine(b *bytes.Buffer, v any) error {
	if v, often := v.(interface{ line([]byte) ([]byte, error) }); often {
		line, err := v.line(b.AvailableBuffer())
		b.Write(line)
		b.WriteByte('\n')
		return err
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// Decode reads what Encode wrote, in this format or an older one; the state is one
// of this format then. Blank lines and another order of the lines are
// forgiven, because people merge these files; anything else that is not as
// Encode writes it is a *LineError. A newer format is a *VersionError.
func Decode(r io.Reader) (*State, error) {
	s := &State{
		Records: map[schema.Address]*Record{},
		Images:  map[schema.ImageKey]ImageRecord{},
		Intents: map[uint64]Intent{},

		Submissions: map[uint64]Submission{},
		Limits:      map[string]Limit{},
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine+1)
	n, headed := 0, false
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		var err error
		switch {
		case len(line) == 0:
			continue
		case !headed:
			headed, err = true, s.readHeader(line)
		default:
			err = s.readLine(line)
		}
		if _, newer := errors.AsType[*VersionError](err); newer {
			return nil, err
		} else if err != nil {
			return nil, &LineError{Line: n, Err: err}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, &LineError{Line: n + 1, Err: fmt.Errorf("the line is longer than %d bytes", maxLine)}
	case err != nil:
		return nil, err
	case !headed:
		return nil, &LineError{Line: 1, Err: errors.New("the header is missing: the file is empty")}
	}
	return s, nil
}

func (s *State) readHeader(line []byte) error {
	var v struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return fmt.Errorf("the header is not JSON: %w", err)
	}
	if v.Version > Version {
		return &VersionError{Have: v.Version}
	}
	if err := decodeStrict(line, &s.Header); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if s.Version < 1 || s.Lineage == "" || s.Shop == (ShopID{}) {
		return errors.New("the header must say version, lineage and shop")
	}
	s.Version = Version // what is written from now on
	return nil
}

func (s *State) readLine(line []byte) error {
	switch {
	case bytes.HasPrefix(line, recordStart):
		return s.readRecord(line)
	case bytes.HasPrefix(line, imageStart):
		return s.readImage(line)
	case bytes.HasPrefix(line, intentStart):
		return s.readIntent(line)
	case bytes.HasPrefix(line, submissionStart):
		return s.readSubmission(line)
	case bytes.HasPrefix(line, limitStart):
		return s.readLimit(line)
	}
	return fmt.Errorf("a line begins with \"address\", \"image\", \"intent\", \"submission\" or \"limit\", not with %.40q", line)
}

func (s *State) readRecord(line []byte) error {
	r := plainRecord(string(line))
	if r == nil {
		r = new(Record)
		if err := decodeStrict(line, r); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		r = r.Packed()
	}
	if r.Address == (schema.Address{}) {
		return errors.New("the address of the record is missing")
	}
	if _, twice := s.Records[r.Address]; twice {
		return fmt.Errorf("%s stands twice", r.Address)
	}
	s.Records[r.Address] = r
	return nil
}

func (s *State) readImage(line []byte) error {
	var i imageLine
	var ok bool
	if i.Key, i.ImageRecord, ok = plainImage(string(line)); !ok {
		i = imageLine{}
		if err := decodeStrict(line, &i); err != nil {
			return fmt.Errorf("image: %w", err)
		}
	}
	if i.Key == "" || i.URL == "" {
		return errors.New("the key or the url of the image is missing")
	}
	if _, twice := s.Images[i.Key]; twice {
		return fmt.Errorf("the image %s stands twice", i.Key)
	}
	s.Images[i.Key] = i.ImageRecord
	return nil
}

func (s *State) readIntent(line []byte) error {
	var i intentLine
	if err := decodeStrict(line, &i); err != nil {
		return fmt.Errorf("intent: %w", err)
	}
	if i.Seq == 0 || i.Address == (schema.Address{}) {
		return errors.New("the number or the address of the intent is missing")
	}
	if _, twice := s.Intents[i.Seq]; twice {
		return fmt.Errorf("the intent %d stands twice", i.Seq)
	}
	s.Intents[i.Seq] = i.Intent
	s.Seq = max(s.Seq, i.Seq)
	return nil
}

func (s *State) readSubmission(line []byte) error {
	var l submissionLine
	if err := decodeStrict(line, &l); err != nil {
		return fmt.Errorf("submission: %w", err)
	}
	if err := l.check(l.Seq); err != nil {
		return err
	}
	if _, twice := s.Submissions[l.Seq]; twice {
		return fmt.Errorf("the submission %d stands twice", l.Seq)
	}
	s.Submissions[l.Seq] = l.Submission
	s.Seq = max(s.Seq, l.Seq)
	return nil
}

func (s *State) readLimit(line []byte) error {
	var l Limit
	if err := decodeStrict(line, &l); err != nil {
		return fmt.Errorf("limit: %w", err)
	}
	if l.On == "" {
		return errors.New("the limit does not say what it is on")
	}
	if _, twice := s.Limits[l.On]; twice {
		return fmt.Errorf("the limit on %s stands twice", l.On)
	}
	s.Limits[l.On] = l
	return nil
}

// decodeStrict refuses members that v does not have: dropping them silently
// would lose what a newer program wrote, at the next snapshot.
func decodeStrict(line []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if rest := line[dec.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return fmt.Errorf("there is more than one JSON value: %.40q", rest)
	}
	return nil
}
