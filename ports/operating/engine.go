package operating

import (
	"context"
	"encoding/json"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Order asks an [Engine] for a run.
type Order struct {
	Operation  string // id
	Workflow   string
	WorkflowID string
	Input      json.RawMessage
	Summary    string
}

// Begun is a run that was started.
type Begun struct {
	RunID string
	// Foreign is true when a run of this id goes on that was not started for
	// the operation.
	Foreign bool
}

// Ref names a run.
type Ref struct {
	WorkflowID string
	RunID      string // the first of its chain; empty for the latest of the id
	Brief      bool   // only where it stands is asked for, which takes no worker
}

// Run is a run that was found, not asked for here.
type Run struct {
	Workflow, WorkflowID string
	RunID                string // the first of its chain
	Operation            string // the operation that it was started for, if any
	From                 string // see [FromTemporal]
	StartedAt            time.Time
}

// Engine runs workflows. Each method returns [ErrAway] when it cannot be
// reached, or when nobody who does the work answers.
type Engine interface {
	// Start starts a run. Starting it again for the same operation changes
	// nothing and returns the same run.
	Start(ctx context.Context, o Order) (Begun, error)
	// Look returns what can be seen of a run, or [ErrNoRun].
	Look(ctx context.Context, r Ref) (Sight, error)
	// Approve hands an approval to a run, and returns what became of it: an
	// error of package [operation] when it is worth nothing.
	Approve(ctx context.Context, r Ref, a operation.Approval) error
	// Abort asks a run to stop, and returns once it has taken notice.
	Abort(ctx context.Context, r Ref, by, reason string) error
}

// Finder finds runs that were not asked for here.
type Finder interface {
	// Since returns runs of workflows that began after a time, at most limit,
	// the oldest first, but for those whose run, or the first of whose chain,
	// is known. It returns [ErrAway] when it cannot look.
	Since(ctx context.Context, workflows []string, after time.Time, limit int, known func(runIDs []string) map[string]bool) ([]Run, error)
}

// Filter selects operations; an empty field selects all.
type Filter struct {
	Kind   string
	Status Status
}

// Store keeps operations. Its methods join the unit of work that ctx carries.
type Store interface {
	// Open keeps o, unless one of its workflow id has not ended, and returns
	// the one that is kept.
	Open(ctx context.Context, o Operation) (kept Operation, opened bool, err error)
	// Get returns an operation with its approvals, or [ErrUnknown].
	Get(ctx context.Context, id string) (Operation, error)
	// List returns operations, the newest first, with their approvals.
	List(ctx context.Context, f Filter, p catalogue.Page) ([]Operation, error)
	// Unended returns operations that had not ended when they were last seen,
	// the oldest first.
	Unended(ctx context.Context, limit int) ([]Operation, error)
	// See keeps what was seen. What has ended stays ended as it did.
	See(ctx context.Context, id string, s Sight, at time.Time) error
	// Known returns those of run ids that operations have.
	Known(ctx context.Context, runIDs []string) (map[string]bool, error)
}

// Approvals keeps approvals that were used. They join the unit of work that ctx
// carries.
type Approvals interface {
	// Use keeps an approval. It is false for one that is kept already, which
	// changes nothing; it returns [operation.ErrUsed] when its nonce was used
	// for something else, and [operation.ErrTwice] when the person has approved
	// the step already by another.
	Use(ctx context.Context, a operation.Approval) (fresh bool, err error)
	// Approvers are who approved a step of an operation.
	Approvers(ctx context.Context, operationID, step string) ([]string, error)
}

// Keys tells who made an API key, which is the person behind it.
type Keys interface {
	// MadeBy returns the subject of who made a key of a tenant.
	MadeBy(ctx context.Context, tenantID, keyID string) (string, error)
}
