package queue

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// makeWorkers makes the table of who works.
const makeWorkers = `
CREATE TABLE ` + Schema + `.workers (
  id       text PRIMARY KEY,
  host     text NOT NULL,
  pid      int  NOT NULL,
  queue    text NOT NULL,
  revision text NOT NULL,
  shops    int  NOT NULL, -- at the same time
  since    timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires  timestamptz NOT NULL -- when it is taken to be dead
)`

// worker is a row of the table.
type workerRow struct {
	ID       string
	Host     string
	PID      int
	Queue    string
	Revision string
	Shops    int
}

// join enters a worker.
func join(ctx context.Context, pool *pgxpool.Pool, w workerRow, lease time.Duration) error {
	_, err := pool.Exec(ctx, `
INSERT INTO `+Schema+`.workers (id, host, pid, queue, revision, shops, expires)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::interval)`, w.ID, w.Host, w.PID, w.Queue, w.Revision, w.Shops, lease)
	return err
}

// beat renews the lease of a worker; false when it has ended or was taken away.
func beat(ctx context.Context, pool *pgxpool.Pool, id string, lease time.Duration) (bool, error) {
	done, err := pool.Exec(ctx, `
UPDATE `+Schema+`.workers SET expires = clock_timestamp() + $2::interval
WHERE id = $1 AND expires > clock_timestamp()`, id, lease)
	return done.RowsAffected() == 1, err
}

func leave(ctx context.Context, pool *pgxpool.Pool, id string) error {
	_, err := pool.Exec(ctx, `DELETE FROM `+Schema+`.workers WHERE id = $1`, id)
	return err
}

// alive lists the workers whose lease runs.
func alive(ctx context.Context, pool *pgxpool.Pool) ([]workerRow, error) {
	rows, err := pool.Query(ctx, `
SELECT id, host, pid, queue, revision, shops FROM `+Schema+`.workers WHERE expires > clock_timestamp() ORDER BY host, pid`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[workerRow])
}

// rescue takes the jobs of dead workers back into the queue, but for those that
// were called off and those that have lost too many workers. River itself would
// rescue a job by its age, and ours may take hours.
func rescue(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	done, err := pool.Exec(ctx, `
WITH stuck AS (
  SELECT id, CASE WHEN metadata ? 'cancel_attempted_at' THEN 'cancelled'
                  WHEN attempt >= max_attempts          THEN 'discarded'
                  ELSE 'available' END AS next
  FROM `+Schema+`.river_job AS j
  WHERE state = 'running' AND kind = $1 AND NOT EXISTS (
    SELECT FROM `+Schema+`.workers AS w
    WHERE w.id = j.attempted_by[array_upper(j.attempted_by, 1)] AND w.expires > clock_timestamp())
  FOR UPDATE SKIP LOCKED
)
UPDATE `+Schema+`.river_job AS j SET
  state        = stuck.next::`+Schema+`.river_job_state,
  finalized_at = CASE WHEN stuck.next = 'available' THEN NULL ELSE clock_timestamp() END,
  scheduled_at = clock_timestamp(),
  errors       = array_append(j.errors, jsonb_build_object(
    'at', clock_timestamp(), 'attempt', j.attempt, 'error', 'the lease of the worker ended', 'trace', ''))
FROM stuck WHERE j.id = stuck.id`, job{}.Kind())
	return done.RowsAffected(), err
}
