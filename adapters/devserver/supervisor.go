package devserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// A unit that dies maxDeaths times within deathWindow is given up.
const (
	maxDeaths   = 3
	deathWindow = time.Minute
)

// Unit is something that a supervisor keeps running. [Process] and the servers
// of this package are units.
type Unit interface {
	Name() string
	// Start returns once the unit is ready, or with the reason why it is not;
	// then it is not running.
	Start(ctx context.Context) error
	// Stop returns once the unit is gone, by force when ctx is over.
	Stop(ctx context.Context) error
	// Done is closed while the unit isn't running.
	Done() <-chan struct{}
	// Tail is the end of what it printed.
	Tail() string
}

// GivenUpError says which unit a supervisor gave up on.
type GivenUpError struct {
	Unit   string
	Deaths int
	Log    string // its last lines
}

func (e *GivenUpError) Error() string {
	return fmt.Sprintf("%s died %d times within %s, giving up%s", e.Unit, e.Deaths, deathWindow, indentedTail(e.Log))
}

// Supervisor keeps units running in the order in which they were given to it:
// a unit may depend on those before it, so they stop in the reverse order.
type Supervisor struct {
	now    domain.Clock
	report func(message string)
	ctx    context.Context // it is the supervisor's own life, as in errgroup
	fail   context.CancelCauseFunc

	mu       sync.Mutex
	units    []Unit
	watchers sync.WaitGroup
}

// NewSupervisor returns a supervisor and a context that ends when ctx does, when
// the supervisor stops, or, with a [*GivenUpError] as its cause, when a unit keeps
// dying. Whoever gets the context then calls Stop. Report hears of each
// death and each restart.
func NewSupervisor(ctx context.Context, now domain.Clock, report func(message string)) (*Supervisor, context.Context) {
	ctx, fail := context.WithCancelCause(ctx)
	return &Supervisor{now: now, report: report, ctx: ctx, fail: fail}, ctx
}

// Start starts u, unless it runs already, and keeps it running from then on.
func (s *Supervisor) Start(ctx context.Context, u Unit) error {
	if !runs(u) {
		if err := u.Start(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.units = append(s.units, u)
	s.watchers.Go(func() { s.watch(u) })
	return nil
}

// Stop ends the supervision and then every unit, the last one first. It returns
// when all are gone; those that had to be killed are in the error.
func (s *Supervisor) Stop(ctx context.Context) error {
	s.fail(context.Canceled)
	s.watchers.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, u := range slices.Backward(s.units) {
		errs = append(errs, u.Stop(ctx))
	}
	s.units = nil
	return errors.Join(errs...)
}

// watch restarts u whenever it dies, until it has died too often.
func (s *Supervisor) watch(u Unit) {
	var deaths []time.Time
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-u.Done():
		}
		if s.ctx.Err() != nil {
			return
		}
		now := s.now()
		deaths = slices.DeleteFunc(deaths, func(t time.Time) bool { return now.Sub(t) > deathWindow })
		deaths = append(deaths, now)
		if len(deaths) >= maxDeaths {
			s.fail(&GivenUpError{Unit: u.Name(), Deaths: len(deaths), Log: u.Tail()})
			return
		}
		s.restart(u, len(deaths))
	}
}

// restart waits the longer the more often u has died lately. A start that fails
// leaves u not running, which watch counts as another death.
func (s *Supervisor) restart(u Unit, deaths int) {
	pause := time.Duration(deaths) * 500 * time.Millisecond
	s.report(fmt.Sprintf("%s died, starting it again in %s", u.Name(), pause))
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-s.ctx.Done():
		return
	case <-timer.C:
	}
	if err := u.Start(s.ctx); err != nil {
		if s.ctx.Err() == nil {
			s.report(err.Error())
		}
		return
	}
	s.report(u.Name() + " is up again")
}

func runs(u Unit) bool {
	select {
	case <-u.Done():
		return false
	default:
		return true
	}
}
