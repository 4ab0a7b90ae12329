package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

func readHolder(b []byte, expires *time.Time) (*state.LockInfo, error) {
	info := new(state.LockInfo)
	err := json.Unmarshal(b, info)
	if expires != nil {
		info.Expires = *expires
	}
	return info, err
}

// living is the holder whose lease runs, nil for none.
func (p *place) living() *state.LockInfo {
	if p.ended {
		return nil
	}
	return p.holder
}

// advisory is the key of the lock that is held by a connection.
const advisory = `hashtextextended('shopctl ' || $1 || ' ' || $2, 0)`

// Lock implements state.Locker. A lock whose lease is past is taken over. When the
// server did not answer it may be called again with the same info.
func (s *Store) Lock(ctx context.Context, info state.LockInfo) (notices []lang.Text, err error) {
	s.held.Lock()
	defer s.held.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var fence int64
	sent := time.Now()
	err = s.guard.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if err := s.migrate(ctx, c); err != nil {
			return err
		}
		err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			fence, notices, err = s.take(ctx, tx, info)
			return err
		})
		if err != nil {
			return err
		}
		return s.own(ctx, c)
	})
	if err != nil {
		if s.fence.Load() == 0 {
			s.guard.close()
		}
		return nil, s.explain(err)
	}
	s.fence.Store(fence)
	s.lockID = info.ID
	s.lease.Hold(info, sent, s.length)
	return notices, nil
}

func (s *Store) take(ctx context.Context, tx pgx.Tx, info state.LockInfo) (fence int64, notices []lang.Text, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO states (name) VALUES ($1) ON CONFLICT DO NOTHING`, s.name); err != nil {
		return 0, nil, err
	}
	now, err := s.place(ctx, tx, " FOR UPDATE")
	if err != nil {
		return 0, nil, err
	}
	switch holder := now.living(); {
	case holder != nil && holder.ID != info.ID:
		return 0, nil, &state.LockError{Holder: *holder}
	case holder == nil && now.holder != nil:
		notices = append(notices, state.TakenOver(*now.holder))
	}
	info.Expires = time.Time{} // it has a column of its own
	err = tx.QueryRow(ctx, `
UPDATE states SET holder = $2, expires = clock_timestamp() + $3::interval, fence = fence + 1
WHERE name = $1 RETURNING fence`, s.name, info, s.length).Scan(&fence)
	return fence, notices, err
}

// own takes the advisory lock for the connection. Whoever else has it lost the
// lease: a connection that the server still believes in, or a holder that is
// stopped. It is ended where we may do so; without that the lease holds all the
// same.
func (s *Store) own(ctx context.Context, c *pgx.Conn) error {
	var got bool
	err := c.QueryRow(ctx, `SELECT pg_try_advisory_lock(`+advisory+`)`, s.schema, s.name).Scan(&got)
	if err != nil || got {
		return err
	}
	_, err = c.Exec(ctx, `
SELECT pg_terminate_backend(pid) FROM pg_locks, (SELECT `+advisory+` AS key) AS ours
WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = key AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, s.schema, s.name)
	if denied(err) {
		return nil
	}
	if err == nil {
		_, err = c.Exec(ctx, `SELECT pg_advisory_lock(`+advisory+`)`, s.schema, s.name)
	}
	return err
}

const insufficientPrivilege = "42501"

func denied(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == insufficientPrivilege
}

// lost is the answer to whoever has no lock any more.
func (s *Store) lost() error { return &state.LockLostError{Where: s.Where()} }

// Renew implements state.Leased.
func (s *Store) Renew(ctx context.Context) error {
	s.held.Lock()
	defer s.held.Unlock()
	fence := s.fence.Load()
	if fence == 0 {
		return state.ErrNotLocked
	}
	sent := time.Now()
	anew := s.guard.conn == nil
	err := s.guard.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		renewed, err := c.Exec(ctx, `
UPDATE states SET expires = clock_timestamp() + $3::interval
WHERE name = $1 AND fence = $2 AND holder IS NOT NULL`, s.name, fence, s.length)
		switch {
		case err != nil:
			return err
		case renewed.RowsAffected() == 0:
			return s.lost()
		case anew:
			return s.own(ctx, c)
		}
		return nil
	})
	if err != nil {
		return s.explain(err)
	}
	info, _ := s.lease.Held()
	s.lease.Hold(info, sent, s.length)
	return nil
}

// Unlock implements state.Locker.
func (s *Store) Unlock(ctx context.Context, id string) error {
	s.held.Lock()
	defer s.held.Unlock()
	fence := s.fence.Load()
	switch info, _ := s.lease.Held(); {
	case fence == 0:
		return state.ErrNotLocked
	case id != s.lockID:
		return &state.LockError{Holder: info}
	}
	err := s.guard.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		freed, err := c.Exec(ctx, `UPDATE states SET holder = NULL, expires = NULL WHERE name = $1 AND fence = $2`, s.name, fence)
		if err == nil && freed.RowsAffected() == 0 {
			err = s.lost()
		}
		return err
	})
	err = s.explain(err)
	if _, unanswered := errors.AsType[*state.UnreachableError](err); unanswered {
		return err
	}
	s.guard.close()
	s.lease.Drop()
	s.fence.Store(0)
	return err
}

// Holder implements state.Locker. Whoever let a lease end is nobody.
func (s *Store) Holder(ctx context.Context) (*state.LockInfo, error) {
	var now place
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.work.use(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		now, err = s.place(ctx, c, "")
		if missing(err) {
			err = nil
		}
		return err
	})
	return now.living(), s.explain(err)
}

// Break implements state.Locker. A holder whose connection the server has is seen
// to live, as long as its lease runs.
func (s *Store) Break(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.explain(s.work.use(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if version, err := versionOf(ctx, c); err != nil {
			return err
		} else if version == 0 {
			return state.ErrNotLocked
		}
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			now, err := s.place(ctx, tx, " FOR UPDATE")
			if err != nil {
				return err
			}
			if now.living() == nil {
				return state.ErrNotLocked
			}
			return s.breakLock(ctx, tx, now, id)
		})
	}))
}

func (s *Store) breakLock(ctx context.Context, tx pgx.Tx, now place, id string) error {
	var gone bool
	err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock(`+advisory+`)`, s.schema, s.name).Scan(&gone)
	switch {
	case err != nil:
		return err
	case !gone || now.holder.ID != id:
		return &state.LockError{Holder: *now.holder}
	}
	_, err = tx.Exec(ctx, `UPDATE states SET holder = NULL, expires = NULL, fence = fence + 1 WHERE id = $1`, now.id)
	return err
}
