package state

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// writeUntilKilled names the state that a process of this test writes.
const writeUntilKilled = "SHOPCTL_TEST_WRITE_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if path := os.Getenv(writeUntilKilled); path != "" {
		if err := writeForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForEver puts records from many goroutines and says which are done.
func writeForEver(path string) error {
	ctx := context.Background()
	store := NewLocal(path)
	s, _, err := Open(ctx, store, sampleShop, LockInfo{Operation: "apply", PID: os.Getpid()})
	if err != nil {
		return err
	}
	s.foldAt = 64 << 10 // so that some are killed in the middle of a snapshot
	errs := make(chan error)
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				a := spu(fmt.Sprintf("%d-%d", g, i%50))
				seq, err := s.Announce(ctx, Intent{Address: a, Call: "spu/update", At: sampleTime})
				if err == nil {
					err = s.Put(ctx, &Record{Address: a, RemoteID: strconv.Itoa(i)}, seq)
				}
				if err != nil {
					errs <- err
				}
				fmt.Printf("%s %d\n", a.Name, i) // one write, so lines stay whole
			}
		}()
	}
	return <-errs
}

// Processes are killed while they write, again and again on the same state.
// What one acknowledged is there, its lock is gone, and the next goes on.
func TestKilledProcessLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	known := map[string]int{}
	for round := range 6 {
		acknowledged := killAfter(t, path, 150+137*round)
		expectFree(t, path)
		store := NewLocal(path)
		s, _, err := Open(t.Context(), store, sampleShop, LockInfo{Operation: "apply"})
		must(t, err)
		maps.Copy(known, acknowledged)
		for name := range known {
			switch r := s.Record(spu(name)); {
			case r == nil:
				t.Fatalf("round %d: %s was acknowledged and is gone", round, name)
			case number(r.RemoteID) < acknowledged[name]:
				t.Errorf("round %d: %s is %s, but %d was acknowledged", round, name, r.RemoteID, acknowledged[name])
			}
		}
		for seq := range s.Intents() {
			must(t, s.Settle(t.Context(), seq))
		}
		if round%2 == 0 {
			must(t, s.Close(t.Context()), store.Close())
			continue
		}
		must(t, s.store.Unlock(t.Context(), s.lockID), store.Close()) // leave the journal as it is
	}
}

// killAfter starts a process that writes, kills it when it has acknowledged n
// changes, and returns the last number it acknowledged for each name.
func killAfter(t *testing.T, path string, n int) map[string]int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writeUntilKilled+"="+path)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	acknowledged := map[string]int{}
	lines := bufio.NewScanner(out)
	for count := 1; lines.Scan(); count++ {
		name, value, _ := strings.Cut(lines.Text(), " ")
		acknowledged[name] = number(value)
		if count == n {
			expectHolder(t, path, cmd.Process.Pid)
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // it was killed; that is its error
	if complaints.Len() > 0 || len(acknowledged) == 0 {
		t.Fatalf("the process acknowledged %d names and complained: %s", len(acknowledged), complaints.String())
	}
	return acknowledged
}

// expectHolder wants the lock to be held by a process that lives.
func expectHolder(t *testing.T, path string, pid int) {
	t.Helper()
	l := NewLocal(path)
	for what, err := range map[string]error{
		"Lock":  lockAs(t, l, LockInfo{ID: "other"}),
		"Break": l.Break(t.Context(), "other"),
	} {
		if e, ok := errors.AsType[*LockError](err); !ok || e.Holder.PID != pid {
			t.Errorf("%s: got %v, want a LockError that names process %d", what, err, pid)
		}
	}
	if err := l.Unlock(t.Context(), "other"); !errors.Is(err, ErrNotLocked) {
		t.Errorf("Unlock of another's lock: got %v", err)
	}
}

// expectFree wants nobody to hold the lock, although the one who was killed is
// still written down.
func expectFree(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path + ".holder"); err != nil {
		t.Errorf("the killed process did not say who it was: %v", err)
	}
	if holder, err := NewLocal(path).Holder(t.Context()); holder != nil || err != nil {
		t.Errorf("Holder after the kill: %v, %v", holder, err)
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}
