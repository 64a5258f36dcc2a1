// Package auditing keeps what happened, so that nobody can change it unseen.
package auditing

import "context"

// Event is something that happened in a tenant. Who did it and from where come
// from the context, see [access.Principal] and [Origin].
type Event struct {
	TenantID string
	Action   string            // what happened, such as "user.role_changed"; see the constants beside the use cases
	Target   string            // what it happened to, such as "user:0197…"; no personal data
	Details  map[string]string // more of it, without personal data or secrets
	Personal map[string]string // personal data, which can be erased without breaking the chain
	Outcome  Outcome
}

// Outcome is how it ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
)

// Recorder appends to the chain of a tenant's events.
type Recorder interface {
	// Record appends e. Inside [transacting.Unit.Within] it is undone with the
	// rest. An error means the event is not kept, and what it is about must not
	// be done either.
	Record(ctx context.Context, e Event) error
}
