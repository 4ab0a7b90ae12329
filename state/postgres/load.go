package postgres

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

// place is the row of a state. Its zero value is a state that has none.
type place struct {
	id      int64
	header  string // "" before the first snapshot
	seq     uint64
	journal int64
	rev     int64
	writer  string
	fence   int64
	holder  *state.LockInfo // with Expires; nil for none
	ended   bool            // the lease of the holder is past
}

const selectPlace = `
SELECT id, coalesce(header::text, ''), seq, journal, rev, writer, fence, holder, expires <= clock_timestamp(), expires
FROM states WHERE name = $1`

// querier is a connection or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (s *Store) place(ctx context.Context, q querier, suffix string) (p place, err error) {
	var ended *bool
	var holder []byte
	var expires *time.Time
	err = q.QueryRow(ctx, selectPlace+suffix, s.name).Scan(&p.id, &p.header, &p.seq, &p.journal, &p.rev, &p.writer, &p.fence, &holder, &ended, &expires)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return place{}, nil
	case err != nil:
		return place{}, err
	case holder != nil:
		p.ended = ended == nil || *ended
		p.holder, err = readHolder(holder, expires)
	}
	return p, err
}

// Load implements state.Store. It reads one moment of the database, row by row,
// beside whoever writes.
func (s *Store) Load(ctx context.Context) (*state.State, []lang.Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.load(ctx)
	return st, nil, err
}

func (s *Store) load(ctx context.Context) (st *state.State, err error) {
	s.lines, s.base, s.open = nil, place{}, nil
	err = s.work.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		st = nil
		moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		return pgx.BeginTxFunc(ctx, c, moment, func(tx pgx.Tx) (err error) {
			if s.base, err = s.place(ctx, tx, ""); err != nil || s.base.header == "" {
				return err
			}
			st, err = s.decode(ctx, tx)
			return err
		})
	})
	switch {
	case missing(err) || err == nil && st == nil:
		s.lines = state.NewLines(state.New(state.ShopID{}))
		return nil, state.ErrNoState
	case err != nil:
		return nil, s.explain(err)
	}
	s.lines = state.NewLines(st)
	return st, nil
}

func (s *Store) decode(ctx context.Context, tx pgx.Tx) (*state.State, error) {
	rows, err := tx.Query(ctx, `SELECT line::text FROM lines WHERE state = $1`, s.base.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	st, err := state.Decode(io.MultiReader(strings.NewReader(s.base.header+"\n"), &rowReader{rows: rows}))
	if bad, ok := errors.AsType[*state.LineError](err); ok {
		return nil, &state.LineError{File: s.Where(), Line: bad.Line, Err: bad.Err}
	}
	if err == nil {
		st.Seq = max(st.Seq, s.base.seq)
	}
	return st, err
}

// rowReader is the text of rows of one column, each ended by a newline. It holds
// one row at a time.
type rowReader struct {
	rows pgx.Rows
	line []byte
	rest []byte // of line, not read yet
}

func (r *rowReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		if !r.rows.Next() {
			return 0, cmp.Or(r.rows.Err(), io.EOF)
		}
		r.line = append(append(r.line[:0], r.rows.RawValues()[0]...), '\n')
		r.rest = r.line
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
