package tenancy_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

// forever is more often than anything is tried in a test.
const forever = 1 << 20

// world stands in for all that the workflows touch, and notes what they do.
// What the steps themselves do is tested where they are, on real servers.
type world struct {
	mu    sync.Mutex
	did   []string             // steps that were done, in order
	tries map[string]int       // how often each was tried
	fails map[string]failure   // what a step fails with, and how often
	hold  map[string]chan bool // a step waits until it is closed

	removing bool // the tenant has begun to lose rows in an earlier run
	remains  int  // how often something is left
	faulty   bool // the chain has a fault
	due      time.Time
	reason   string // of restoring
	recorded tenancy.RecordRequest
	repeated bool // an earlier run has made everything
}

type failure struct {
	err   error
	times int
}

// A step that breaks may succeed when it is tried again, one that is refused
// may not.
var (
	errBroken  = errors.New("the connection was lost")
	errRefused = &domain.Error{Kind: domain.Conflict, Code: "made.refused", Detail: "not this one"}
)

func newWorld() *world {
	return &world{tries: map[string]int{}, fails: map[string]failure{}, hold: map[string]chan bool{}}
}

// failing is a world in which a step fails some times.
func failing(step string, err error, times int) *world {
	w := newWorld()
	w.fails[step] = failure{err: err, times: times}
	return w
}

// do tries a step.
func (w *world) do(ctx context.Context, step string) error {
	w.mu.Lock()
	w.tries[step]++
	hold := w.hold[step]
	f := w.fails[step]
	failing := w.tries[step] <= f.times
	w.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if failing {
		return f.err // which process.Work classifies
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, step)
	return nil
}

// step registers a step under the name of its activity.
func step[In, Out any](w *world, r worker.ActivityRegistry, name string, result func(In) Out) {
	do := func(ctx context.Context, in In) (out Out, err error) {
		return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (out Out, err error) {
			if err := w.do(ctx, name); err != nil {
				return out, err
			}
			return result(in), nil
		})
	}
	r.RegisterActivityWithOptions(do, activity.RegisterOptions{Name: name})
}

const tenantID = "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"

func (w *world) register(r worker.Registry) {
	tenancy.Define(r)
	nothing := struct{}{}
	step(w, r, tenancy.CheckActivity, func(tenancy.OnboardRequest) struct{} { return nothing })
	step(w, r, tenancy.FoundActivity, func(in tenancy.OnboardRequest) tenancy.Founded {
		return tenancy.Founded{TenantID: tenantID, Status: "active", Plan: in.Input.Plan, Made: !w.repeated}
	})
	step(w, r, tenancy.AdminActivity, func(tenancy.AdminRequest) tenancy.Administrator {
		return tenancy.Administrator{UserID: "u1", Made: !w.repeated}
	})
	step(w, r, tenancy.InviteActivity, func(tenancy.InviteRequest) tenancy.Invited { return tenancy.Invited{Sent: !w.repeated} })

	step(w, r, tenancy.BeginActivity, func(in tenancy.BeginRequest) tenancy.Begun {
		w.due = in.Due
		return tenancy.Begun{TenantID: tenantID, Slug: in.Input.Tenant, Due: in.Due, Removing: w.removing}
	})
	step(w, r, tenancy.RestoreActivity, func(in tenancy.RestoreRequest) struct{} { w.reason = in.Reason; return nothing })
	step(w, r, tenancy.ExportActivity, func(tenancy.ExportRequest) tenancy.Export {
		return tenancy.Export{Place: "/exports/a.zip", Bytes: 10, SHA256: "abc", Rows: 3}
	})
	step(w, r, tenancy.CondemnActivity, func(tenancy.CondemnRequest) tenancy.Condemned {
		return tenancy.Condemned{Rows: map[string]int{"users": 2, "tenants": 1}, Events: 7}
	})
	step(w, r, tenancy.RemoveActivity, func(tenancy.TenantRequest) struct{} { return nothing })
	step(w, r, tenancy.ForgetActivity, func(tenancy.TenantRequest) tenancy.Forgotten { return tenancy.Forgotten{Configured: true, Keys: 4} })
	step(w, r, tenancy.EraseActivity, func(tenancy.TenantRequest) tenancy.Erased { return tenancy.Erased{Events: 7} })
	step(w, r, tenancy.ProveActivity, func(tenancy.TenantRequest) tenancy.Proof { return w.proof() })
	step(w, r, tenancy.RecordActivity, func(in tenancy.RecordRequest) struct{} { w.recorded = in; return nothing })
}

func (w *world) proof() tenancy.Proof {
	p := tenancy.Proof{Gone: true, Tables: 17, Events: 9, ChainSound: !w.faulty}
	if w.faulty {
		p.Faults = []string{"event 5 is gone"}
	}
	if w.remains > 0 {
		w.remains--
		p.Gone, p.Remains = false, map[string]int{"sign_in_attempts": 1}
	}
	return p
}
