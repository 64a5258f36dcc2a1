package temporal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

func isConflict(err error) bool {
	var e *domain.Error
	return errors.As(err, &e) && e.Kind == domain.Conflict
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatal("it never came about that", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// New runs go to the release that leads, those under way stay where they began,
// and what a release can't end itself is ended by the one that leads.
func TestRunsStayWithTheReleaseTheyBeganWith(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	versions, runs := temporal.NewVersions(r.client, r.config), temporal.NewRuns(r.client)
	if leads, err := versions.Leading(t.Context()); err != nil || leads != "" {
		t.Errorf("at first %q leads, %v", leads, err)
	}
	if err := versions.Ready(t.Context(), "v1.0.0"); !isConflict(err) || !strings.Contains(err.Error(), "VERSION=v1.0.0") {
		t.Errorf("a release without workers: %v", err)
	}
	if err := versions.Lead(t.Context(), "v1.0.0"); !isConflict(err) {
		t.Errorf("a release without workers leads: %v", err)
	}

	old, fresh := &kitchen{wait: make(chan struct{})}, &kitchen{}
	first := r.workAs(t, "v1.0.0", &tally{}, forecasting.Queue, old.register)
	lead := func(release string) {
		t.Helper()
		eventually(t, release+" leads", func() bool {
			if versions.Ready(t.Context(), release) != nil {
				return false
			}
			err := versions.Lead(t.Context(), release)
			if err != nil && !isConflict(err) {
				t.Fatal(err)
			}
			now, _ := versions.Leading(t.Context())
			return err == nil && now == release
		})
	}
	start := func(id string) temporal.Run {
		t.Helper()
		run, err := runs.Start(t.Context(), order(id))
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	count := func(release string) int {
		n, err := versions.Unfinished(t.Context(), release)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	lead("v1.0.0")
	one, two := start("one"), start("two")
	eventually(t, "both run on v1.0.0", func() bool { return old.attempts.Load() == 2 && count("v1.0.0") == 2 })

	r.workAs(t, "v1.1.0", &tally{}, forecasting.Queue, fresh.register)
	lead("v1.1.0")
	if err := runs.Follow(t.Context(), start("three"), nil, nil); err != nil {
		t.Fatal(err)
	}
	if fresh.attempts.Load() != 1 || old.attempts.Load() != 2 || count("v1.0.0") != 2 {
		t.Errorf("v1.0.0 was asked %d times and v1.1.0 %d, and %d runs are with v1.0.0", old.attempts.Load(), fresh.attempts.Load(), count("v1.0.0"))
	}
	if queues, err := temporal.NewWatch(r.client, r.config, time.Now).Queues(t.Context()); err != nil || queues[1].Pollers == 0 {
		t.Errorf("of the queues it is said %+v, %v", queues, err)
	}

	old.wait <- struct{}{} // one of the two ends where it began
	eventually(t, "one run is left", func() bool { return count("v1.0.0") == 1 })
	moved, err := versions.HandOver(t.Context(), "v1.0.0")
	if err != nil || moved != 1 {
		t.Errorf("handed over %d, %v", moved, err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, run := range []temporal.Run{one, two} {
		if err := runs.Follow(t.Context(), run, nil, nil); err != nil {
			t.Errorf("%s: %v", run.ID, err)
		}
	}
	if count("v1.0.0") != 0 || fresh.attempts.Load() != 2 {
		t.Errorf("v1.1.0 was asked %d times", fresh.attempts.Load())
	}
	if err := versions.Lead(t.Context(), "v1.0.0"); err != nil {
		t.Errorf("back to v1.0.0: %v", err)
	}
	if err := versions.Lead(t.Context(), ""); err != nil {
		t.Errorf("back to workers without a release: %v", err)
	}
}
