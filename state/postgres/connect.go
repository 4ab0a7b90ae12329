package postgres

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

// How long a connection may take to be made, and to be found dead when nothing
// comes through it.
const (
	connectTimeout = 10 * time.Second
	deadAfter      = 30 * time.Second
)

// ParseDSN reads the address of a server, as Open takes it. Its errors do not
// repeat the password.
func ParseDSN(dsn string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, &Problem{
			What:   lang.T("the address of the PostgreSQL server cannot be read", "无法解析 PostgreSQL 服务器的地址"),
			Remedy: lang.T("Write it as postgres://user@host:5432/database; the password belongs into PGPASSWORD or ~/.pgpass.", "请写成 postgres://user@host:5432/database；密码应放在 PGPASSWORD 或 ~/.pgpass 中。"),
		}
	}
	config.ConnectTimeout = connectTimeout
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: deadAfter / 3, Interval: deadAfter / 6, Count: 4}}
	config.DialFunc = dialer.DialContext
	config.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) {}
	return config, nil
}

// prepare makes a new connection fit for us. A commit is on the disk of the
// server when it is answered; the server finds a dead client as soon as we find a
// dead server, and nobody waits for a transaction that nobody ends.
const prepare = `
SELECT set_config('search_path', quote_ident($1) || ', pg_catalog, pg_temp', false),
       set_config('application_name', 'shopctl', false),
       set_config('synchronous_commit',
                  CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'
                       ELSE current_setting('synchronous_commit') END, false),
       set_config('tcp_keepalives_idle', '10', false),
       set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '4', false),
       set_config('idle_in_transaction_session_timeout', '30s', false),
       set_config('lock_timeout', '10s', false)`

// RefusePooler refuses a connection that leads to a pooler: the process that
// answers is then not the one that the handshake announced.
func RefusePooler(ctx context.Context, c *pgx.Conn) error {
	var pid uint32
	if err := c.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		return err
	}
	if pid != c.PgConn().PID() {
		return errPooler
	}
	return nil
}

// connect makes a connection to the server itself.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return nil, err
	}
	if err = RefusePooler(ctx, c); err == nil {
		_, err = c.Exec(ctx, prepare, s.schema)
	}
	if err != nil {
		hangUp(c)
		return nil, err
	}
	return c, nil
}

var errPooler = &Problem{
	What:   lang.T("this address leads to a connection pooler, not to the PostgreSQL server", "该地址指向连接池，而不是 PostgreSQL 服务器"),
	Remedy: lang.T("Name the server itself: a pooler such as pgbouncer gives the locks of one client to another.", "请填写数据库服务器本身的地址：pgbouncer 等连接池会把一个客户端的锁交给另一个客户端。"),
}

// hangUp closes a connection without waiting for a server that does not answer.
func hangUp(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.Close(ctx)
}

// link is a connection that is made when it is needed, and again when it broke.
type link struct {
	dial func(context.Context) (*pgx.Conn, error)
	conn *pgx.Conn
}

func (l *link) use(ctx context.Context, do func(context.Context, *pgx.Conn) error) error {
	if l.conn == nil {
		c, err := l.dial(ctx)
		if err != nil {
			return err
		}
		l.conn = c
	}
	err := do(ctx, l.conn)
	if l.conn.IsClosed() {
		l.conn = nil
	}
	return err
}

func (l *link) close() {
	if l.conn != nil {
		hangUp(l.conn)
		l.conn = nil
	}
}

// Problem is an error in the words of people.
type Problem struct{ What, Remedy lang.Text }

// Text says what is wrong and what to do.
func (p *Problem) Text() lang.Text {
	return lang.T(p.What.EN+". "+p.Remedy.EN, p.What.ZH+"。"+p.Remedy.ZH)
}

func (p *Problem) Error() string { return p.Text().EN }

// passing are the classes (two characters) and codes of errors that go away:
// connection trouble, too many connections, a server that stops or starts, a
// standby that is about to be promoted, a wait for others that was too long.
var passing = []string{"08", "53300", "57P01", "57P02", "57P03", "25006", "40001", "40P01", "55P03"}

// explain tells an error of the server from a server that does not answer.
func (s *Store) explain(err error) error {
	err = Explain(s.config, s.schema, err)
	if err == nil || spoken(err) {
		return err
	}
	return &state.UnreachableError{Where: s.Where(), Err: lastLine{err}}
}

// lastLine is an error without what stands above its last line: a connection that
// is not made tells every address it tried, and every way.
type lastLine struct{ error }

func (e lastLine) Error() string {
	text := strings.TrimSpace(e.error.Error())
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}

func (e lastLine) Unwrap() error { return e.error }

// Explain gives an error of a server the words for people, where it is one that
// stays. schema is where the tables are.
func Explain(c *pgx.ConnConfig, schema string, err error) error {
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || spoken(err) || slices.ContainsFunc(passing, func(code string) bool { return strings.HasPrefix(refusal.Code, code) }) {
		return err
	}
	return refused(refusal, where(c), schema)
}

// spoken reports whether an error is of our own making.
func spoken(err error) bool {
	var ours interface{ Text() lang.Text }
	return errors.As(err, &ours) || errors.Is(err, state.ErrLockLost) || errors.Is(err, state.ErrNoState) || errors.Is(err, state.ErrNotLocked)
}

func refused(e *pgconn.PgError, where, schema string) error {
	remedy := lang.T("See the log of the server.", "请查看服务器日志。")
	switch {
	case strings.HasPrefix(e.Code, "28"):
		remedy = lang.T("Check the user, and the password in PGPASSWORD or ~/.pgpass.", "请检查用户名，以及 PGPASSWORD 或 ~/.pgpass 中的密码。")
	case e.Code == "3D000":
		remedy = lang.T("Create the database, or name another one.", "请先创建该数据库，或改用其他数据库。")
	case e.Code == "42501":
		remedy = lang.F("The user must own the schema %s, or be allowed to create it; afterwards to read and write its tables.", "该用户须拥有模式 %s 或有权创建它，之后须有权读写其中的表。", schema)
	case strings.HasPrefix(e.Code, "53"):
		remedy = lang.T("Make room on the server, then run again: what was acknowledged is stored.", "请在服务器上腾出资源后重新运行：已确认的操作都已保存。")
	}
	return &Problem{What: lang.F("PostgreSQL (%s) refuses: %s (%s)", "PostgreSQL（%s）拒绝了请求：%s（%s）", where, e.Message, e.Code), Remedy: remedy}
}
