package responding

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// Recipients are told when no contacts are configured.
type Recipients interface {
	// Operators returns the addresses of the people who run the platform.
	Operators(ctx context.Context) ([]string, error)
}

// Alerts tells whether an alert goes on, asking whoever raises it.
type Alerts interface {
	Firing(ctx context.Context, labels map[string]string) (bool, error)
}

// Responder does what comes next about incidents.
type Responder struct {
	Store    Store
	Contacts []operation.Contact // in the order of escalation
	People   Recipients
	Mail     notifying.Notifier
	Crier    *notifying.Crier
	Alerts   Alerts // nil where nobody can be asked
	NewID    func() string
	Now      domain.Clock
}

// Look returns the open incident of a group, after keeping alerts that could not
// be kept before, or the incident of an id. It returns
// [operation.ErrIncidentUnknown] when there is none.
func (r *Responder) Look(ctx context.Context, groupKey, id string, heard []Alert) (operation.Incident, error) {
	for _, a := range heard {
		if _, _, err := r.Store.Hear(ctx, a, r.NewID(), r.Now()); err != nil && !errors.Is(err, operation.ErrIncidentUnknown) {
			return operation.Incident{}, err
		}
	}
	if id != "" {
		return r.Store.Get(ctx, id)
	}
	open, err := r.Store.Open(ctx, groupKey)
	if err != nil {
		return operation.Incident{}, err
	}
	if len(open) == 0 {
		return operation.Incident{}, operation.ErrIncidentUnknown
	}
	return open[0].Incident, nil
}

// Next is what comes next about an incident.
func (r *Responder) Next(i operation.Incident) *operation.Move { return i.Next(len(r.Contacts)) }

// Do makes a move, when it is still the next and its time has come: what an
// attempt before did, or what people did meanwhile, is not done again. When
// unable is set, it is given up, and the incident goes on as if it were done.
func (r *Responder) Do(ctx context.Context, id string, kind operation.MoveKind, unable bool) (operation.Incident, error) {
	i, err := r.Store.Get(ctx, id)
	if err != nil {
		return i, err
	}
	if !r.due(i, kind) {
		return i, nil
	}
	switch kind {
	case operation.Tell:
		return r.tell(ctx, i, unable)
	case operation.Remind:
		return r.remind(ctx, i, unable)
	case operation.Reopen:
		return r.reopen(ctx, i)
	default:
		return r.close(ctx, i)
	}
}

// slack is how far the clocks of those who wait and those who do may be apart.
const slack = 2 * time.Second

func (r *Responder) due(i operation.Incident, kind operation.MoveKind) bool {
	m := r.Next(i)
	return m != nil && m.Kind == kind && !m.At.After(r.Now().Add(slack))
}

// tell tells the next contact, by mail and in the channels of the teams.
func (r *Responder) tell(ctx context.Context, i operation.Incident, unable bool) (operation.Incident, error) {
	whom, to, err := r.whom(ctx, i.Told)
	if err != nil {
		return i, err
	}
	text := "told " + whom
	if unable {
		text = "could not tell " + whom
	} else if failed, err := r.send(ctx, to, r.notice(i)); err != nil {
		return i, err
	} else if failed != "" {
		text += ", but not all the ways: " + failed
	}
	return r.Store.Change(ctx, i.ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
		i.Told++
		i.ToldAt = r.Now().UTC()
		return platform(r.Now(), "told", text), nil
	})
}

// whom is the contact of a level, and after the last one the last.
func (r *Responder) whom(ctx context.Context, level int) (name string, to []string, err error) {
	if len(r.Contacts) == 0 {
		to, err = r.People.Operators(ctx)
		return "the operators", to, err
	}
	c := r.Contacts[min(level, len(r.Contacts)-1)]
	name = c.Name + " (" + c.Role + ")"
	if c.Phone != "" {
		name += ", phone " + c.Phone
	}
	if c.Email != "" {
		to = []string{c.Email}
	}
	return name, to, nil
}

// send tells by all ways. It fails when none worked, and names those that did
// not.
func (r *Responder) send(ctx context.Context, to []string, n notifying.Notice) (failed string, err error) {
	var errs []error
	sent := 0
	for _, address := range to {
		if err := r.Mail.Send(ctx, notifying.Message{To: address, Subject: n.Subject, Body: n.Body}); err != nil {
			errs = append(errs, err)
		} else {
			sent++
		}
	}
	if r.Crier.Heard() {
		if err := r.Crier.Cry(ctx, n); err != nil {
			errs = append(errs, err)
		} else {
			sent++
		}
	}
	err = errors.Join(errs...)
	switch {
	case err != nil && sent == 0:
		return "", domain.Errorf(domain.Unavailable, "incident.untold", "nobody could be told: %s", err)
	case err != nil:
		return strings.ReplaceAll(err.Error(), "\n", "; "), nil
	}
	return "", nil
}

func (r *Responder) notice(i operation.Incident) notifying.Notice {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nsince %s. ", i.Summary, i.OpenedAt.UTC().Format(time.RFC3339))
	if i.Told > 0 {
		fmt.Fprintf(&b, "Nobody has acknowledged it yet. ")
	}
	fmt.Fprintf(&b, "Say that you are on it:\n\n  footballctl incident ack %s\n\nWhat to do first is in docs/runbooks/incidents.md", i.ID)
	if book := i.Labels["runbook_url"]; book != "" {
		fmt.Fprintf(&b, " and at %s", book)
	}
	b.WriteString(".\n")
	return notifying.Notice{Subject: fmt.Sprintf("[%s] %s", i.Severity, i.Title), Body: b.String()}
}

func (r *Responder) remind(ctx context.Context, i operation.Incident, unable bool) (operation.Incident, error) {
	limit := operation.LimitsOf(i.Severity).Resolve
	text := fmt.Sprintf("it goes on for longer than %s; %s is on it", limit, i.AcknowledgedBy)
	if !unable {
		_, to, err := r.whom(ctx, 0)
		if err != nil {
			return i, err
		}
		n := notifying.Notice{
			Subject: fmt.Sprintf("[%s] goes on for longer than %s: %s", i.Severity, limit, i.Title),
			Body:    fmt.Sprintf("%s is on it since %s. Does it take more people?\n\n  footballctl incident show %s\n", i.AcknowledgedBy, i.AcknowledgedAt.UTC().Format(time.RFC3339), i.ID),
		}
		if _, err := r.send(ctx, to, n); err != nil {
			return i, err
		}
	}
	return r.Store.Change(ctx, i.ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
		i.Reminded = r.Now().UTC()
		return platform(r.Now(), "reminded", text), nil
	})
}

// reopen takes back that it was resolved.
func (r *Responder) reopen(ctx context.Context, i operation.Incident) (operation.Incident, error) {
	return r.Store.Change(ctx, i.ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
		i.ResolvedAt, i.ResolvedBy, i.Resolution, i.Reminded = time.Time{}, "", "", time.Time{}
		return platform(r.Now(), "reopened", "its alert goes on"), nil
	})
}

// close closes what has stayed quiet, after asking whoever raises its alert once
// more: nothing closes before its effect is verified.
func (r *Responder) close(ctx context.Context, i operation.Incident) (operation.Incident, error) {
	if i.Alerted && r.Alerts != nil {
		firing, err := r.Alerts.Firing(ctx, i.Labels)
		if err != nil {
			return i, err
		}
		if firing {
			return r.Store.Change(ctx, i.ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
				i.Firing, i.ClearedAt = true, time.Time{}
				return platform(r.Now(), "fires again", "Prometheus still has its alert"), nil
			})
		}
	}
	closed, err := r.Store.Change(ctx, i.ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
		if !r.due(*i, operation.Close) {
			return operation.IncidentEvent{}, errMoved
		}
		i.ClosedAt = r.Now().UTC()
		i.Steps = append(i.Steps, operation.IncidentSteps[len(operation.IncidentSteps)-1].Name)
		return platform(r.Now(), "closed", "it stayed quiet for "+operation.LimitsOf(i.Severity).Quiet.String()), nil
	})
	if errors.Is(err, errMoved) {
		return r.Store.Get(ctx, i.ID)
	}
	if err != nil {
		return i, err
	}
	return closed, r.report(ctx, closed)
}

// errMoved is about an incident that changed while it was about to be closed.
var errMoved = errors.New("it changed meanwhile")

// report keeps the report, and tells the teams. Who was woken wants to hear
// that it is over; when they cannot be told, that is no reason not to be.
func (r *Responder) report(ctx context.Context, i operation.Incident) error {
	events, err := r.Store.Timeline(ctx, i.ID)
	if err != nil {
		return err
	}
	report := i.Report(events)
	if err := r.Store.Reported(ctx, i.ID, report); err != nil {
		return err
	}
	if i.Told == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "It took %s", span(report.ResolveSeconds))
	if report.AcknowledgeSeconds > 0 {
		fmt.Fprintf(&b, ", and %s until somebody was on it", span(report.AcknowledgeSeconds))
	}
	b.WriteString(".\n")
	for _, line := range report.Done {
		b.WriteString("\n- " + line)
	}
	_, to, err := r.whom(ctx, 0)
	if err == nil {
		_, err = r.send(ctx, to, notifying.Notice{Subject: fmt.Sprintf("[%s] over: %s", i.Severity, i.Title), Body: b.String()})
	}
	_ = err // see above
	return nil
}

func span(seconds float64) string {
	return (time.Duration(seconds) * time.Second).String()
}

func platform(at time.Time, kind, text string) operation.IncidentEvent {
	return operation.IncidentEvent{At: at.UTC(), Kind: kind, Actor: "platform", Text: text}
}
