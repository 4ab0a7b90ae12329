// Package postgres keeps states in a PostgreSQL database, 12 or newer.
//
// Every line of a snapshot (a record, a picture, an open intent, ...) is one row,
// with the line itself as its JSON. A change is one upsert, so the journal is a
// transaction: what Append has returned for is committed, and a snapshot writes
// only the header and what differs. Many shops share one schema.
//
// A lock is a lease in the row of the state, by the clock of the server, and it is
// the lease that counts. Its number rises with every lock, and every write is a
// single transaction that takes place only under the number of its own lock. Beside
// the lease stands an advisory lock on a connection of its own, which the server
// frees as soon as that connection is gone: it tells whoever wants to break the
// lock whether the holder is still connected.
//
// Every write also moves the revision of the state from the one that the store
// knows to the next, and signs it. After a lost answer the store reads the revision
// to learn whether its transaction was committed.
//
// A connection must lead to the server itself: behind a pooler such as pgbouncer,
// advisory locks and settings belong to whoever comes next. A pooler is recognised
// and refused.
package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shopctl/shopctl/state"
)

// DefaultSchema is the schema of the tables where none is named.
const DefaultSchema = "shopctl"

// Store is one state in a database. It asks the server once for each call and is
// made patient by state.NewRemote.
type Store struct {
	config *pgx.ConnConfig
	schema string
	name   string
	writer string        // signs what this store writes
	length time.Duration // of a lease
	lease  state.Lease
	ready  atomic.Bool  // the tables are there and fit
	fence  atomic.Int64 // number of the lock that is held, 0 for none

	mu    sync.Mutex // guards what follows, and keeps to one statement at a time
	work  link
	lines *state.Lines // what the rows are; nil when that is not known
	base  place        // what the row of the state was when it was last seen
	open  *write       // got no answer

	held   sync.Mutex // guards what follows; taken before mu where both are
	guard  link       // keeps the advisory lock and renews the lease
	lockID string
}

var _ state.Leased = (*Store)(nil)

// Open connects to a database and gives the state of that name in a schema. dsn is
// a URL (postgres://user@host/db) or key=value pairs; what it leaves out is taken
// from the PG* variables, ~/.pgpass and the service file, as psql does. Names are
// those of the shop, such as component/wx0123456789abcdef.
//
// Nothing is made in the database before the first lock or write.
func Open(ctx context.Context, dsn, schema, name string) (*Store, error) {
	return open(ctx, dsn, schema, name, state.DefaultLease)
}

func open(ctx context.Context, dsn, schema, name string, lease time.Duration) (*Store, error) {
	config, err := ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	s := &Store{config: config, schema: schema, name: name, writer: rand.Text(), length: lease}
	s.work, s.guard = link{dial: s.connect}, link{dial: s.connect}
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.work.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		version, err := versionOf(ctx, c)
		if err != nil || version == 0 {
			return err
		}
		return s.migrate(ctx, c)
	})
	if err != nil {
		s.work.close()
		return nil, s.explain(err)
	}
	return s, nil
}

// Where names the database, the schema and the state, without secrets.
func (s *Store) Where() string {
	return fmt.Sprintf("%s %s %s", where(s.config), s.schema, s.name)
}

func where(c *pgx.ConnConfig) string {
	return fmt.Sprintf("postgres://%s:%d/%s", c.Host, c.Port, c.Database)
}

// JournalSize is the length of the lines that were written since the last
// snapshot, in bytes. They are in place already; a snapshot only says so.
func (s *Store) JournalSize() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base.journal
}

// Lease implements state.Leased.
func (s *Store) Lease() *state.Lease { return &s.lease }

// Close closes the connections. A lock that was not given back stays until its
// lease ends.
func (s *Store) Close() error {
	s.mu.Lock()
	s.work.close()
	s.lines = nil
	s.mu.Unlock()
	s.held.Lock()
	defer s.held.Unlock()
	s.guard.close()
	return nil
}
