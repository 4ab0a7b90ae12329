//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shopctl/shopctl/internal/pgtest"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func product(n int) schema.Address {
	return schema.Address{Kind: schema.KindSPU, Name: strconv.Itoa(n)}
}

func entry(seq int, remoteID string) state.Entry {
	return state.Entry{Seq: uint64(seq), Kind: state.EntryRecord, Record: &state.Record{Address: product(seq), RemoteID: remoteID}}
}

func info(id string) state.LockInfo {
	return state.LockInfo{ID: id, Operation: "apply", Who: id + "@here", Since: statetest.At}
}

func unanswered(err error) bool {
	_, ok := errors.AsType[*state.UnreachableError](err)
	return ok
}

// sql asks the server itself.
func sql[T any](t testing.TB, s *Store, query string, args ...any) (value T) {
	t.Helper()
	c, err := s.connect(t.Context())
	must(t, err)
	defer hangUp(c)
	must(t, c.QueryRow(t.Context(), query, args...).Scan(&value))
	return value
}

// The server commits and its answer is lost, or the request is. The same call
// again is done once, whatever happened to the first.
func TestLostAnswerIsSettledByReading(t *testing.T) {
	for _, lost := range []string{"answer", "request"} {
		t.Run(lost, func(t *testing.T) {
			net := newProxy(t)
			store := at(t, net.port)()
			defer store.Close()
			st := state.New(statetest.Shop)
			must(t, store.Save(t.Context(), st))

			lose(t, net, lost, func(ctx context.Context) error { return store.Append(ctx, entry(1, "one")) })
			direct := *store.config
			direct.Port = uint16(server.Port)
			there := sql[int](t, &Store{config: &direct, schema: store.schema}, `SELECT count(*)::int FROM lines`)
			if want := map[string]int{"answer": 1, "request": 0}[lost]; there != want {
				t.Fatalf("the %s was lost and %d lines are there, want %d", lost, there, want)
			}
			must(t, store.Append(t.Context(), entry(1, "one")))
			lose(t, net, lost, func(ctx context.Context) error { return store.Save(ctx, st) })
			must(t, store.Save(t.Context(), st))
			if st.Serial != 2 {
				t.Errorf("the serial is %d, want 2", st.Serial)
			}
			if rev := sql[int](t, store, `SELECT rev::int FROM states`); rev != 3 {
				t.Errorf("there were %d writes, want 3: two snapshots and an entry", rev)
			}
		})
	}
}

// lose does a call whose answer, or request, is lost.
func lose(t *testing.T, net *proxy, what string, call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if what == "request" {
		net.setDown(true)
		defer net.setDown(false)
	}
	net.mute.Store(true)
	defer net.mute.Store(false)
	if err := call(ctx); !unanswered(err) {
		t.Fatalf("without an answer: got %v, want an UnreachableError", err)
	}
	net.cut()
}

// A write that is still on its way when the next one comes must not slip in
// between: it finds another revision.
func TestLateWriteFindsAnotherRevision(t *testing.T) {
	open := at(t, 0)
	first, second := open(), open()
	defer first.Close()
	defer second.Close()
	st := state.New(statetest.Shop)
	must(t, first.Save(t.Context(), st))
	_, _, err := second.Load(t.Context())
	must(t, err, second.Append(t.Context(), entry(1, "second")))
	err = first.Append(t.Context(), entry(1, "first"))
	if !errors.Is(err, errOvertaken) {
		t.Errorf("Append on an old revision: got %v, want %v", err, errOvertaken)
	}
	if err := first.Append(t.Context(), entry(2, "first")); !errors.Is(err, state.ErrUnbased) {
		t.Errorf("Append after that: got %v, want ErrUnbased", err)
	}
	_, _, err = first.Load(t.Context())
	must(t, err, first.Append(t.Context(), entry(2, "first")))
}

// trouble goes on while a run writes; what was acknowledged is there, once.
func TestRunThroughTrouble(t *testing.T) {
	for _, test := range []struct {
		name string
		what func(*testing.T, *proxy)
	}{
		{"connections are cut", func(_ *testing.T, net *proxy) { net.cut() }},
		{"answers are lost", func(_ *testing.T, net *proxy) {
			net.mute.Store(true)
			time.AfterFunc(50*time.Millisecond, func() { net.mute.Store(false); net.cut() })
		}},
		{"the network is down", func(_ *testing.T, net *proxy) {
			net.setDown(true)
			time.AfterFunc(100*time.Millisecond, func() { net.setDown(false) })
		}},
		{"the server crashes and comes back", func(t *testing.T, _ *proxy) {
			must(t, server.Down(), server.Up())
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			net := newProxy(t)
			open := at(t, net.port)
			remote := state.NewRemote(open(), state.Rescue{})
			session, _, err := state.Open(t.Context(), remote, statetest.Shop, info("run"))
			must(t, err)
			for round := range 3 {
				writeWhile(t, session, round, func() { test.what(t, net) })
			}
			must(t, session.Close(t.Context()), remote.Close())
			expectWritten(t, open())
		})
	}
}

const perRound = 40

// writeWhile puts records from several goroutines, and makes trouble among them.
func writeWhile(t *testing.T, session *state.Session, round int, trouble func()) {
	t.Helper()
	var group sync.WaitGroup
	for n := range perRound {
		group.Go(func() {
			a := product(round*perRound + n)
			seq, err := session.Announce(t.Context(), state.Intent{Address: a, Call: "spu/add", At: statetest.At})
			if err == nil {
				err = session.Put(t.Context(), &state.Record{Address: a, RemoteID: "1", AuditPending: n%2 == 0}, seq)
			}
			if err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		})
		if n == perRound/2 {
			group.Go(trouble)
		}
	}
	group.Wait()
}

func expectWritten(t *testing.T, store *Store) {
	t.Helper()
	defer store.Close()
	st, _, err := store.Load(t.Context())
	must(t, err)
	if len(st.Records) != 3*perRound || len(st.Intents) != 0 || store.JournalSize() != 0 {
		t.Errorf("%d records, %d open intents and a journal of %d bytes are there, want %d, 0 and 0", len(st.Records), len(st.Intents), store.JournalSize(), 3*perRound)
	}
}

func TestOfManyOneGetsTheLock(t *testing.T) {
	open := at(t, 0)
	won := make(chan string, 8)
	var group sync.WaitGroup
	for n := range 8 {
		store := open()
		defer store.Close()
		group.Go(func() {
			id := strconv.Itoa(n)
			_, err := store.Lock(t.Context(), info(id))
			if _, refused := errors.AsType[*state.LockError](err); err != nil && !refused {
				t.Error(err)
			} else if err == nil {
				won <- id
			}
		})
	}
	group.Wait()
	close(won)
	if len(won) != 1 {
		t.Errorf("%d of 8 have the lock, want one", len(won))
	}
}

// A holder that stands still lets its lease end. It is connected all the same,
// and when it wakes up it can write nothing.
func TestHolderThatStandsStillIsTakenOver(t *testing.T) {
	open := at(t, 0)
	asleep, next := open(), open()
	defer asleep.Close()
	defer next.Close()
	asleep.length = 100 * time.Millisecond
	_, err := asleep.Lock(t.Context(), info("asleep"))
	must(t, err, asleep.Save(t.Context(), state.New(statetest.Shop)), asleep.Append(t.Context(), entry(1, "1")))

	notices := lockWhenFree(t, next, "next")
	if len(notices) != 1 || !strings.Contains(notices[0].EN, "asleep@here") {
		t.Errorf("the notices are %v, want one that names whose lock it was", notices)
	}
	for what, err := range map[string]error{
		"Append": asleep.Append(t.Context(), entry(2, "2")),
		"Save":   asleep.Save(t.Context(), state.New(statetest.Shop)),
		"Renew":  asleep.Renew(t.Context()),
		"Unlock": asleep.Unlock(t.Context(), "asleep"),
	} {
		if !errors.Is(err, state.ErrLockLost) && !unanswered(err) {
			t.Errorf("%s: got %v, want ErrLockLost", what, err)
		}
	}
	st, _, err := next.Load(t.Context())
	must(t, err, next.Append(t.Context(), entry(2, "next")), next.Unlock(t.Context(), "next"))
	if len(st.Records) != 1 {
		t.Errorf("%d records are there, want the one that was written in time", len(st.Records))
	}
}

// lockWhenFree asks for the lock until it is given.
func lockWhenFree(t *testing.T, store *Store, id string) []lang.Text {
	t.Helper()
	for {
		notices, err := store.Lock(t.Context(), info(id))
		if _, held := errors.AsType[*state.LockError](err); !held {
			must(t, err)
			return notices
		}
	}
}

// Who is gone and whose lease runs can be broken, because the server has freed
// its connection; who is connected cannot.
func TestBreakAsksForTheConnection(t *testing.T) {
	open := at(t, 0)
	holder, other := open(), open()
	defer holder.Close()
	defer other.Close()
	_, err := holder.Lock(t.Context(), info("gone"))
	must(t, err)
	if _, refused := errors.AsType[*state.LockError](other.Break(t.Context(), "gone")); !refused {
		t.Error("the lock of a holder that is connected was broken")
	}
	holder.guard.conn.PgConn().Conn().Close()
	for err := other.Break(t.Context(), "gone"); err != nil; err = other.Break(t.Context(), "gone") {
		if _, refused := errors.AsType[*state.LockError](err); !refused {
			t.Fatal(err)
		}
	}
	if err := holder.Renew(t.Context()); !unanswered(err) && !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Renew of a lock that was broken: got %v", err)
	}
	_, err = other.Lock(t.Context(), info("other"))
	must(t, err)
}

// The lease outlives its connection, and the connection comes back with it.
func TestRenewConnectsAgain(t *testing.T) {
	net := newProxy(t)
	open := at(t, net.port)
	store, other := open(), open()
	defer store.Close()
	defer other.Close()
	_, err := store.Lock(t.Context(), info("mine"))
	must(t, err)
	net.cut()
	for err = store.Renew(t.Context()); unanswered(err); err = store.Renew(t.Context()) {
	}
	must(t, err)
	for err = other.Break(t.Context(), "mine"); unanswered(err); err = other.Break(t.Context(), "mine") {
	}
	if _, refused := errors.AsType[*state.LockError](err); !refused {
		t.Errorf("Break after the holder came back: got %v, want a LockError", err)
	}
	must(t, store.Unlock(t.Context(), "mine"))
}

func TestNoConnectionIsLeft(t *testing.T) {
	store := at(t, 0)()
	defer store.Close()
	var all []*pgconn.PgConn
	defer func() {
		for _, c := range all {
			c.Close(context.Background())
		}
	}()
	for range pgtest.Connections {
		c, err := pgconn.Connect(t.Context(), server.DSN(0))
		if err != nil {
			break
		}
		all = append(all, c)
	}
	_, err := store.Lock(t.Context(), info("late"))
	if !unanswered(err) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Lock: got %v, want an UnreachableError without the password", err)
	}
	must(t, store.Save(t.Context(), state.New(statetest.Shop))) // through the connection it has
	must(t, all[0].Close(t.Context()))
	for _, err = store.Lock(t.Context(), info("late")); unanswered(err); _, err = store.Lock(t.Context(), info("late")) {
	}
	must(t, err)
}

func TestManyBeginAtOnce(t *testing.T) {
	open := at(t, 0)
	stores := make([]*Store, 8)
	for i := range stores {
		stores[i] = open()
		stores[i].name = fmt.Sprintf("shop %d", i)
		defer stores[i].Close()
	}
	var group sync.WaitGroup
	for i, s := range stores {
		group.Go(func() {
			session, _, err := state.Open(t.Context(), s, statetest.Shop, info("first"))
			if err == nil {
				err = errors.Join(session.Put(t.Context(), &state.Record{Address: product(i)}, 0), session.Close(t.Context()))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i, s := range stores {
		st, _, err := s.Load(t.Context())
		must(t, err)
		if len(st.Records) != 1 || st.Records[product(i)] == nil {
			t.Errorf("shop %d has %d records, want its own", i, len(st.Records))
		}
	}
}

func TestTablesOfAnotherVersion(t *testing.T) {
	open := at(t, 0)
	old := open()
	defer old.Close()
	must(t, old.Save(t.Context(), statetest.Full()))
	migrations = append(migrations, `ALTER TABLE states ADD COLUMN more int`)
	newer := open()
	defer newer.Close()
	migrations = migrations[:len(migrations)-1]
	st, _, err := newer.Load(t.Context())
	must(t, err)
	if got := sql[int](t, newer, `SELECT max(version) FROM migrations`); got != len(migrations)+1 || len(st.Records) != 3 {
		t.Errorf("after a migration the version is %d and %d records are there", got, len(st.Records))
	}
	_, err = Open(t.Context(), server.DSN(0), old.schema, old.name)
	if p, ok := errors.AsType[*Problem](err); !ok || !strings.Contains(p.Remedy.EN, "newer shopctl") {
		t.Errorf("Open of tables of a newer version: got %v, want a Problem that asks for a newer shopctl", err)
	}
}

// Somebody else may make the tables; whoever uses them needs no more than them.
func TestFewRightsAreEnough(t *testing.T) {
	store := at(t, 0)()
	defer store.Close()
	must(t, store.Save(t.Context(), statetest.Full()))
	owner, err := store.connect(t.Context())
	must(t, err)
	defer hangUp(owner)
	role := pgx.Identifier{strings.ToLower(store.schema)}.Sanitize()
	in := pgx.Identifier{store.schema}.Sanitize()
	_, err = owner.Exec(t.Context(), `CREATE ROLE `+role+` LOGIN; GRANT USAGE ON SCHEMA `+in+` TO `+role+`;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA `+in+` TO `+role)
	must(t, err)
	dsn := strings.Replace(server.DSN(0), "shopctl:", strings.ToLower(store.schema)+":", 1)
	user, err := Open(t.Context(), dsn, store.schema, store.name)
	must(t, err)
	defer user.Close()
	_, err = user.Lock(t.Context(), info("user"))
	must(t, err)
	_, _, err = user.Load(t.Context())
	must(t, err, user.Append(t.Context(), entry(100, "1")), user.Unlock(t.Context(), "user"))

	_, err = Open(t.Context(), dsn, "Other", store.name)
	must(t, err)
	other, err := Open(t.Context(), dsn, store.schema+"-other", store.name)
	must(t, err)
	defer other.Close()
	err = other.Save(t.Context(), statetest.Full())
	if p, ok := errors.AsType[*Problem](err); !ok || !strings.Contains(p.What.EN, "42501") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Save without the right to make tables: got %v, want a Problem with 42501", err)
	}
}

// A snapshot after a run writes no line again.
func TestSnapshotWritesOnlyWhatDiffers(t *testing.T) {
	store := at(t, 0)()
	defer store.Close()
	st := statetest.Full()
	must(t, store.Save(t.Context(), st))
	written := func() string {
		return sql[string](t, store, `SELECT string_agg(xmin::text, ',' ORDER BY kind, key) FROM lines`)
	}
	before := written()
	e := entry(100, "1")
	must(t, store.Append(t.Context(), e), st.Apply(e))
	delete(st.Records, e.Record.Address) // so that the lines are those of before
	must(t, store.Save(t.Context(), st))
	if after := written(); after != before {
		t.Errorf("lines were written again:\n%s\n%s", before, after)
	}
	st.Images["sha256:02"] = state.ImageRecord{URL: "https://mmecimage.cn/p/3", At: statetest.At}
	must(t, store.Save(t.Context(), st))
	if got := sql[int](t, store, `SELECT count(DISTINCT xmin::text)::int FROM lines`); got != 2 {
		t.Errorf("the lines come from %d transactions, want 2: the first snapshot, and the new picture", got)
	}
}

func TestAddressIsNotRepeatedWithItsPassword(t *testing.T) {
	for _, dsn := range []string{"postgres://u:hunter2@[::1/db", "postgres://u:hunter2@127.0.0.1:1/db?sslmode=disable"} {
		_, err := Open(t.Context(), dsn, DefaultSchema, "x")
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want an error of one line without the password", dsn, err)
		}
	}
}
