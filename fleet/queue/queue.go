// Package queue spreads the shops of a fleet over many machines through a queue in
// PostgreSQL (River).
//
// A caller puts a job for each shop into the queue and waits for the results.
// Workers take jobs and do them as one machine would: each with its own checkout
// of the repository, its own way to the credentials, and the state of the shop,
// which must be in a store that all of them reach. No secret goes through the
// queue.
//
//   - A job goes to workers of the same revision of the repository only: each
//     revision has a queue of its own. A worker whose checkout has changed stops.
//   - There is one job for a shop at a time, whoever asked for it. Another one
//     waits until it is over.
//   - A worker lives by a lease that it renews. When the lease has ended, its jobs
//     go back into the queue and the worker itself ends its shops gently and
//     reports nothing more. Should both work on a shop for a moment, the lock of
//     its state decides.
//   - A job that has lost its worker MaxAttempts times is given up.
//   - The end of the caller's context takes back what has not begun and ends the
//     rest gently. A caller that is killed leaves its jobs in the queue, where they
//     are done all the same.
package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/postgres"
)

// Schema is where the queue has its tables.
const Schema = "shopctl_fleet"

// MaxAttempts is how many workers may die over one job before it is given up.
const MaxAttempts = 3

// lease is how long a worker is taken to live after its last sign. It gives one
// three times as often. So the lock that it had on a state is always past when its
// jobs are taken up again.
const lease = state.DefaultLease * 3 / 2

// Config says which queue, and what runs on it.
type Config struct {
	// DSN is the address of the database, as postgres.Open takes it.
	DSN string
	// Revision names what the shops are declared by: a commit, and the variables.
	// Only workers of the same revision take a job.
	Revision string
	Log      *slog.Logger // nil for none

	lease time.Duration // 0 is the usual one
}

func (c Config) leaseLength() time.Duration {
	if c.lease > 0 {
		return c.lease
	}
	return lease
}

func (c Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return c.Log
}

// topic is the name of a revision's queue. Its first part changes when workers
// and callers of different versions would not understand each other.
func (c Config) topic() string {
	sum := sha256.Sum256([]byte(c.Revision))
	return "v2-" + hex.EncodeToString(sum[:16])
}

// job is one shop of a run. What may hold any text travels as bytes, because the
// database refuses some of it in JSON.
type job struct {
	Shop string `json:"shop"` // its directory; for people who look into the table
	Verb string `json:"verb"`
	Key  string `json:"key" river:"unique"` // names the shop whatever repository it is in
	Task []byte `json:"task"`               // fleet.Task as JSON
	Logs bool   `json:"logs"`               // whether the caller wants fleet.Logs
}

// Kind implements river.JobArgs.
func (job) Kind() string { return "shop" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (job) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: MaxAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: open}}
}

// The states of a job that is not over, and of one that is.
var (
	open = []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
	over = []rivertype.JobState{rivertype.JobStateCancelled, rivertype.JobStateCompleted, rivertype.JobStateDiscarded}
)

func newJob(t fleet.Task, logs bool) (job, error) {
	encoded, err := json.Marshal(t)
	return job{Shop: t.Dir, Verb: string(t.Verb), Key: keyOf(t), Task: encoded, Logs: logs}, err
}

// keyOf is the platform's shop; where that is not known, the directory.
func keyOf(t fleet.Task) string {
	name := t.Shop.Platform + "\n" + t.Shop.AppID
	if t.Shop.AppID == "" {
		name = t.Dir
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// outcome is what a worker tells of a job.
type outcome struct {
	Result []byte     `json:"result"` // fleet.Result as JSON
	Logs   fleet.Logs `json:"logs"`
}

// maxLogs bounds the logs of one shop in bytes; a row must not grow without end.
const maxLogs = 8 << 20

func newOutcome(r fleet.Result, logs fleet.Logs) (outcome, error) {
	encoded, err := json.Marshal(r)
	if len(logs.Text) > maxLogs {
		logs.Text = fmt.Appendf(logs.Text[:maxLogs:maxLogs], "\n... (%d bytes in all)\n", len(logs.Text))
	}
	if len(logs.JSON) > maxLogs {
		logs.JSON = nil // a part of a document is none
	}
	return outcome{Result: encoded, Logs: logs}, err
}

// connect opens the queue and makes its tables where they are missing.
func connect(ctx context.Context, c Config, connections int32) (*pgxpool.Pool, error) {
	one, err := postgres.ParseDSN(c.DSN)
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	config.ConnConfig = one
	config.MaxConns = max(connections, 2) // one migrates while another keeps the others away
	config.AfterConnect = postgres.RefusePooler
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, c, pool); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the queue: %w", postgres.Explain(one, Schema, err))
	}
	return pool, nil
}

// migrate brings the tables up to date; one at a time does so.
func migrate(ctx context.Context, c Config, pool *pgxpool.Pool) error {
	return pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended('shopctl migrate `+Schema+`', 0))`); err != nil {
			return err
		}
		err := advance(ctx, c, pool, conn.Conn())
		_, unlocked := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended('shopctl migrate `+Schema+`', 0))`)
		return errors.Join(err, unlocked)
	})
}

func advance(ctx context.Context, c Config, pool *pgxpool.Pool, conn *pgx.Conn) error {
	var there bool
	err := conn.QueryRow(ctx, `SELECT to_regclass('`+Schema+`.workers') IS NOT NULL`).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS `+Schema)
	}
	if err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: Schema, Logger: c.log()})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	if !there {
		_, err = conn.Exec(ctx, makeWorkers)
	}
	return err
}
