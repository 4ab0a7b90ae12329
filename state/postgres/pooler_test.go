//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shopctl/shopctl/state/statetest"
)

// A pooler gives the locks of one client to the next, so it is refused whatever
// its mode is.
func TestPoolerIsRefused(t *testing.T) {
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("no pgbouncer is installed here (Debian: apt-get install pgbouncer)")
	}
	direct := at(t, 0)()
	defer direct.Close()
	must(t, direct.Save(t.Context(), statetest.Full()))
	for _, mode := range []string{"session", "transaction"} {
		port := startPooler(t, path, mode)
		_, err := Open(t.Context(), server.DSN(port), direct.schema, direct.name)
		if !errors.Is(err, errPooler) {
			t.Errorf("%s mode: got %v, want %v", mode, err, errPooler)
		}
	}
}

func startPooler(t *testing.T, path, mode string) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port = l.Addr().(*net.TCPAddr).Port
	must(t, l.Close())
	dir, err := os.MkdirTemp("", "pooler")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	users, config := filepath.Join(dir, "users"), filepath.Join(dir, "pgbouncer.ini")
	must(t, os.WriteFile(users, []byte(`"shopctl" "hunter2"`), 0o644), os.Chmod(dir, 0o755))
	must(t, os.WriteFile(config, fmt.Appendf(nil, `[databases]
postgres = host=127.0.0.1 port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = %s
`, server.Port, port, users, mode), 0o644))
	cmd := exec.Command(path, config)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: server.Account()}
	var log strings.Builder
	cmd.Stderr = &log
	must(t, cmd.Start())
	t.Cleanup(func() {
		must(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed; that is its error
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for {
		c, err := pgconn.Connect(t.Context(), server.DSN(port))
		if err == nil {
			must(t, c.Close(t.Context()))
			return port
		}
	}
}
