package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

// chunkBytes is how much goes to the server in one statement.
const chunkBytes = 1 << 20

var (
	errOvertaken = &Problem{
		What:   lang.T("somebody else wrote the state meanwhile", "状态在此期间已被其他程序写入"),
		Remedy: lang.T("Run again: the newer state is read then.", "请重新运行，届时会读取更新后的状态。"),
	}
	errLate = errors.New("an earlier write was committed late")
)

// write is one transaction that moves a state from one revision to the next.
type write struct {
	call   string // tells a repeated call from another one
	rev    int64  // it extends
	header *string
	seq    uint64
	lines  []state.Line                 // of an entry
	differ iter.Seq2[state.Line, error] // of a snapshot
	bytes  int64                        // of lines
}

// Append implements state.Store. It waits for the commit. When the server did not
// answer it may be called again with the same entries.
func (s *Store) Append(ctx context.Context, entries ...state.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	call := fmt.Sprintf("append %d to %d", entries[0].Seq, entries[len(entries)-1].Seq)
	switch {
	case s.lines == nil || s.base.header == "":
		return state.ErrUnbased
	case s.open != nil && s.open.call == call:
		return s.commit(ctx, s.open)
	case s.open != nil:
		return state.ErrUnbased
	}
	lines, err := s.lines.Append(entries...)
	if err != nil {
		s.lines = nil
		return err
	}
	w := &write{call: call, rev: s.base.rev, lines: lines}
	for _, e := range entries {
		w.seq = max(w.seq, e.Seq)
	}
	for _, l := range lines {
		w.bytes += int64(len(l.JSON)) + 1
	}
	return s.commit(ctx, w)
}

// Save implements state.Store. It writes the header, and the lines that differ
// from those in the database: none, when every entry of s was appended.
func (s *Store) Save(ctx context.Context, st *state.State) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	next := *st
	next.Serial++
	call := fmt.Sprintf("save %s %d", next.Lineage, next.Serial)
	if s.lines == nil || s.open != nil && s.open.call != call {
		if _, err := s.load(ctx); err != nil && !errors.Is(err, state.ErrNoState) {
			return err
		}
	}
	header, err := headerOf(&next)
	if err != nil {
		return err
	}
	w := &write{call: call, rev: s.base.rev, header: &header, seq: next.Seq, differ: s.lines.To(&next)}
	if err := s.commit(ctx, w); err != nil {
		return err
	}
	st.Header = next.Header
	s.lines = state.NewLines(st)
	return nil
}

// headerOf is the first line of a snapshot.
func headerOf(s *state.State) (string, error) {
	var b strings.Builder
	err := state.Encode(&b, &state.State{Header: s.Header})
	return strings.TrimSuffix(b.String(), "\n"), err
}

// commit has a write done once, also when an earlier attempt got no answer. After
// another error nothing is appended until the state was read or saved.
func (s *Store) commit(ctx context.Context, w *write) error {
	err := s.work.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if err := s.migrate(ctx, c); err != nil {
			return err
		}
		if s.open != nil {
			if done, err := s.settled(ctx, c, w); done || err != nil {
				return err
			}
		}
		return s.send(ctx, c, w)
	})
	err = s.explain(err)
	_, unanswered := errors.AsType[*state.UnreachableError](err)
	switch {
	case err == nil:
		s.open = nil
		s.advanceBase(w)
	case unanswered && !errors.Is(err, errLate):
		s.open = w
	default:
		s.open, s.lines = nil, nil
	}
	return err
}

// settled asks whether a write that got no answer was committed: then the
// revision is its own, signed by us.
func (s *Store) settled(ctx context.Context, c *pgx.Conn, w *write) (bool, error) {
	now, err := s.place(ctx, c, "")
	return err == nil && now.rev == w.rev+1 && now.writer == s.writer, err
}

func (s *Store) advanceBase(w *write) {
	s.base.rev, s.base.writer = w.rev+1, s.writer
	s.base.seq = max(s.base.seq, w.seq)
	s.base.journal += w.bytes
	if w.header != nil {
		s.base.header, s.base.seq, s.base.journal = *w.header, w.seq, 0
	}
}

// send writes all in one statement where it fits, else in one transaction.
func (s *Store) send(ctx context.Context, c *pgx.Conn, w *write) error {
	if s.base.id == 0 {
		if err := s.found(ctx, c); err != nil {
			return err
		}
	}
	next, stop := iter.Pull2(w.chunks())
	defer stop()
	first, err, _ := next()
	if err != nil {
		return err
	}
	second, err, more := next()
	switch {
	case err != nil:
		return err
	case !more:
		return s.begin(ctx, c, w, first)
	}
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		err := s.begin(ctx, tx, w, first)
		for err == nil && more {
			if _, err = tx.Exec(ctx, writeMore, s.base.id, second.kinds, second.keys, second.lines, second.goneKinds, second.goneKeys); err == nil {
				second, err, more = next()
			}
		}
		return err
	})
}

// found makes the row of a state that has none.
func (s *Store) found(ctx context.Context, c *pgx.Conn) error {
	if _, err := c.Exec(ctx, `INSERT INTO states (name) VALUES ($1) ON CONFLICT DO NOTHING`, s.name); err != nil {
		return err
	}
	return c.QueryRow(ctx, `SELECT id FROM states WHERE name = $1`, s.name).Scan(&s.base.id)
}

// The rows of one chunk; %s is the row of the state, or nothing when the guard
// stood in an earlier statement.
const (
	putLines = `
put AS (
  INSERT INTO lines (state, kind, key, line)
  SELECT mine.id, l.kind, l.key, l.line::json
  FROM mine, unnest($2::text[], $3::text[], $4::text[]) AS l (kind, key, line)
  ON CONFLICT (state, kind, key) DO UPDATE SET line = excluded.line
), gone AS (
  DELETE FROM lines
  USING mine, unnest($5::text[], $6::text[]) AS l (kind, key)
  WHERE lines.state = mine.id AND lines.kind = l.kind AND lines.key = l.key
)
SELECT count(*) FROM mine`

	// writeFirst takes place only on the revision that the store knows, under its
	// own lock, or where nobody has one. Whoever comes at the same time waits for
	// the row and then finds another revision.
	writeFirst = `
WITH mine AS (
  UPDATE states SET
    rev     = rev + 1,
    writer  = $8,
    header  = coalesce($9::json, header),
    seq     = CASE WHEN $9::json IS NULL THEN greatest(seq, $10::bigint) ELSE $10::bigint END,
    journal = CASE WHEN $9::json IS NULL THEN journal + $11::bigint ELSE 0 END
  WHERE id = $1 AND rev = $7
    AND CASE WHEN $12::bigint = 0 THEN holder IS NULL ELSE holder IS NOT NULL AND fence = $12::bigint END
  RETURNING id
),` + putLines

	writeMore = `WITH mine AS (SELECT $1::bigint AS id),` + putLines
)

func (s *Store) begin(ctx context.Context, q querier, w *write, c *chunk) error {
	var moved int
	err := q.QueryRow(ctx, writeFirst, s.base.id, c.kinds, c.keys, c.lines, c.goneKinds, c.goneKeys,
		w.rev, s.writer, w.header, w.seq, w.bytes, s.fence.Load()).Scan(&moved)
	if err != nil || moved == 1 {
		return err
	}
	now, err := s.place(ctx, q, "")
	if err != nil {
		return err
	}
	return s.overtaken(now)
}

// overtaken says why a write did not take place.
func (s *Store) overtaken(now place) error {
	fence := s.fence.Load()
	switch {
	case fence != 0 && (now.fence != fence || now.holder == nil):
		return s.lost()
	case fence == 0 && now.holder != nil:
		return &state.LockError{Holder: *now.holder}
	case now.writer == s.writer:
		return &state.UnreachableError{Where: s.Where(), Err: errLate}
	}
	return errOvertaken
}

// chunk is lines as columns.
type chunk struct {
	kinds, keys, lines  []string
	goneKinds, goneKeys []string
	bytes               int
}

func (c *chunk) add(l state.Line) {
	if l.JSON == nil {
		c.goneKinds, c.goneKeys = append(c.goneKinds, string(l.Kind)), append(c.goneKeys, l.Key)
	} else {
		c.kinds, c.keys, c.lines = append(c.kinds, string(l.Kind)), append(c.keys, l.Key), append(c.lines, string(l.JSON))
	}
	c.bytes += len(l.Key) + len(l.JSON)
}

// chunks are the lines of a write in parts; there is always one.
func (w *write) chunks() iter.Seq2[*chunk, error] {
	return func(yield func(*chunk, error) bool) {
		part := &chunk{}
		for l, err := range w.all() {
			if err != nil {
				yield(nil, err)
				return
			}
			if part.add(l); part.bytes >= chunkBytes {
				if !yield(part, nil) {
					return
				}
				part = &chunk{}
			}
		}
		yield(part, nil)
	}
}

func (w *write) all() iter.Seq2[state.Line, error] {
	if w.differ != nil {
		return w.differ
	}
	return func(yield func(state.Line, error) bool) {
		for l := range slices.Values(w.lines) {
			if !yield(l, nil) {
				return
			}
		}
	}
}
