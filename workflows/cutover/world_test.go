package cutover_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/releasing"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// world is a machine with slots, colours that run, and clients.
type world struct {
	mu      sync.Mutex
	slots   map[operation.Colour]int
	runs    map[operation.Colour]string // releases
	kept    []operation.Release
	deeds   []string
	holder  string
	failing map[string]error // what a step returns
	canary  operation.Canary
	ill     int // from so many slots on, clients see failures
	hold    bool
	made    int
	leads   string         // the release that new runs go to
	goOn    map[string]int // runs of a release
}

// newWorld has v1 live as blue.
func newWorld() *world {
	return &world{
		slots: map[operation.Colour]int{operation.Blue: 20}, runs: map[operation.Colour]string{operation.Blue: "v1"}, failing: map[string]error{},
		canary: operation.Canary{Requests: 100, P99: time.Millisecond}, ill: 21, leads: "v1", goOn: map[string]int{},
		kept: []operation.Release{{ID: "release-0", Name: "v1", Status: operation.Live}},
	}
}

func (w *world) register(r worker.Registry) {
	releaser := releasing.NewReleaser(releasing.Parts{
		Driver: w, Prober: w, Workers: (*crew)(w), Slots: w, Analyst: w, Releases: w, Audit: w, NewID: w.id, Now: time.Now, Patience: time.Millisecond, Settling: time.Nanosecond, Draining: time.Nanosecond,
	})
	cutover.NewActivities(releaser, w).Register(r)
	r.RegisterActivityWithOptions(func(_ context.Context, v process.Verification) (process.Verdict, error) {
		return process.Verdict{Approvers: []string{v.Approval.Actor}}, nil
	}, activity.RegisterOptions{Name: process.VerifyActivity})
}

func (w *world) id() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	return fmt.Sprintf("release-%d", w.made)
}

// do notes a deed, and fails when it is to.
func (w *world) do(what string, change func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.failing[what]; err != nil {
		return err
	}
	w.deeds = append(w.deeds, what)
	if change != nil {
		change()
	}
	return nil
}

func (w *world) Start(_ context.Context, c operation.Colour, release string) error {
	return w.do("start "+string(c), func() { w.runs[c] = release })
}

func (w *world) Stop(_ context.Context, c operation.Colour) error {
	return w.do("stop "+string(c), func() {
		if w.slots[c] > 0 {
			w.deeds = append(w.deeds, "STOPPED WHILE IT HAD REQUESTS")
		}
		delete(w.runs, c)
	})
}

func (w *world) Migrate(context.Context, string) error { return w.do("migrate", nil) }

func (w *world) Ready(context.Context, operation.Colour) error { return w.do("ready", nil) }
func (w *world) Smoke(context.Context, operation.Colour) error { return w.do("smoke", nil) }

// crew are the workers of a world.
type crew world

func (c *crew) Ready(context.Context, string) error { return (*world)(c).do("workers ready", nil) }

func (c *crew) Leading(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leads, nil
}

func (c *crew) Lead(_ context.Context, release string) error {
	return (*world)(c).do("runs to "+release, func() { c.leads = release })
}

func (c *crew) Unfinished(_ context.Context, release string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.goOn[release], nil
}

func (c *crew) HandOver(_ context.Context, release string) (n int, err error) {
	(*world)(c).mu.Lock()
	n = c.goOn[release]
	c.goOn[c.leads] += n
	delete(c.goOn, release)
	(*world)(c).mu.Unlock()
	if n > 0 {
		err = (*world)(c).do("hand over "+release, nil)
	}
	return n, err
}

func (w *world) Count() int { return 20 }

func (w *world) Point(n int, to operation.Colour) error {
	return w.do(fmt.Sprintf("%d to %s", n, to), func() { w.slots = map[operation.Colour]int{to: n, to.Other(): 20 - n} })
}

func (w *world) Shares() (map[operation.Colour]int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return map[operation.Colour]int{operation.Blue: w.slots[operation.Blue], operation.Green: w.slots[operation.Green]}, nil
}

func (w *world) Canary(ctx context.Context, c operation.Colour, _ time.Time) (operation.Canary, error) {
	w.mu.Lock()
	hold, canary := w.hold, w.canary
	if w.slots[c] >= w.ill {
		canary.Failed = canary.Requests / 10
	}
	w.mu.Unlock()
	if hold {
		<-ctx.Done()
		return canary, ctx.Err()
	}
	return canary, nil
}

func (w *world) Begin(_ context.Context, r operation.Release, _ string) (operation.Release, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append([]operation.Release{r}, w.kept...)
	return r, nil
}

func (w *world) End(_ context.Context, id string, status operation.ReleaseStatus, why string, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.kept {
		if w.kept[i].ID == id {
			w.kept[i].Status, w.kept[i].Why, w.kept[i].EndedAt = status, why, at
			return nil
		}
	}
	return errors.New("no such release")
}

func (w *world) List(context.Context, int) ([]operation.Release, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]operation.Release{}, w.kept...), nil
}

func (w *world) Record(context.Context, auditing.Event) error { return nil }

func (w *world) Acquire(_ context.Context, c exclusion.Claim, _ time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holder != "" && w.holder != c.Holder {
		return domain.Errorf(domain.Unavailable, exclusion.ErrHeld.Code, "the release is in use by %s", w.holder)
	}
	w.holder = c.Holder
	return nil
}

func (w *world) Release(_ context.Context, c exclusion.Claim) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holder == c.Holder {
		w.holder = ""
	}
	return nil
}

func (w *world) Void(context.Context, time.Time) error { return nil }

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// answer takes what becomes of an update.
type answer struct{}

func (answer) Accept()             {}
func (answer) Reject(error)        {}
func (answer) Complete(any, error) {}
