package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shopctl/shopctl/lang"
)

// migrations build the tables; the version of a schema is how many of them were
// made. One that was released is never changed.
var migrations = []string{`
CREATE TABLE states (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name    text   NOT NULL UNIQUE,
  header  json,                      -- first line of the snapshot; none before the first one
  seq     bigint NOT NULL DEFAULT 0, -- number of the last entry
  journal bigint NOT NULL DEFAULT 0, -- bytes of the lines since the last snapshot
  rev     bigint NOT NULL DEFAULT 0, -- rises by one with every write
  writer  text   NOT NULL DEFAULT '',-- whose the last write was
  fence   bigint NOT NULL DEFAULT 0, -- rises by one with every lock
  holder  json,                      -- who has the lock
  expires timestamptz                -- when it ends unless it is renewed
);
CREATE TABLE lines (
  state bigint NOT NULL REFERENCES states ON DELETE CASCADE,
  kind  text   NOT NULL,
  key   text   NOT NULL,
  line  json   NOT NULL,
  PRIMARY KEY (state, kind, key)
);`,
}

// Codes of tables or a schema that are not there.
const (
	undefinedTable  = "42P01"
	undefinedSchema = "3F000"
)

func missing(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == undefinedTable || e.Code == undefinedSchema)
}

// versionOf is the version of the schema, 0 when nothing is there.
func versionOf(ctx context.Context, c *pgx.Conn) (version int, err error) {
	err = c.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM migrations`).Scan(&version)
	if missing(err) {
		return 0, nil
	}
	return version, err
}

// migrate brings the schema to our version. Others may do so at the same time:
// one goes first. A schema that fits is not touched, so that a user without the
// right to make tables can work once they are there.
func (s *Store) migrate(ctx context.Context, c *pgx.Conn) error {
	if s.ready.Load() {
		return nil
	}
	version, err := versionOf(ctx, c)
	if err == nil && version < len(migrations) {
		version, err = s.advance(ctx, c)
	}
	if err == nil && version > len(migrations) {
		err = &Problem{
			What:   lang.F("the tables in schema %s have version %d; this program knows up to %d", "模式 %s 中的表是版本 %d，本程序最高支持 %d", s.schema, version, len(migrations)),
			Remedy: lang.T("Install a newer shopctl.", "请安装更新版本的 shopctl。"),
		}
	}
	s.ready.Store(err == nil)
	return err
}

func (s *Store) advance(ctx context.Context, c *pgx.Conn) (version int, err error) {
	err = pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('shopctl migrate ' || $1, 0))`, s.schema); err != nil {
			return err
		}
		if err := makeSchema(ctx, tx, s.schema); err != nil {
			return err
		}
		if version, err = versionOf(ctx, tx.Conn()); err != nil {
			return err
		}
		for ; version < len(migrations); version++ {
			if _, err := tx.Exec(ctx, migrations[version]); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO migrations (version) VALUES ($1)`, version+1); err != nil {
				return err
			}
		}
		return nil
	})
	return version, err
}

// makeSchema asks first: to create what is there already needs a right all the same.
func makeSchema(ctx context.Context, tx pgx.Tx, schema string) error {
	var schemas, tables int
	err := tx.QueryRow(ctx, `
SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = $1),
       (SELECT count(*) FROM pg_tables WHERE schemaname = $1 AND tablename = 'migrations')`, schema).Scan(&schemas, &tables)
	if err == nil && schemas == 0 {
		_, err = tx.Exec(ctx, `CREATE SCHEMA `+pgx.Identifier{schema}.Sanitize())
	}
	if err == nil && tables == 0 {
		_, err = tx.Exec(ctx, `CREATE TABLE migrations (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`)
	}
	return err
}
