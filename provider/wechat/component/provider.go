package component

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
)

// Config says which shop, and how to reach it.
type Config struct {
	// Endpoint is wechat.DefaultEndpoint when empty. It must be https unless its
	// host is this machine.
	Endpoint string
	AppID    string
	Tokens   wechat.TokenSource
	Log      *slog.Logger
	// CacheDir keeps the category list between runs; "" keeps it in memory only.
	CacheDir string
	// Concurrency is how many reading calls run at the same time; 8 when zero.
	Concurrency int
	// Limits are wechat.DefaultLimits when nil.
	Limits    []wechat.Limit
	Transport http.RoundTripper // nil for a transport of our own
	Now       func() time.Time  // nil for the clock of this machine
	// Clock hears the platform's time, by which observations are dated then; nil for
	// nobody.
	Clock *wechat.Clock
	// Underway hears which calls wait for their answer; nil for nobody.
	Underway *provider.Underway
	// Sleep waits, or returns the context's error as soon as it ends; nil for wechat.Sleep.
	Sleep func(context.Context, time.Duration) error
}

const defaultConcurrency = 8

// Provider is one shop of the custom trading component.
type Provider struct {
	api         *API
	log         *slog.Logger
	now         func() time.Time
	concurrency int
	categories  categoryCache
	fetcher     *fetcher
	pictures    pictureHosts
}

var _ provider.Provider = (*Provider)(nil)

// New makes the provider of one shop. It fails when there is no token source, and
// when the endpoint is not one that a token may be sent to.
func New(c Config) (*Provider, error) {
	if c.Tokens == nil {
		return nil, errors.New("a shop needs a source of access tokens")
	}
	if c.Concurrency <= 0 {
		c.Concurrency = defaultConcurrency
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	now := c.Now
	if c.Clock != nil {
		now = c.Clock.Now
	}
	client, err := wechat.NewClient(wechat.Options{
		Endpoint: c.Endpoint, Tokens: c.Tokens, Log: c.Log, Concurrency: c.Concurrency,
		Limits: c.Limits, Transport: c.Transport, Clock: c.Clock, Underway: c.Underway, Now: c.Now, Sleep: c.Sleep,
	})
	if err != nil {
		return nil, err
	}
	return &Provider{
		api:         &API{client: client, appid: c.AppID},
		log:         client.Log(),
		now:         now,
		concurrency: c.Concurrency,
		categories:  categoryCache{dir: c.CacheDir, endpoint: c.Endpoint},
		fetcher:     newFetcher(publicAddress),
		pictures:    newPictureHosts(c.Endpoint),
	}, nil
}

// API is the shop in the platform's own terms, for calls that are no part of a
// provider: opening the component, quotas, looking up a rid.
func (p *Provider) API() *API { return p.api }

// API calls the endpoints of the component, one method each. Its errors are *provider.Error.
type API struct {
	client *wechat.Client
	appid  string
}

// read makes a call that changes nothing.
func read[T any](ctx context.Context, a *API, path string, body any) (*T, error) {
	reply := new(T)
	if err := a.client.Do(ctx, wechat.Call{Path: path, Body: body}, reply); err != nil {
		return nil, err
	}
	return reply, nil
}

// write makes a call that changes something and is never repeated blindly.
func write[T any](ctx context.Context, a *API, path string, body any) (*T, error) {
	reply := new(T)
	if err := a.client.Do(ctx, wechat.Call{Path: path, Writes: true, Body: body}, reply); err != nil {
		return nil, err
	}
	return reply, nil
}

// nothing is the reply of calls that answer with the envelope alone.
type nothing struct{}
