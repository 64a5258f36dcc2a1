package harness

import (
	"context"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Monitor starts a program of the Prometheus family in a folder of its own, and
// stops it when the test is over.
func Monitor(t testing.TB, name string, start func(ctx context.Context, dir string) (*devserver.Monitor, error)) *devserver.Monitor {
	t.Helper()
	m, err := start(within(t), privateDir(t, name))
	if err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, m)
	return m
}
