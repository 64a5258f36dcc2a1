package devserver_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// supervise returns a supervisor that is stopped at the end, its context and
// what it has reported so far.
func supervise(t *testing.T) (*devserver.Supervisor, context.Context, func() string) {
	t.Helper()
	var mu sync.Mutex
	var reports []string
	s, ctx := devserver.NewSupervisor(t.Context(), time.Now, func(message string) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, message)
	})
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s, ctx, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(reports, "\n")
	}
}

func TestSupervisorRestartsTheKilled(t *testing.T) {
	t.Parallel()
	s, ctx, reports := supervise(t)
	p := shell(t, "sleeper", "exec sleep 300")
	if err := s.Start(ctx, p); err != nil {
		t.Fatal(err)
	}
	first := p.PID()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another process", func() bool { return p.PID() != first && alive(p.PID()) })
	eventually(t, "the report", func() bool { return strings.Contains(reports(), "sleeper is up again") })
	if ctx.Err() != nil {
		t.Errorf("one death ended everything: %v", context.Cause(ctx))
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if alive(p.PID()) {
		t.Error("a process is left")
	}
}

func TestSupervisorGivesUpOnWhatKeepsDying(t *testing.T) {
	t.Parallel()
	s, ctx, _ := supervise(t)
	sound, faulty := shell(t, "sound", "exec sleep 300"), shell(t, "faulty", "echo out of cheese; exit 1")
	for _, p := range []*devserver.Process{sound, faulty} {
		if err := s.Start(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("it never gave up")
	}
	var lost *devserver.GivenUpError
	if !errors.As(context.Cause(ctx), &lost) {
		t.Fatalf("cause = %v", context.Cause(ctx))
	}
	if diff := cmp.Diff(&devserver.GivenUpError{Unit: "faulty", Deaths: 3, Log: "out of cheese"}, lost); diff != "" {
		t.Error(diff)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if alive(sound.PID()) || alive(faulty.PID()) {
		t.Error("a process is left")
	}
}

func TestSupervisorStopsInReverse(t *testing.T) {
	t.Parallel()
	s, ctx, _ := supervise(t)
	order := filepath.Join(t.TempDir(), "order")
	for _, name := range []string{"one", "two", "three"} {
		p := shell(t, name, `trap 'echo `+name+` >>"`+order+`"; exit 0' TERM; echo up; while :; do sleep 0.02; done`)
		if err := s.Start(ctx, p); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the trap is set", func() bool { return strings.Contains(p.Tail(), "up") })
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(order)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("three\ntwo\none\n", string(text)); diff != "" {
		t.Error(diff)
	}
}

func TestSupervisorRestartsPostgresOnItsPort(t *testing.T) {
	t.Parallel()
	s, ctx, reports := supervise(t)
	p := startPostgres(t, t.TempDir())
	if err := s.Start(ctx, p); err != nil {
		t.Fatal(err)
	}
	address := p.URL("postgres")
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the report", func() bool { return strings.Contains(reports(), "PostgreSQL is up again") })
	if p.URL("postgres") != address {
		t.Error("the address has changed")
	}
	if got := query[int](t, address, "SELECT 1"); got != 1 {
		t.Errorf("answer %d", got)
	}
}
