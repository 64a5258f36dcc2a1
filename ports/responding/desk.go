package responding

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Desk is where people look at incidents and say what they do. All of it takes
// [identity.RunOperations]. Who said what is kept and audited in one step; it
// does not wait for whoever follows the incident.
type Desk struct {
	Store      Store
	Engine     Engine
	Operations *operating.Dispatcher
	Unit       transacting.Unit
	Recorder   auditing.Recorder
	NewID      func() string
	Now        domain.Clock
}

// Case is an incident with its timeline.
type Case struct {
	operation.Incident

	Timeline []operation.IncidentEvent
}

// List returns incidents, the newest first.
func (d *Desk) List(ctx context.Context, f Filter, p catalogue.Page) ([]operation.Incident, error) {
	if _, err := access.Allowed(ctx, identity.RunOperations); err != nil {
		return nil, err
	}
	return d.Store.List(ctx, f, p)
}

// Get returns an incident with its timeline.
func (d *Desk) Get(ctx context.Context, id string) (c Case, err error) {
	if _, err := access.Allowed(ctx, identity.RunOperations); err != nil {
		return c, err
	}
	if c.Incident, err = d.Store.Get(ctx, id); err != nil {
		return c, err
	}
	c.Timeline, err = d.Store.Timeline(ctx, id)
	return c, err
}

// Declare opens an incident that no alert told of.
func (d *Desk) Declare(ctx context.Context, s operation.Severity, title, summary string) (Case, error) {
	p, err := access.Allowed(ctx, identity.RunOperations)
	if err != nil {
		return Case{}, err
	}
	if !slices.Contains(operation.Severities, s) {
		return Case{}, domain.Errorf(domain.Invalid, "incident.severity", "say P1, P2 or P3").In("severity")
	}
	if err := say("title", title); err != nil {
		return Case{}, err
	}
	id, now := d.NewID(), d.Now().UTC()
	i := operation.Incident{ID: id, GroupKey: "declared:" + id, Severity: s, Title: title, Summary: summary, OpenedAt: now, Version: 1}
	err = d.audited(ctx, p, i.ID, "declared", title, func(ctx context.Context) error {
		return d.Store.Declare(ctx, i, operation.IncidentEvent{At: now, Kind: "opened", Actor: p.Subject, Text: title})
	})
	if err != nil {
		return Case{}, err
	}
	_ = tell(ctx, d.Engine, d.Store, i)
	return d.Get(ctx, i.ID)
}

// Acknowledge says that the caller is on it: nobody else is told any more.
// Saying it again changes nothing.
func (d *Desk) Acknowledge(ctx context.Context, id, text string) (Case, error) {
	return d.change(ctx, id, "acknowledged", text, func(i *operation.Incident, by string) error {
		if i.AcknowledgedAt.IsZero() {
			i.AcknowledgedAt, i.AcknowledgedBy = d.Now().UTC(), by
		}
		return nil
	})
}

// Resolve says that it is over. It closes once it has stayed quiet; while its
// alert goes on, it is opened again.
func (d *Desk) Resolve(ctx context.Context, id, text string) (Case, error) {
	return d.change(ctx, id, "resolved", text, func(i *operation.Incident, by string) error {
		i.ResolvedAt, i.ResolvedBy, i.Resolution = d.Now().UTC(), by, text
		if i.AcknowledgedAt.IsZero() {
			i.AcknowledgedAt, i.AcknowledgedBy = i.ResolvedAt, by
		}
		return nil
	})
}

// Note adds to the timeline.
func (d *Desk) Note(ctx context.Context, id, text string) (Case, error) {
	if err := say("reason", text); err != nil {
		return Case{}, err
	}
	return d.change(ctx, id, "note", text, func(*operation.Incident, string) error { return nil })
}

// Tick says that a step of the procedure is done.
func (d *Desk) Tick(ctx context.Context, id, step, text string) (Case, error) {
	last := len(operation.IncidentSteps) - 1
	if !slices.ContainsFunc(operation.IncidentSteps[:last], func(s operation.IncidentStep) bool { return s.Name == step }) {
		return Case{}, operation.ErrIncidentStep
	}
	return d.change(ctx, id, "step", strings.TrimSuffix(step+": "+text, ": "), func(i *operation.Incident, _ string) error {
		if !slices.Contains(i.Steps, step) {
			i.Steps = append(i.Steps, step)
		}
		return nil
	})
}

// Act starts an operation because of an incident, such as a restore, which asks
// for its own approval. It is on the timeline of the incident.
func (d *Desk) Act(ctx context.Context, id string, r operating.Request) (Case, error) {
	if _, err := d.Get(ctx, id); err != nil {
		return Case{}, err
	}
	o, err := d.Operations.Start(ctx, r)
	if err != nil {
		return Case{}, err
	}
	return d.change(ctx, id, "action", "started operation "+o.ID+" ("+o.Kind+")", func(*operation.Incident, string) error { return nil })
}

func (d *Desk) change(ctx context.Context, id, kind, text string, change func(i *operation.Incident, by string) error) (Case, error) {
	p, err := access.Allowed(ctx, identity.RunOperations)
	if err != nil {
		return Case{}, err
	}
	if utf8.RuneCountInString(text) > mostText {
		return Case{}, domain.Errorf(domain.Invalid, "incident.text", "say it in at most %d characters", mostText).In("reason")
	}
	var i operation.Incident
	err = d.audited(ctx, p, id, kind, text, func(ctx context.Context) (err error) {
		i, err = d.Store.Change(ctx, id, func(i *operation.Incident) (operation.IncidentEvent, error) {
			if !i.ClosedAt.IsZero() && kind != "note" {
				return operation.IncidentEvent{}, operation.ErrIncidentClosed
			}
			return operation.IncidentEvent{At: d.Now().UTC(), Kind: kind, Actor: p.Subject, Text: text}, change(i, p.Subject)
		})
		return err
	})
	if err != nil {
		return Case{}, err
	}
	if i.ClosedAt.IsZero() {
		_ = tell(ctx, d.Engine, d.Store, i) // or [Relay.Keep] does
	}
	return d.Get(ctx, id)
}

// audited does something and records who did, or neither. What a person wrote
// can be erased.
func (d *Desk) audited(ctx context.Context, p access.Principal, id, what, text string, do func(context.Context) error) error {
	tenant := p.TenantID
	if tenant == "" {
		tenant = auditing.Platform
	}
	return d.Unit.Within(ctx, tenant, func(ctx context.Context) error {
		if err := do(ctx); err != nil {
			return err
		}
		e := auditing.Event{TenantID: p.TenantID, Action: "incident." + what, Target: "incident:" + id, Outcome: auditing.Done}
		if text != "" {
			e.Personal = map[string]string{"text": text}
		}
		return d.Recorder.Record(ctx, e)
	})
}

// The bounds of what people write, in characters.
const (
	leastText = 3
	mostText  = 2000
)

func say(field, text string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < leastText || n > mostText {
		return domain.Errorf(domain.Invalid, "incident.text", "say it in %d to %d characters", leastText, mostText).In(field)
	}
	return nil
}
