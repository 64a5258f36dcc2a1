package pausing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/exclusion"
)

// The errors of switching.
var (
	ErrInput = &domain.Error{Kind: domain.Invalid, Code: "service.pause"}
	ErrRun   = &domain.Error{Kind: domain.Conflict, Code: "service.paused_by_run"}
)

// Longest is how long an operator may pause the service for; more takes saying
// so again, so that a pause that somebody forgot ends.
const Longest = 24 * time.Hour

// operators begins the names under which operators hold the service.
const operators = "operator/"

// Switch is how an operator pauses the service and lets it go on.
type Switch struct {
	pauses   Pauses
	leases   exclusion.Leases
	recorder auditing.Recorder
}

// NewSwitch returns a Switch.
func NewSwitch(pauses Pauses, leases exclusion.Leases, recorder auditing.Recorder) *Switch {
	return &Switch{pauses: pauses, leases: leases, recorder: recorder}
}

// On pauses the service for a time. Whoever paused it may do so again, which
// begins the time anew.
func (s *Switch) On(ctx context.Context, who, reason string, last time.Duration) error {
	switch {
	case strings.TrimSpace(reason) == "" || len(reason) > 500:
		return domain.Errorf(domain.Invalid, ErrInput.Code, "say why the service is paused, in at most 500 characters").In("reason")
	case last < time.Minute || last > Longest:
		return domain.Errorf(domain.Invalid, ErrInput.Code, "the service can be paused for a minute up to a day, and not for %s", last).In("for")
	}
	if err := s.leases.Acquire(ctx, exclusion.Claim{Resource: exclusion.Service, Holder: operators + who, Purpose: reason}, last); err != nil {
		return err
	}
	return s.recorder.Record(ctx, auditing.Event{
		Action: "service.paused", Target: "service", Outcome: auditing.Done,
		Details: map[string]string{"for": last.String()}, Personal: map[string]string{"reason": reason},
	})
}

// Off lets the service go on. What a run has paused is left to the run unless
// force is set: it goes on by itself when the run ends, or two minutes after the
// last sign of it. Doing it twice changes nothing.
func (s *Switch) Off(ctx context.Context, force bool) error {
	p, ok, err := s.pauses.Last(ctx)
	if err != nil || !ok || p.Left <= 0 {
		return err
	}
	if !force && !strings.HasPrefix(p.Holder, operators) {
		return domain.Errorf(domain.Conflict, ErrRun.Code, "the service is paused by %s (%s): abort that run, or use --force", p.Holder, p.Purpose)
	}
	if err := s.leases.Release(ctx, exclusion.Claim{Resource: exclusion.Service, Holder: p.Holder}); err != nil {
		return fmt.Errorf("let the service go on: %w", err)
	}
	return s.recorder.Record(ctx, auditing.Event{
		Action: "service.resumed", Target: "service", Outcome: auditing.Done, Details: map[string]string{"paused_by": p.Holder},
	})
}
