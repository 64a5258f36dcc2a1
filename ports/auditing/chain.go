package auditing

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain/audit"
)

// Entry is an event with what stands beside its chain.
type Entry struct {
	audit.Event
	Sum      audit.Sum
	Salt     []byte // both nil once the personal data are erased
	Personal []byte // sealed
}

// Chains keeps the chains of all tenants, each within its tenant's walls.
type Chains interface {
	// Append locks the end of a tenant's chain, calls next with it and keeps
	// what it returns. It joins the transaction that ctx carries, and then
	// holds the lock until that ends: what is audited is recorded last.
	Append(ctx context.Context, tenantID string, next func(audit.Head) (Entry, audit.Head, error)) error
	// Events returns at most limit events of a tenant, newest first, those
	// before a Seq when it is not zero.
	Events(ctx context.Context, tenantID string, f Filter, before int64, limit int) ([]Entry, error)
	// Erase removes the personal data of all events of a tenant, or of those by
	// and about one subject when it is not empty, and returns of how many.
	Erase(ctx context.Context, tenantID, subject string) (int, error)
}

// Archive reads the chains across tenants, to check them.
type Archive interface {
	// Heads returns the end of each chain, in order of tenant, with a zero Seq
	// for one whose head is gone.
	Heads(ctx context.Context) ([]audit.Head, error)
	// Head returns the end of one chain, with a zero Seq when there is none.
	Head(ctx context.Context, tenantID string) (audit.Head, error)
	// Chain returns at most limit events of a tenant after a Seq, oldest first.
	Chain(ctx context.Context, tenantID string, after int64, limit int) ([]Entry, error)
	// Prunings returns how a chain was pruned, in order of Seq.
	Prunings(ctx context.Context, tenantID string) ([]audit.Pruning, error)
	// Edge returns the last event before which, and with which, all of a chain
	// happened before a time; zero when its first event did not.
	Edge(ctx context.Context, tenantID string, before time.Time) (int64, error)
}

// Filter selects events; a zero field selects all.
type Filter struct {
	Action, Actor, Target string
	Outcome               Outcome
	From, To              time.Time // half open
}

// Platform is the chain of what happens in no tenant, such as a sign-in to one
// that does not exist.
const Platform = "00000000-0000-0000-0000-000000000000"
