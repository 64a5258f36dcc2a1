// Package fetch gets files over HTTP for the sources: with time limits,
// retries, conditional requests and a limit on size. It owns no format and no
// address.
package fetch

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"
)

// UserAgent names the product to the servers it asks.
const UserAgent = "football-prediction (+https://github.com/football-prediction/football-prediction)"

// Options are the limits of a [Client]. Zero fields take the defaults.
type Options struct {
	MaxBody   int64         // bytes after decompression; default 64 MB
	Timeout   time.Duration // one attempt, body included; default 30 s
	Attempts  int           // default 4
	BaseDelay time.Duration // before the first retry; default 500 ms, doubled each time
	MaxDelay  time.Duration // longest wait, also of a server's Retry-After; default 90 s
	// Transport and Sleep are for tests; the defaults dial and wait.
	Transport http.RoundTripper
	Sleep     func(ctx context.Context, d time.Duration) error
}

// Limiter paces requests to a server with a quota.
type Limiter interface {
	// Wait returns when a request may be sent, or with ctx's error.
	Wait(ctx context.Context) error
	// Observe learns from the headers of an answer.
	Observe(header http.Header)
}

// Client gets files. It is safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client
}

// New returns a Client.
func New(o Options) *Client {
	if o.MaxBody == 0 {
		o.MaxBody = 64 << 20
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Attempts == 0 {
		o.Attempts = 4
	}
	if o.BaseDelay == 0 {
		o.BaseDelay = 500 * time.Millisecond
	}
	if o.MaxDelay == 0 {
		o.MaxDelay = 90 * time.Second
	}
	if o.Transport == nil {
		o.Transport = transport()
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return &Client{options: o, http: &http.Client{
		Transport: o.Transport, Timeout: o.Timeout, CheckRedirect: checkRedirect,
	}}
}

func transport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  20 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		MaxIdleConns:           8,
		MaxConnsPerHost:        4, // the sources are run by volunteers
		IdleConnTimeout:        30 * time.Second,
	}
}

var errRedirect = errors.New("the redirect was refused")

// checkRedirect follows redirects to https or to the same server, and never
// from https to http. What a request carries beside the standard headers, such
// as a token, stays with the server it was meant for.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first, last := via[0].URL, via[len(via)-1].URL
	switch {
	case len(via) > 5:
		return errRedirect
	case next.URL.Scheme != "https" && (next.URL.Scheme != last.Scheme || next.URL.Host != last.Host):
		return errRedirect
	}
	if !sameOrigin(next.URL, first) {
		next.Header = http.Header{"User-Agent": {UserAgent}} //nolint:gosec // it drops what gosec fears for
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// backOff is how long to wait after the given attempt, counted from zero:
// doubling, and anywhere in the upper half of that, so that many clients don't
// come back at once.
func (c *Client) backOff(attempt int) time.Duration {
	d := min(c.options.BaseDelay<<min(attempt, 20), c.options.MaxDelay)
	return d/2 + rand.N(d/2+1)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
