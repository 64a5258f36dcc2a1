package operating

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// The actions that are audited here.
const (
	actionRequested = "operation.requested"
	actionApproved  = "operation.approved"
	actionRefused   = "operation.approval_refused"
	actionAbort     = "operation.abort_requested"
)

// Dispatcher starts operations and looks after them. Its parts are given by
// [NewDispatcher].
type Dispatcher struct {
	Parts

	caughtUp *atomic.Bool // the runs that others started while we were away are known
}

// Parts are what a [Dispatcher] is made of.
type Parts struct {
	Kinds    []Kind
	Engine   Engine
	Finder   Finder
	Store    Store
	Keys     Keys
	Signer   auditing.Signer
	Unit     transacting.Unit
	Recorder auditing.Recorder
	NewID    func() string // makes UUIDv7
	Now      domain.Clock
}

// NewDispatcher returns a Dispatcher.
func NewDispatcher(p Parts) *Dispatcher { return &Dispatcher{Parts: p, caughtUp: new(atomic.Bool)} }

// keyPrefix begins the subject of an API key.
const keyPrefix = "api-key:"

// person is who stands behind p: the caller, or who made the caller's key. It is
// empty when nobody knows. Without it, one person could ask with a key and
// approve as himself.
func (d *Dispatcher) person(ctx context.Context, p access.Principal) (string, error) {
	if operation.IsPerson(p.Subject) {
		return p.Subject, nil
	}
	id, isKey := strings.CutPrefix(p.Subject, keyPrefix)
	if !isKey {
		return "", nil
	}
	by, err := d.Keys.MadeBy(ctx, p.TenantID, id)
	if err != nil || !operation.IsPerson(by) {
		return "", err
	}
	return by, nil
}

// record keeps what the caller did to an operation. A reason is a person's free
// text, so it can be erased.
func (d *Dispatcher) record(ctx context.Context, p access.Principal, o Operation, action, why string, outcome auditing.Outcome) error {
	personal := map[string]string{}
	if why != "" {
		personal["reason"] = why
	}
	return d.Recorder.Record(ctx, auditing.Event{
		TenantID: p.TenantID, Action: action, Target: "operation:" + o.ID, Outcome: outcome,
		Details: map[string]string{"kind": o.Kind, "workflow_id": o.WorkflowID}, Personal: personal,
	})
}

// chain is the tenant in whose chain of events a caller's doings are kept.
func chain(p access.Principal) string {
	if p.TenantID == "" {
		return auditing.Platform
	}
	return p.TenantID
}

func (o Operation) ref() Ref { return Ref{WorkflowID: o.WorkflowID, RunID: o.RunID} }
