// Package harness gives tests real servers: PostgreSQL, Redis and Temporal.
//
// A package that uses it says so once:
//
//	func TestMain(m *testing.M) { harness.Main(m) }
//
// Servers that the environment names ([Variable], set by test/withservers) are
// shared; otherwise each is started when a test first asks for it, and stopped
// when the package's tests are over. Every test gets a room of its own in them:
// a database, a numbered Redis database, a Temporal namespace. A server that
// can't be had fails the test with the remedy; no test is skipped.
package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// startTimeout bounds what the harness does for one test: the first of a
// package may wait for a server and for the template database.
const startTimeout = 3 * time.Minute

// Main runs the tests of a package, stops what they started and exits.
func Main(m *testing.M) {
	shared.ready = true
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// pool holds the servers that all tests of this process share.
type pool struct {
	ready bool // Main is there to stop them

	mu      sync.Mutex
	dir     string
	servers Servers
	started *devserver.Supervisor
}

var shared pool // one set of servers a process

// server returns the servers after want has had a chance to start one. want
// is called with the lock held, and with a folder for the server's files.
func (p *pool) server(t testing.TB, want func(ctx context.Context, dir string, known *Servers) (devserver.Unit, error)) Servers {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready {
		t.Fatal("harness: this package needs `func TestMain(m *testing.M) { harness.Main(m) }`")
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := p.open(ctx); err != nil {
		t.Fatal("harness:", err)
	}
	unit, err := want(ctx, p.dir, &p.servers)
	if err == nil && unit != nil {
		err = p.started.Start(ctx, unit)
	}
	if err != nil {
		t.Fatal("harness:", err)
	}
	return p.servers
}

// open reads the environment and makes the folder, once.
func (p *pool) open(ctx context.Context) error {
	if p.started != nil {
		return nil
	}
	servers, err := FromEnvironment()
	if err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "football-test-"); err != nil {
		return err
	}
	p.servers = servers
	p.started, _ = devserver.NewSupervisor(context.WithoutCancel(ctx), time.Now, func(message string) {
		fmt.Fprintln(os.Stderr, "harness:", message)
	})
	return nil
}

func (p *pool) stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started == nil {
		return nil
	}
	err := p.started.Stop(context.Background())
	if removed := os.RemoveAll(p.dir); err == nil {
		err = removed
	}
	return err
}

// privateDir is a folder for a server of one test.
func privateDir(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(t.TempDir(), name)
}

// stopAtEnd stops a server of one test when the test is over.
func stopAtEnd(t testing.TB, u devserver.Unit) {
	t.Helper()
	t.Cleanup(func() {
		if err := u.Stop(context.Background()); err != nil {
			t.Error("harness:", err)
		}
	})
}

// within is a context for one step of the harness.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	t.Cleanup(cancel)
	return ctx
}
