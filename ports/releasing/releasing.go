// Package releasing brings a release to users: beside the one that runs, by small
// shares of their requests, and back again at once when they are served worse.
package releasing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Driver runs releases, each in a colour. Repeating any of it changes nothing.
type Driver interface {
	// Start has a release run in a colour, which something else may have run in.
	Start(ctx context.Context, c operation.Colour, release string) error
	// Stop ends what runs in a colour, once it has answered what it was asked.
	Stop(ctx context.Context, c operation.Colour) error
	// Migrate brings the schema to where a release needs it. The release that runs
	// goes on with it.
	Migrate(ctx context.Context, release string) error
}

// Prober asks a colour itself.
type Prober interface {
	// Ready is nil when it takes requests.
	Ready(ctx context.Context, c operation.Colour) error
	// Smoke is nil when it answers some requests as it should.
	Smoke(ctx context.Context, c operation.Colour) error
}

// Slots are shares of the requests.
type Slots interface {
	// Count is how many there are.
	Count() int
	// Point has n of them lead to one colour and the rest to the other.
	Point(n int, to operation.Colour) error
	// Shares counts those of each colour.
	Shares() (map[operation.Colour]int, error)
}

// Analyst tells what clients saw.
type Analyst interface {
	Canary(ctx context.Context, c operation.Colour, since time.Time) (operation.Canary, error)
}

// Releases keeps what was released.
type Releases interface {
	// Begin keeps a release under way; of one run there is one.
	Begin(ctx context.Context, r operation.Release, run string) (operation.Release, error)
	// End keeps how it ended, once.
	End(ctx context.Context, id string, status operation.ReleaseStatus, why string, at time.Time) error
	// List returns the newest first.
	List(ctx context.Context, limit int) ([]operation.Release, error)
}

// Parts are what releasing takes. Driver is nil where nothing can be released.
type Parts struct {
	Driver   Driver
	Prober   Prober
	Workers  Workers
	Slots    Slots
	Analyst  Analyst
	Releases Releases
	Audit    auditing.Recorder
	NewID    func() string
	Now      domain.Clock
	// Patience is how long a release may take to become ready.
	Patience time.Duration
	// Settling is how long requests may go on where slots led before.
	Settling time.Duration
	// Draining is how long workers may take for what they began.
	Draining time.Duration
}

// Releaser releases.
type Releaser struct{ Parts }

// NewReleaser returns a Releaser.
func NewReleaser(p Parts) *Releaser {
	if p.Patience == 0 {
		p.Patience = time.Minute
	}
	if p.Settling == 0 {
		p.Settling = settling
	}
	if p.Draining == 0 {
		p.Draining = draining
	}
	return &Releaser{p}
}

// The errors of releasing.
var (
	ErrUnset = &domain.Error{
		Kind: domain.Invalid, Code: "release.unset",
		Detail: "this worker releases nothing: it needs RELEASES_DIR, and runs beside nginx on the queue operations",
	}
	ErrUnready = &domain.Error{Kind: domain.Conflict, Code: "release.unready"}
	ErrSmoke   = &domain.Error{Kind: domain.Conflict, Code: "release.smoke"}
	ErrSchema  = &domain.Error{Kind: domain.Conflict, Code: "release.schema"}
)

// Plan begins a release: in the colour that does not have the most requests.
func (r *Releaser) Plan(ctx context.Context, release, reason, run string) (operation.Release, error) {
	if err := operation.CheckRelease(release); err != nil {
		return operation.Release{}, err
	}
	if r.Driver == nil {
		return operation.Release{}, ErrUnset
	}
	shares, err := r.Slots.Shares()
	if err != nil {
		return operation.Release{}, fmt.Errorf("look where requests go: %w", err)
	}
	planned := operation.Release{ID: r.NewID(), Name: release, Colour: operation.Blue, Status: operation.Releasing, Reason: reason, StartedAt: r.Now().UTC()}
	if shares[operation.Blue]+shares[operation.Green] > 0 {
		planned.From = operation.Blue
		if shares[operation.Green] > shares[operation.Blue] {
			planned.From = operation.Green
		}
		planned.Colour = planned.From.Other()
	}
	return r.Releases.Begin(ctx, planned, run)
}

// Start has the release run, and returns when it is ready and answers as it
// should.
func (r *Releaser) Start(ctx context.Context, p operation.Release) error {
	if err := r.Driver.Start(ctx, p.Colour, p.Name); err != nil {
		return fmt.Errorf("start %s as %s: %w", p.Name, p.Colour, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.Patience, errPatience)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		err := r.Prober.Ready(ctx, p.Colour)
		if err == nil {
			err = r.Workers.Ready(ctx, p.Name)
		}
		if err == nil {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errPatience) {
				return domain.Errorf(domain.Conflict, ErrUnready.Code, "%s was not ready within %s: %s", p.Name, r.Patience, err)
			}
			return ctx.Err()
		}
	}
	if err := r.Prober.Smoke(ctx, p.Colour); err != nil {
		return domain.Errorf(domain.Conflict, ErrSmoke.Code, "%s does not answer as it should: %s", p.Name, err)
	}
	return nil
}

var errPatience = errors.New("it took too long")

// lookEvery is how often a canary is looked at: the share of those who are served
// worse must not wait for a verdict longer than that.
const lookEvery = time.Second

// Watch looks at a canary for a while. It returns at once when the canary is
// unwell, and says why. Where there are too few requests to say anything, it
// looks twice as long, and then says nothing against it.
func (r *Releaser) Watch(ctx context.Context, p operation.Release, since time.Time, last time.Duration, report func(operation.Canary)) (wrong string, err error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := r.Prober.Ready(ctx, p.Colour); err != nil && ctx.Err() == nil {
			return fmt.Sprintf("%s is not ready any more: %s", p.Name, err), nil
		}
		canary, err := r.Analyst.Canary(ctx, p.Colour, since)
		if err != nil {
			return "", fmt.Errorf("see how %s does: %w", p.Name, err)
		}
		report(canary)
		wrong, enough := operation.CanaryRule.Judge(canary)
		passed := r.Now().Sub(since)
		if wrong != "" || enough && passed >= last || passed >= 2*last {
			return wrong, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// settling is how long requests may follow where slots led before: as long as
// deploy/nginx/slots/upstream.conf keeps connections, busy and then idle, and then some.
const settling = 2500 * time.Millisecond

// Shift has n slots lead to the release, and returns when requests follow them.
// With the last slot go the new runs of workflows.
func (r *Releaser) Shift(ctx context.Context, p operation.Release, n int) error {
	if p.From == "" {
		n = r.Slots.Count()
	}
	if err := r.Slots.Point(n, p.Colour); err != nil {
		return err
	}
	if n == r.Slots.Count() {
		if err := r.lead(ctx, p.Name); err != nil {
			return fmt.Errorf("have new runs go to %s: %w", p.Name, err)
		}
	}
	return rest(ctx, r.Settling)
}

// Finish stops what ran before, once its workers have ended what they began, and
// records that the release is live.
func (r *Releaser) Finish(ctx context.Context, p operation.Release, report func(string)) error {
	if p.From != "" {
		before, err := r.live(ctx)
		if err != nil {
			return err
		}
		if before == p.Name {
			before = "" // the same release goes on with its runs
		}
		if err := r.stop(ctx, p.From, before, r.Draining, report); err != nil {
			return err
		}
	}
	return r.end(ctx, p, operation.Live, "")
}

// stop ends a colour, once the release in it has ended what it began, or it took
// too long.
func (r *Releaser) stop(ctx context.Context, c operation.Colour, release string, patience time.Duration, report func(string)) error {
	if release != "" {
		if err := r.drain(ctx, release, patience, report); err != nil {
			return err
		}
	}
	if err := r.Driver.Stop(ctx, c); err != nil {
		return fmt.Errorf("stop %s: %w", c, err)
	}
	if release == "" {
		return nil
	}
	return r.handOver(ctx, release, report) // what was not seen to have begun
}

// Back has all requests go to what ran before, at once, and then new runs.
func (r *Releaser) Back(ctx context.Context, p operation.Release) error {
	if p.From == "" {
		return nil // nothing ran
	}
	if err := r.Slots.Point(r.Slots.Count(), p.From); err != nil {
		return err
	}
	return r.leadBack(ctx, p)
}

// GiveUp stops the release, to which no requests go any more, and records why.
func (r *Releaser) GiveUp(ctx context.Context, p operation.Release, why string, report func(string)) error {
	if p.From != "" {
		if err := r.stop(ctx, p.Colour, p.Name, min(leaving, r.Draining), report); err != nil {
			return err
		}
	}
	return r.end(ctx, p, operation.RolledBack, why)
}

func (r *Releaser) end(ctx context.Context, p operation.Release, status operation.ReleaseStatus, why string) error {
	if err := r.Releases.End(ctx, p.ID, status, why, r.Now().UTC()); err != nil {
		return err
	}
	return r.Audit.Record(ctx, auditing.Event{
		Action: "release." + string(status), Target: "release:" + p.ID, Outcome: auditing.Done,
		Details:  map[string]string{"release": p.Name, "colour": string(p.Colour)},
		Personal: map[string]string{"reason": p.Reason, "why": why},
	})
}

// Before is the release that was live before the one that is: what a quick
// rollback goes back to.
func (r *Releaser) Before(ctx context.Context) (string, error) {
	all, err := r.Releases.List(ctx, 100)
	if err != nil {
		return "", err
	}
	live := slices.DeleteFunc(all, func(x operation.Release) bool { return x.Status != operation.Live })
	if len(live) < 2 {
		return "", domain.Errorf(domain.NotFound, "release.none", "no release was live before the one that is")
	}
	return live[1].Name, nil
}
