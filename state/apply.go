package state

import (
	"fmt"
	"maps"
	"time"
	"unicode/utf8"

	"github.com/shopctl/shopctl/schema"
)

// Apply makes one entry true in memory. It is the whole meaning of a journal:
// replaying the same entries on the same state always gives the same state, and
// an entry that is applied twice in a row changes nothing the second time. The
// state keeps what the entry points to, records with their memo packed.
//
// An entry of a kind this program does not know was written by a newer one. It
// is an error, because passing over it would lose what it tells.
func (s *State) Apply(e Entry) error {
	if err := e.check(); err != nil {
		return err
	}
	switch e.Kind {
	case EntryIntent:
		s.Intents[e.Seq] = *e.Intent
		s.spend(e.Seq, e.Intent)
	case EntryRecord:
		s.Records[e.Record.Address] = e.Record.kept()
	case EntryImage:
		s.Images[e.Key] = e.Image.kept()
	case EntryForget:
		delete(s.Records, *e.Address)
	case EntryPrune:
		delete(s.Images, e.Key)
	case EntryLimit:
		s.learnLimit(*e.Limit)
	}
	s.account(&e)
	delete(s.Intents, e.Settles)
	s.Seq = max(s.Seq, e.Seq)
	if e.Seq%pruneEvery == 0 {
		s.pruneSubmissions()
	}
	return nil
}

// kept is the picture as a State keeps it: nobody asks for more than the second, and
// there is a line for each of some hundred thousand.
func (i *ImageRecord) kept() ImageRecord {
	return ImageRecord{URL: i.URL, At: i.At.UTC().Truncate(time.Second)}
}

// check says whether the entry has what its kind needs, in a form that can be
// read back.
func (e *Entry) check() error {
	switch e.Kind {
	case EntryIntent:
		return e.need("intent", e.Intent != nil && readable(e.Intent.Address) && !(e.Intent.Submits && e.Intent.At.IsZero()))
	case EntryRecord:
		return e.need("record", e.Record != nil && readable(e.Record.Address))
	case EntryImage:
		return e.need("key and url", e.Image != nil && e.Image.URL != "" && e.Key != "" && utf8.ValidString(string(e.Key)))
	case EntryForget:
		return e.need("address", e.Address != nil && readable(*e.Address))
	case EntryPrune:
		return e.need("key", e.Key != "" && utf8.ValidString(string(e.Key)))
	case EntrySettle:
		return e.need("settles", e.Settles != 0)
	case EntryLimit:
		return e.need("limit", e.Limit != nil && e.Limit.On != "" && utf8.ValidString(e.Limit.On))
	}
	return fmt.Errorf("entry %d is of the unknown kind %q", e.Seq, e.Kind)
}

// readable reports whether an address is the same after it was written and read.
func readable(a schema.Address) bool {
	read, err := schema.ParseAddress(a.String())
	return err == nil && read == a && utf8.ValidString(a.Name)
}

func (e *Entry) need(members string, present bool) error {
	switch {
	case e.Seq == 0:
		return fmt.Errorf("an entry of kind %q has no seq", e.Kind)
	case !present:
		return fmt.Errorf("entry %d of kind %q has no valid %s", e.Seq, e.Kind, members)
	}
	return nil
}

// share copies the maps, not the records in them: records in a State are
// replaced, never changed, so both copies may be read for ever.
func (s *State) share() *State {
	return &State{
		Header:  s.Header,
		Records: maps.Clone(s.Records),
		Images:  maps.Clone(s.Images),
		Intents: maps.Clone(s.Intents),

		Submissions: maps.Clone(s.Submissions),
		Limits:      maps.Clone(s.Limits),
	}
}
