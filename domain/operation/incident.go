package operation

import (
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Severity is how bad an incident is.
type Severity string

// The severities of the operations manual.
const (
	P1 Severity = "P1" // users cannot work: wakes somebody
	P2 Severity = "P2" // something important is broken
	P3 Severity = "P3" // waits for the next maintenance window
)

// Severities are all severities, the worst first.
var Severities = []Severity{P1, P2, P3}

// Limits are the times that a severity allows.
type Limits struct {
	Acknowledge time.Duration // until somebody says that he is on it
	Resolve     time.Duration // until it should be over
	Quiet       time.Duration // that it must stay quiet before it counts as over
}

// LimitsOf are the manual's times. It gives none for resolving P2 and P3, where
// a working day and the next daily maintenance are meant.
func LimitsOf(s Severity) Limits {
	switch s {
	case P1:
		return Limits{Acknowledge: 5 * time.Minute, Resolve: 15 * time.Minute, Quiet: 5 * time.Minute}
	case P2:
		return Limits{Acknowledge: 15 * time.Minute, Resolve: 8 * time.Hour, Quiet: 5 * time.Minute}
	default:
		return Limits{Acknowledge: time.Hour, Resolve: 24 * time.Hour, Quiet: 5 * time.Minute}
	}
}

// SeverityOf reads the labels of an alert: priority says P1 to P3, and else
// severity says critical, warning or info. What says neither is a P2: somebody
// should look.
func SeverityOf(labels map[string]string) Severity {
	if s := Severity(strings.ToUpper(labels["priority"])); slices.Contains(Severities, s) {
		return s
	}
	switch labels["severity"] {
	case "critical":
		return P1
	case "info":
		return P3
	}
	return P2
}

// IncidentStep is a step of the manual's procedure, and the role it belongs to.
type IncidentStep struct{ Name, Title, Role string }

// The roles of the manual's contacts.
const (
	RoleOperations  = "operations"
	RoleDevelopment = "development"
	RoleDatabase    = "database"
	RoleSecurity    = "security"
)

// IncidentSteps are the manual's procedure. The last one is nobody's to tick:
// that the effect is there is found out.
var IncidentSteps = []IncidentStep{
	{"assess", "Assess what is affected, and how badly", RoleOperations},
	{"analyse", "Find the cause", RoleDevelopment},
	{"plan", "Decide what to do: roll back, switch over, or mend", RoleDevelopment},
	{"mend", "Do it", RoleOperations},
	{"verify", "See that the effect is there and stays", RoleOperations},
}

// Contact is somebody who may be told. The order of contacts is the order in
// which an incident escalates.
type Contact struct {
	Role  string `json:"role"`
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email"`
}

// Incident is something that is wrong, from when it is noticed until its end is
// verified. Zero times have not come.
type Incident struct {
	ID       string
	GroupKey string // of the alerts that it is about: while one is open there is no other
	Severity Severity
	Title    string // one line
	Summary  string
	Labels   map[string]string

	Alerted   bool // it is about an alert, which tells when it is over
	Firing    bool // the alert goes on
	OpenedAt  time.Time
	ClearedAt time.Time // when the alert was last heard to be over

	AcknowledgedAt time.Time
	AcknowledgedBy string
	ResolvedAt     time.Time // when a person said that it is over
	ResolvedBy     string
	Resolution     string
	ClosedAt       time.Time

	Told     int       // contacts that were told
	ToldAt   time.Time // when one was told last
	Reminded time.Time // when people were reminded that it goes on
	Steps    []string  // that are done
	Version  int64     // rises with each change
}

// The errors of incidents.
var (
	ErrIncidentClosed  = &domain.Error{Kind: domain.Conflict, Code: "incident.closed", Detail: "the incident is over"}
	ErrIncidentStep    = &domain.Error{Kind: domain.Invalid, Code: "incident.step", Detail: "the steps are assess, analyse, plan and mend; verify is done by the platform, when the incident stays quiet"}
	ErrIncidentUnknown = &domain.Error{Kind: domain.NotFound, Code: "incident.unknown", Detail: "there is no such incident"}
)

// Status is where an incident stands, in a word.
func (i Incident) Status() string {
	switch {
	case !i.ClosedAt.IsZero():
		return "closed"
	case i.quietSince() != nil:
		return "verifying"
	case !i.ResolvedAt.IsZero():
		return "resolved"
	case !i.AcknowledgedAt.IsZero():
		return "acknowledged"
	}
	return "open"
}

// Done reports whether a step of the procedure is done.
func (i Incident) Done(step string) bool { return slices.Contains(i.Steps, step) }

// quietSince is from when nothing is wrong any more, as far as anybody knows.
func (i Incident) quietSince() *time.Time {
	switch {
	case i.Firing:
		return nil
	case i.Alerted:
		return &i.ClearedAt
	case !i.ResolvedAt.IsZero():
		return &i.ResolvedAt
	}
	return nil
}

// MoveKind is what is to be done about an incident next, without anybody
// asking.
type MoveKind string

// The moves.
const (
	Tell   MoveKind = "tell"   // the next contact is told
	Remind MoveKind = "remind" // people are reminded that it goes on
	Reopen MoveKind = "reopen" // it was called resolved, and its alert goes on
	Close  MoveKind = "close"  // it stayed quiet
)

// Move is what comes next, and when.
type Move struct {
	Kind MoveKind
	At   time.Time
}

// again is when all contacts are told once more that nobody has answered.
const again = time.Hour

// Next is the next move of an incident that escalates along contacts, or nil
// when only people or alerts can bring it on.
//
// Until it is acknowledged, another contact is told each time that the time for
// it is over; when all were told, the last again and again, once an hour.
// Acknowledging stops that. What is acknowledged and goes on for longer than it
// should is reminded of once. What was called resolved while its alert goes on is
// opened again.
func (i Incident) Next(contacts int) *Move {
	limits := LimitsOf(i.Severity)
	if !i.ClosedAt.IsZero() {
		return nil
	}
	if quiet := i.quietSince(); quiet != nil {
		return &Move{Close, quiet.Add(limits.Quiet)}
	}
	switch {
	case !i.ResolvedAt.IsZero():
		return &Move{Reopen, i.ResolvedAt.Add(limits.Resolve)}
	case i.AcknowledgedAt.IsZero() && i.Told < max(contacts, 1):
		return &Move{Tell, i.OpenedAt.Add(time.Duration(i.Told) * limits.Acknowledge)}
	case i.AcknowledgedAt.IsZero():
		return &Move{Tell, i.ToldAt.Add(again)}
	case i.Reminded.IsZero():
		return &Move{Remind, i.OpenedAt.Add(limits.Resolve)}
	}
	return nil
}

// IncidentEvent is one line of an incident's timeline.
type IncidentEvent struct {
	At    time.Time
	Kind  string // such as opened, told, acknowledged, note
	Actor string // a subject, or "platform" or "alertmanager"
	Text  string
}

// IncidentReport is what is kept of an incident that is over.
type IncidentReport struct {
	AcknowledgeSeconds float64  `json:"acknowledge_seconds"` // zero when nobody did
	ResolveSeconds     float64  `json:"resolve_seconds"`     // until it began to stay quiet
	Told               int      `json:"told"`
	InTime             bool     `json:"in_time"` // both times were kept
	Steps              []string `json:"steps"`
	Done               []string `json:"done"` // what people did, a line each
}

// Report sums up an incident that is over.
func (i Incident) Report(events []IncidentEvent) IncidentReport {
	limits, r := LimitsOf(i.Severity), IncidentReport{Told: i.Told, Steps: append([]string{}, i.Steps...), Done: []string{}}
	if !i.AcknowledgedAt.IsZero() {
		r.AcknowledgeSeconds = i.AcknowledgedAt.Sub(i.OpenedAt).Seconds()
	}
	end := i.ClosedAt
	if quiet := i.quietSince(); quiet != nil {
		end = *quiet
	}
	r.ResolveSeconds = end.Sub(i.OpenedAt).Seconds()
	acknowledged := !i.AcknowledgedAt.IsZero() && i.AcknowledgedAt.Sub(i.OpenedAt) <= limits.Acknowledge ||
		i.AcknowledgedAt.IsZero() && end.Sub(i.OpenedAt) <= limits.Acknowledge
	r.InTime = acknowledged && end.Sub(i.OpenedAt) <= limits.Resolve
	for _, e := range events {
		if IsPerson(e.Actor) {
			r.Done = append(r.Done, e.At.UTC().Format(time.RFC3339)+" "+e.Actor+" "+e.Kind+": "+e.Text)
		}
	}
	return r
}
