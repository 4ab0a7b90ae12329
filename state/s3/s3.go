// Package s3 keeps a state in a bucket: Amazon S3, Tencent COS, Alibaba OSS,
// MinIO and others that speak the same protocol.
//
// Below the key of the state there are
//
//	KEY/state.jsonl.gz             the snapshot, packed
//	KEY/journal/SERIAL/NNNNNN.jsonl  what came since, in segments of at most 64 kB
//	KEY/lock.json                  who has the lock, and until when
//
// A change writes one segment, never the snapshot. Every write has a condition:
// a new object must not be there (If-None-Match: *), another must be as it was
// (If-Match), so that a run whose lock was taken over can change nothing. A write
// whose answer was lost is known again by its content.
package s3

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/web"
)

// segmentSize is up to where a segment grows, in bytes.
const segmentSize = 64 << 10

// Config is where the bucket is and who we are.
type Config struct {
	Endpoint    string // https://host, without the bucket
	Bucket      string
	Key         string
	Region      string
	PathStyle   bool
	Credentials Credentials
	Lease       time.Duration // state.DefaultLease when 0
	Transport   http.RoundTripper
}

// Credentials sign requests. Token is only there when they are temporary.
type Credentials struct{ KeyID, Secret, Token string }

// Store is one state in a bucket. It asks the server about once a call and is
// made patient by state.NewRemote.
type Store struct {
	bucket *bucket
	key    string
	length time.Duration
	lease  state.Lease

	mu       sync.Mutex // guards what follows, and keeps writes in order
	base     state.Header
	snapshot string // its ETag, "" when there is none
	known    bool   // snapshot is what the server has
	journal  int64  // bytes
	segment  int    // number of the last
	tail     object // the last segment

	lockMu   sync.Mutex // guards lockETag
	lockETag string
}

var _ state.Leased = (*Store)(nil)

// New is the state in a bucket. Nothing is asked before it is used.
func New(c Config) (*Store, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, &web.Problem{
			What:   lang.T("the endpoint of the bucket is no address", "存储桶的 endpoint 不是有效地址"),
			Remedy: lang.T("Write it as https://host.", "请写成 https://主机。"),
		}
	}
	return &Store{bucket: newBucket(c, u), length: cmp.Or(c.Lease, state.DefaultLease), key: c.Key}, nil
}

// Where is the bucket and the key.
func (s *Store) Where() string { return s.bucket.client.Where }

// Lease implements state.Leased.
func (s *Store) Lease() *state.Lease { return &s.lease }

// JournalSize implements state.Store.
func (s *Store) JournalSize() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal
}

// Close implements state.Store. There is nothing to close.
func (s *Store) Close() error { return nil }

func (s *Store) name(rest string) string { return s.key + "/" + rest }

func (s *Store) snapshotName() string { return s.name("state.jsonl.gz") }

func (s *Store) segmentName(serial uint64, n int) string {
	return s.name(fmt.Sprintf("journal/%d/%06d.jsonl", serial, n))
}

// loads is how often a state is read anew that is replaced while it is read.
const loads = 5

// Load implements state.Store. It may read beside a run that writes: when the
// snapshot is replaced meanwhile it begins again.
func (s *Store) Load(ctx context.Context) (*state.State, []lang.Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range loads {
		st, notices, err := s.read(ctx)
		if err != nil {
			return nil, nil, err
		}
		switch now, err := s.bucket.etag(ctx, s.snapshotName()); {
		case err != nil:
			return nil, nil, err
		case now == s.snapshot:
			return st, notices, nil
		}
	}
	return nil, nil, &state.UnreachableError{Where: s.Where(), Err: errors.New("the state is replaced all the time")}
}

func (s *Store) read(ctx context.Context) (*state.State, []lang.Text, error) {
	packed, err := s.bucket.get(ctx, s.snapshotName())
	if err != nil {
		return nil, nil, err
	}
	s.known = true
	if packed == nil {
		s.snapshot = ""
		return nil, nil, state.ErrNoState
	}
	r, err := web.Unpack(bytes.NewReader(packed.body))
	if err != nil {
		return nil, nil, err
	}
	st, err := state.Decode(r)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.Where(), err)
	}
	base := st.Header
	lines, err := s.segments(ctx, base.Serial)
	if err != nil {
		return nil, nil, err
	}
	_, notices, err := state.ReplayJournal(st, lines, s.Where())
	if err != nil {
		return nil, nil, err
	}
	s.base, s.snapshot, s.journal = base, packed.etag, int64(len(lines))
	return st, notices, nil
}

// segments reads the journal of a snapshot.
func (s *Store) segments(ctx context.Context, serial uint64) ([]byte, error) {
	s.segment, s.tail = 0, object{}
	var lines []byte
	for {
		o, err := s.bucket.get(ctx, s.segmentName(serial, s.segment+1))
		if err != nil {
			return nil, err
		}
		if o == nil {
			return lines, nil
		}
		s.segment, s.tail = s.segment+1, *o
		lines = append(lines, o.body...)
	}
}

// Append implements state.Store: the last segment grows, or a new one begins.
func (s *Store) Append(ctx context.Context, entries ...state.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.base.Lineage == "" {
		return state.ErrUnbased
	}
	lines, err := state.EncodeJournal(s.base, entries)
	if err != nil {
		return err
	}
	n, body, c := s.segment, append(s.tail.body[:len(s.tail.body):len(s.tail.body)], lines...), condition{etag: s.tail.etag}
	if n == 0 || len(body) > segmentSize {
		n, body, c = n+1, lines, condition{absent: true}
	}
	etag, err := s.bucket.replace(ctx, s.segmentName(s.base.Serial, n), body, c)
	if errors.Is(err, errCondition) {
		return s.overtaken()
	}
	if err != nil {
		return err
	}
	s.segment, s.tail, s.journal = n, object{etag, body}, s.journal+int64(len(lines))
	return nil
}

// overtaken is the error when somebody else has written.
func (s *Store) overtaken() error {
	s.known, s.base = false, state.Header{}
	if held, _ := s.lease.Held(); held.ID != "" {
		return state.ErrLockLost
	}
	return &web.Problem{
		What:   lang.F("the state in %s was changed by somebody else meanwhile", "%s 中的状态在此期间被他人修改", s.Where()),
		Remedy: lang.T("Run the command again.", "请重新执行命令。"),
	}
}

// Save implements state.Store. Segments of the snapshot before are removed when
// the new one is there; one that stays does no harm.
func (s *Store) Save(ctx context.Context, st *state.State) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.known {
		etag, err := s.bucket.etag(ctx, s.snapshotName())
		if err != nil {
			return err
		}
		s.snapshot, s.known = etag, true
	}
	saved := *st
	saved.Serial++
	packed, err := web.Pack(func(w io.Writer) error { return state.Encode(w, &saved) })
	if err != nil {
		return err
	}
	etag, err := s.bucket.replace(ctx, s.snapshotName(), packed, condition{absent: s.snapshot == "", etag: s.snapshot})
	if errors.Is(err, errCondition) {
		return s.overtaken()
	}
	if err != nil {
		return err
	}
	before, segments := s.base.Serial, s.segment
	st.Header, s.base, s.snapshot = saved.Header, saved.Header, etag
	s.journal, s.segment, s.tail = 0, 0, object{}
	for n := range segments {
		if s.bucket.remove(ctx, s.segmentName(before, n+1)) != nil {
			break // they are outdated, and nobody reads them
		}
	}
	return nil
}
