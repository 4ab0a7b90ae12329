package state

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"strconv"

	"github.com/shopctl/shopctl/schema"
)

// Line is one line of a snapshot, for a store that keeps each in a place of its
// own, such as a row of a table. Kind and Key together name it.
type Line struct {
	Kind LineKind
	Key  string
	JSON []byte // without a newline; nil when the line is gone
}

// LineKind is what a line tells of.
type LineKind string

// The kinds of lines behind the header.
const (
	LineRecord     LineKind = "record"     // Key is the address
	LineImage      LineKind = "image"      // Key is the key of the picture
	LineIntent     LineKind = "intent"     // Key is its number
	LineSubmission LineKind = "submission" // Key is the number of its intent
	LineLimit      LineKind = "limit"      // Key is what it is on
)

// Lines knows what the lines of a state are in such a store, and so which of
// them a change touches. It is not safe for concurrent use.
type Lines struct{ kept *State }

// NewLines begins with what the store holds now. The caller may go on changing s.
func NewLines(s *State) *Lines { return &Lines{kept: s.share()} }

// Append gives the lines that must be written, each once, to make entries true
// in the store. After an error the Lines are of no more use.
func (l *Lines) Append(entries ...Entry) ([]Line, error) {
	submissions, limits := maps.Clone(l.kept.Submissions), maps.Clone(l.kept.Limits)
	touched := New(ShopID{}) // its keys are those that the entries name
	for _, e := range entries {
		if err := l.kept.Apply(e); err != nil {
			return nil, err
		}
		touched.touch(&e)
	}
	var out []Line
	for line, err := range concat(
		named(touched.Records, l.kept.Records, recordRow),
		named(touched.Images, l.kept.Images, imageRow),
		named(touched.Intents, l.kept.Intents, intentRow),
		changed(submissions, l.kept.Submissions, sameSubmission, submissionRow),
		changed(limits, l.kept.Limits, Limit.same, limitRow),
	) {
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// touch puts the keys of what an entry names into s. The ledger is not among
// them: an entry may change any part of it.
func (s *State) touch(e *Entry) {
	switch e.Kind {
	case EntryIntent:
		s.Intents[e.Seq] = Intent{}
	case EntryRecord:
		s.Records[e.Record.Address] = nil
	case EntryForget:
		s.Records[*e.Address] = nil
	case EntryImage, EntryPrune:
		s.Images[e.Key] = ImageRecord{}
	}
	if e.Settles != 0 {
		s.Intents[e.Settles] = Intent{}
	}
}

// To gives the lines that differ between the store and s: those of s that are
// new or other ones, and those that are gone. A line that Decode would refuse is
// an error. The Lines stay as they are.
func (l *Lines) To(s *State) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for line, err := range concat(
			changed(l.kept.Records, s.Records, isRecord, recordRow),
			changed(l.kept.Images, s.Images, sameImage, imageRow),
			changed(l.kept.Intents, s.Intents, sameIntent, intentRow),
			changed(l.kept.Submissions, s.Submissions, sameSubmission, submissionRow),
			changed(l.kept.Limits, s.Limits, Limit.same, limitRow),
		) {
			if err == nil && line.JSON != nil {
				err = legible(line)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// legible refuses a line that could be written and not be read back.
func legible(l Line) error {
	if err := New(ShopID{}).readLine(l.JSON); err != nil {
		return fmt.Errorf("the %s of %s cannot be written: %w", l.Kind, l.Key, err)
	}
	return nil
}

// named gives the lines of some keys of have.
func named[K comparable, V any](keys, have map[K]V, row func(K, V) (Line, any)) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for k := range keys {
			v, here := have[k]
			if !yield(oneLine(k, v, here, row)) {
				return
			}
		}
	}
}

// changed gives the lines that differ between two maps.
func changed[K comparable, V any](old, now map[K]V, same func(V, V) bool, row func(K, V) (Line, any)) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for k, v := range now {
			if before, was := old[k]; was && same(before, v) {
				continue
			}
			if !yield(oneLine(k, v, true, row)) {
				return
			}
		}
		for k, v := range old {
			if _, is := now[k]; !is && !yield(oneLine(k, v, false, row)) {
				return
			}
		}
	}
}

func oneLine[K comparable, V any](k K, v V, here bool, row func(K, V) (Line, any)) (Line, error) {
	line, value := row(k, v)
	if !here {
		return line, nil
	}
	var b bytes.Buffer
	err := encodeLine(&b, value)
	line.JSON = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return line, err
}

func concat[A, B any](all ...iter.Seq2[A, B]) iter.Seq2[A, B] {
	return func(yield func(A, B) bool) {
		for _, each := range all {
			for a, b := range each {
				if !yield(a, b) {
					return
				}
			}
		}
	}
}

func recordRow(a schema.Address, r *Record) (Line, any) {
	return Line{Kind: LineRecord, Key: a.String()}, r
}

func imageRow(k schema.ImageKey, i ImageRecord) (Line, any) {
	return Line{Kind: LineImage, Key: string(k)}, imageLine{k, i}
}

func intentRow(seq uint64, in Intent) (Line, any) {
	return Line{Kind: LineIntent, Key: strconv.FormatUint(seq, 10)}, intentLine{seq, in}
}

func submissionRow(seq uint64, s Submission) (Line, any) {
	return Line{Kind: LineSubmission, Key: strconv.FormatUint(seq, 10)}, submissionLine{seq, s}
}

func limitRow(on string, l Limit) (Line, any) {
	return Line{Kind: LineLimit, Key: on}, l
}

// isRecord asks the cheap question first: records are replaced, never changed.
func isRecord(a, b *Record) bool { return a == b || sameRecord(a, b) }

func sameImage(a, b ImageRecord) bool { return a.URL == b.URL && a.At.Equal(b.At) }

func sameIntent(a, b Intent) bool {
	if !a.At.Equal(b.At) {
		return false
	}
	a.At = b.At // the same moment may be written in two ways
	return a == b
}

func sameSubmission(a, b Submission) bool { return a.Address == b.Address && a.At.Equal(b.At) }
