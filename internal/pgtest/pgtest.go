//go:build unix

// Package pgtest starts a real PostgreSQL server for tests.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// shared is the server that Need starts.
var (
	shared  *Server
	started = sync.OnceValue(func() (err error) {
		shared, err = Start()
		return err
	})
)

// Need gives the one server of the tests of a package, and skips the test where
// none can be had.
func Need(t testing.TB) *Server {
	t.Helper()
	if err := started(); errors.Is(err, ErrNone) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return shared
}

// Own gives a server of the test's own.
func Own(t testing.TB) *Server {
	t.Helper()
	s, err := Start()
	if errors.Is(err, ErrNone) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Main runs the tests of a package and stops their server; it gives the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if shared == nil {
		return code
	}
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Server is a server of its own in a temporary folder, on a loopback port.
type Server struct {
	Port int
	dir  string
	bin  string
	as   *syscall.Credential // nil: as we are
	run  *exec.Cmd
	log  bytes.Buffer
}

// Connections is how many clients the server takes.
const Connections = 30

// ErrNone is answered where no server is installed, or none may be started.
var ErrNone = errors.New("no PostgreSQL server can be started here (Debian: apt-get install postgresql)")

// Start makes a database cluster and starts its server. The caller stops it.
func Start() (*Server, error) {
	bin := binaries()
	as, err := account()
	if bin == "" || err != nil {
		return nil, errors.Join(ErrNone, err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	s := &Server{Port: port, dir: dir, bin: bin, as: as}
	if as != nil {
		err = os.Chown(dir, int(as.Uid), int(as.Gid))
	}
	if err == nil {
		err = s.command("initdb", "-D", s.data(), "-U", "shopctl", "--auth=trust", "--no-sync", "--locale=C", "-E", "UTF8").Run()
	}
	if err == nil {
		err = s.Up()
	}
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w\n%s", errors.Join(err, s.Stop()), s.log.Bytes())
	}
	return s, nil
}

// DSN is the address of its database, through another port when that is not 0.
func (s *Server) DSN(port int) string {
	if port == 0 {
		port = s.Port
	}
	return fmt.Sprintf("postgres://shopctl:hunter2@127.0.0.1:%d/postgres?sslmode=disable", port)
}

// Account is whom it runs as, for others that refuse to be root's; nil is who we are.
func (s *Server) Account() *syscall.Credential { return s.as }

// Up starts the server and waits until it answers.
func (s *Server) Up() error {
	s.run = s.command("postgres", "-D", s.data(), "-k", s.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port),
		"-c", "fsync=off", "-c", "max_connections="+strconv.Itoa(Connections))
	if err := s.run.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		c, err := pgconn.Connect(ctx, s.DSN(0))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Down stops the server at once, as a crash does.
func (s *Server) Down() error {
	if s.run == nil || s.run.Process == nil {
		return nil
	}
	err := s.run.Process.Signal(syscall.SIGQUIT) // immediate shutdown
	_ = s.run.Wait()                             // its exit code tells of the crash that was asked for
	s.run = nil
	return err
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error { return errors.Join(s.Down(), os.RemoveAll(s.dir)) }

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &s.log, &s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	return cmd
}

// binaries is the folder of initdb and postgres, "" when there is none. Debian
// keeps them out of the path.
func binaries() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is good
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// account is whom the server runs as: it refuses to be root's.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
