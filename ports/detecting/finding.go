package detecting

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

// Finding is something suspicious in a tenant, from when it was first seen
// until somebody has resolved it.
type Finding struct {
	TenantID  string // [auditing.Platform] for what is aimed at no tenant
	ID        string // UUIDv7
	Kind      Kind
	Subject   []byte // keyed hash of the account or network, see [Hasher]
	Failures  int    // the most that were seen without a long quiet
	FirstSeen time.Time
	LastSeen  time.Time
	Status    Status
	ChangedAt time.Time // when the status changed last; zero while it has not
	ChangedBy string    // who changed it, as audit events name actors
	Reason    string    // why it was resolved
}

// Status is whether anybody has seen to a finding.
type Status string

// The statuses.
const (
	Open         Status = "open"
	Acknowledged Status = "acknowledged" // somebody looks into it
	Resolved     Status = "resolved"     // seen again, it is a new finding
)

// Statuses are all statuses.
var Statuses = []Status{Open, Acknowledged, Resolved}

// Errors of this package.
var (
	ErrUnknown  = &domain.Error{Kind: domain.NotFound, Code: "security.finding_unknown", Detail: "there is no such finding"}
	ErrResolved = &domain.Error{Kind: domain.Conflict, Code: "security.finding_resolved", Detail: "the finding is resolved; if it is seen again, there will be a new one"}
	ErrReason   = &domain.Error{Kind: domain.Invalid, Code: "security.reason", Detail: "say why the finding is resolved, in at most 500 characters", Field: "reason"}
)

// Filter selects findings; a zero field selects all.
type Filter struct {
	TenantID string
	Status   Status
	Since    time.Time // seen then or later
}

// Findings keeps findings, each within its tenant's walls.
type Findings interface {
	// Note keeps f, or adds it to the one of its subject that is not resolved;
	// it returns what is kept, and whether that is news to be told at a time: a
	// new finding, or one that was told repeat ago. It joins the unit of work
	// of ctx.
	Note(ctx context.Context, f Finding, at time.Time, repeat time.Duration) (kept Finding, news bool, err error)
	// Change locks a finding and keeps what change makes of its status. It
	// returns [ErrUnknown] when the tenant has no such finding, and joins the
	// unit of work of ctx.
	Change(ctx context.Context, tenantID, id string, change func(Finding) (Finding, error)) (Finding, error)
	// Of returns at most limit findings of one tenant, the last seen first.
	Of(ctx context.Context, f Filter, limit int) ([]Finding, error)
}

// Overview reads the findings of all tenants.
type Overview interface {
	// All returns at most limit findings, the last seen first.
	All(ctx context.Context, f Filter, limit int) ([]Finding, error)
	// Find returns a finding of any tenant, or [ErrUnknown].
	Find(ctx context.Context, id string) (Finding, error)
}

// Hasher makes the hashes that findings name their subjects by.
type Hasher interface {
	// Hashes returns those of an attempt's account and of its network.
	Hashes(a authenticating.Attempt) (account, network []byte)
}
