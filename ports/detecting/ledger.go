package detecting

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// The actions that are audited here.
const (
	actionAcknowledged = "security.finding_acknowledged"
	actionResolved     = "security.finding_resolved"
)

// Ledger is where findings are looked after.
type Ledger struct {
	findings Findings
	overview Overview
	unit     transacting.Unit
	recorder auditing.Recorder
	now      domain.Clock
}

// NewLedger returns a Ledger.
func NewLedger(f Findings, o Overview, unit transacting.Unit, recorder auditing.Recorder, now domain.Clock) *Ledger {
	return &Ledger{findings: f, overview: o, unit: unit, recorder: recorder, now: now}
}

// Own returns at most limit findings of the caller's tenant, the last seen
// first. It takes [identity.ReadAudit].
func (l *Ledger) Own(ctx context.Context, f Filter, limit int) ([]Finding, error) {
	p, err := access.Allowed(ctx, identity.ReadAudit)
	if err != nil {
		return nil, err
	}
	f.TenantID = p.TenantID
	found, err := l.findings.Of(ctx, f, limit)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return found, nil
}

// All returns at most limit findings of any tenant, for whoever has the
// database at hand.
func (l *Ledger) All(ctx context.Context, f Filter, limit int) ([]Finding, error) {
	found, err := l.overview.All(ctx, f, limit)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return found, nil
}

// Since returns at most limit findings that were seen at a time or later, in
// all tenants: what a look at the past week goes through.
func (l *Ledger) Since(ctx context.Context, at time.Time, limit int) ([]Finding, error) {
	return l.All(ctx, Filter{Since: at}, limit)
}

// Acknowledge notes that somebody looks into a finding. Doing it again changes
// nothing.
func (l *Ledger) Acknowledge(ctx context.Context, id string) (Finding, error) {
	return l.change(ctx, id, Acknowledged, "", actionAcknowledged)
}

// mostReason is how long a reason may be.
const mostReason = 500

// Resolve closes a finding, for a reason. If the same is seen again, that is a
// new finding.
func (l *Ledger) Resolve(ctx context.Context, id, reason string) (Finding, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > mostReason {
		return Finding{}, ErrReason
	}
	return l.change(ctx, id, Resolved, reason, actionResolved)
}

func (l *Ledger) change(ctx context.Context, id string, to Status, reason, action string) (f Finding, err error) {
	found, err := l.overview.Find(ctx, id)
	if err != nil {
		return f, err
	}
	err = l.unit.Within(ctx, found.TenantID, func(ctx context.Context) error {
		var changed bool
		f, err = l.findings.Change(ctx, found.TenantID, id, func(f Finding) (Finding, error) {
			switch f.Status {
			case Resolved:
				return f, ErrResolved
			case to:
				return f, nil
			case Open, Acknowledged:
			}
			changed = true
			f.Status, f.Reason, f.ChangedAt, f.ChangedBy = to, reason, l.now(), auditing.ActorOf(ctx)
			return f, nil
		})
		if err != nil || !changed {
			return err
		}
		details := map[string]string{"kind": string(f.Kind)}
		if reason != "" {
			details["reason"] = reason
		}
		return l.recorder.Record(ctx, auditing.Event{
			TenantID: f.TenantID, Action: action, Target: target(f), Outcome: auditing.Done, Details: details,
		})
	})
	return f, err
}
