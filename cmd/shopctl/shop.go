package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// shop is an open way to one shop: the platform, and what we remember of it.
type shop struct {
	provider provider.Provider
	state    state.Backend
	id       state.ShopID
	// now is the shop's time, by which reviews and the submission budget are counted:
	// that of the sandbox can be turned.
	now   func() time.Time
	close func() error
}

// openShop connects to the shop of a catalog: the real one, or the private
// sandbox with a state of its own.
func (a *app) openShop(catalog *schema.Catalog) (*shop, error) {
	if have := shopID(catalog); a.only != (state.ShopID{}) && have != a.only {
		return nil, wrongShop(a.only, have)
	}
	open := a.openPlatform
	if a.global.sandbox {
		open = a.openSandbox
	}
	s, err := open(catalog)
	if err != nil {
		return nil, err
	}
	silent, closed := a.tellOfWaiting(), s.close
	s.close = func() error {
		silent()
		return closed()
	}
	return s, nil
}

func (a *app) openPlatform(catalog *schema.Catalog) (*shop, error) {
	if wechat.CheckEndpoint(a.endpoint()) != nil {
		return nil, badEndpoint
	}
	clock := new(wechat.Clock)
	tokens, err := a.tokens(catalog.Shop.AppID)
	if err != nil {
		return nil, err
	}
	p, err := a.newProvider(catalog, a.endpoint(), tokens, clock)
	if err != nil {
		return nil, err
	}
	backend, err := a.backend(catalog)
	if err != nil {
		return nil, err
	}
	return &shop{provider: p, state: backend, id: shopID(catalog), now: clock.Now, close: backend.Close}, nil
}

// badEndpoint does not repeat the address: it may hold what is nobody's business.
var badEndpoint = &view.Problem{
	What: lang.T("the address of the API (--endpoint, SHOPCTL_ENDPOINT) cannot be used", "API 地址（--endpoint 或 SHOPCTL_ENDPOINT）不可用"),
	Remedy: lang.T("Write https://HOST, with a path at most. http is for this machine alone: the access token travels in the address.",
		"请写 https://主机，可以带路径。只有本机可以用 http，因为访问令牌会出现在地址中。"),
}

func shopID(catalog *schema.Catalog) state.ShopID {
	return state.ShopID{Platform: catalog.Shop.Platform, AppID: catalog.Shop.AppID}
}

func (a *app) newProvider(catalog *schema.Catalog, endpoint string, tokens wechat.TokenSource, clock *wechat.Clock) (provider.Provider, error) {
	return component.New(component.Config{
		Endpoint: endpoint, AppID: catalog.Shop.AppID, Tokens: tokens, Log: a.log, CacheDir: a.cacheDir(), Clock: clock, Underway: a.underway,
	})
}

func (a *app) endpoint() string {
	return cmp.Or(a.global.endpoint, a.getenv("SHOPCTL_ENDPOINT"), wechat.DefaultEndpoint)
}

// dataDir is where shopctl keeps what belongs to a catalog but not into git.
func (a *app) dataDir() string {
	if a.global.sandbox {
		return filepath.Join(a.global.dir, ".shopctl", "sandbox")
	}
	return filepath.Join(a.global.dir, ".shopctl")
}

func (a *app) cacheDir() string { return filepath.Join(a.dataDir(), "cache") }

// lockInfo says who we are to others who want the state.
func (a *app) lockInfo(operation string) state.LockInfo {
	host, _ := os.Hostname()
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	var id [4]byte
	rand.Read(id[:])
	return state.LockInfo{
		ID: hex.EncodeToString(id[:]), Operation: operation, Who: name + "@" + host, Host: host,
		PID: os.Getpid(), Run: a.runPage(), Version: programVersion(), Since: time.Now(),
	}
}

// openState takes the lock and reads the state for a run that writes.
func (a *app) openState(ctx context.Context, backend state.Backend, id state.ShopID, operation string) (*state.Session, error) {
	session, notices, err := state.Open(ctx, backend, id, a.lockInfo(operation))
	a.notices(notices)
	return session, err
}

// closeState saves the state and gives the lock back, also after an interrupt.
// What goes wrong here goes before the exit code of a command that went well.
func closeState(ctx context.Context, session *state.Session, err *error) {
	failed := session.Close(context.WithoutCancel(ctx))
	if _, said := (*err).(exitCode); said && failed != nil || *err == nil {
		*err = failed
	} else if failed != nil {
		*err = errors.Join(*err, failed)
	}
}

// readState reads the state without the lock, for a run that only looks.
func (a *app) readState(ctx context.Context, store state.Store, id state.ShopID) (*state.State, error) {
	st, notices, err := state.Read(ctx, store, id)
	a.notices(notices)
	return st, err
}

func (a *app) notices(notices []lang.Text) {
	for _, n := range notices {
		a.view.Note(n)
	}
}
