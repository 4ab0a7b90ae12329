//go:build unix

package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

// holdUntilKilled names the address and the schema of a state that a process of
// this test holds and writes.
const holdUntilKilled = "SHOPCTL_TEST_HOLD_UNTIL_KILLED"

const killedLease = 2 * time.Second

// holdForEver writes records and says which are done.
func holdForEver(place string) {
	dsn, schema, _ := strings.Cut(place, " ")
	ctx := context.Background()
	store, err := open(ctx, dsn, schema, "killed", killedLease)
	var session *state.Session
	if err == nil {
		session, _, err = state.Open(ctx, state.NewRemote(store, state.Rescue{}), statetest.Shop, info("killed"))
	}
	for n := 1; err == nil; n++ {
		err = session.Put(ctx, &state.Record{Address: product(n), AuditPending: true}, 0)
		fmt.Println(n)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// A holder is killed. Its lock stays until its lease ends; what it acknowledged
// is there.
func TestHolderIsKilled(t *testing.T) {
	next := at(t, 0)()
	defer next.Close()
	next.name = "killed"
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdUntilKilled+"="+server.DSN(0)+" "+next.schema)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	acknowledged := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		acknowledged, err = strconv.Atoi(lines.Text())
		must(t, err)
		if acknowledged == 20 {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // it was killed; that is its error

	_, err = next.Lock(t.Context(), info("next"))
	if e, held := errors.AsType[*state.LockError](err); !held || e.Holder.ID != "killed" || e.Holder.Expires.IsZero() {
		t.Fatalf("Lock before the lease has ended: got %v, want a LockError that names the one who was killed", err)
	}
	if notices := lockWhenFree(t, next, "next"); len(notices) != 1 {
		t.Errorf("the notices are %v, want one", notices)
	}
	st, _, err := next.Load(t.Context())
	must(t, err, next.Unlock(t.Context(), "next"))
	if len(st.Records) < acknowledged {
		t.Errorf("%d records are there, %d were acknowledged", len(st.Records), acknowledged)
	}
}
