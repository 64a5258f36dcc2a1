// Package probe lets a program be its own health check: an image of one static
// binary has no curl.
package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// limit is how long a healthy process may take to answer.
const limit = 3 * time.Second

// Target is what is asked.
type Target struct {
	Address   string // host:port as the process listens on; no host means this machine
	Socket    string // the path of the socket that it listens on instead
	Encrypted bool
	Path      string
	Want      int // the status of a healthy process
}

// Ask returns nil when the process at t is healthy, and else what it said.
func Ask(ctx context.Context, t Target) error {
	if t.Socket != "" {
		t.Address = "127.0.0.1:80" // which nobody looks at
	}
	host, port, err := net.SplitHostPort(t.Address)
	if err != nil {
		return fmt.Errorf("address %q: %w", t.Address, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if t.Encrypted {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+t.Path, http.NoBody)
	if err != nil {
		return err
	}
	// The certificate is for the public name, and the process is asked by address
	// without telling it anything.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // see above
	if t.Socket != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", t.Socket)
		}
	}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != t.Want {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 2048))
		return fmt.Errorf("it answers %s: %s", answer.Status, said)
	}
	return nil
}
