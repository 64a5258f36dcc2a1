package auditing

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Prunings takes old events off the beginnings of chains.
type Prunings interface {
	// Prune keeps p and removes the events that it is of, at once. It joins the
	// unit of work of ctx, and returns [ErrPruned] when the chain is not what p
	// says: somebody else has pruned it.
	Prune(ctx context.Context, p audit.Pruning) error
}

// Retention is how long a tenant wants its events kept.
type Retention interface {
	// Keeps returns it, also of tenants that are no more.
	Keeps(ctx context.Context, tenantID string) (time.Duration, error)
}

// Errors of pruning.
var (
	ErrPruned = &domain.Error{Kind: domain.Conflict, Code: "audit.pruned", Detail: "the chain was pruned meanwhile; look again at what there is to prune"}
	ErrFaulty = &domain.Error{Kind: domain.Conflict, Code: "audit.faulty", Detail: "the chain is not as it was recorded, and what shows that is not pruned; run: footballctl check audit"}
)

const actionPruned = "audit.pruned"

// Pruner takes events off the beginnings of chains once they are older than
// they are to be kept. They are written down first, and what is left can be
// checked as before.
type Pruner struct{ PrunerParts }

// PrunerParts are what a [Pruner] is made of.
type PrunerParts struct {
	Archive   Archive
	Prunings  Prunings
	Archives  Archives
	Retention Retention
	Signer    Signer
	Unit      transacting.Unit
	Recorder  Recorder
	Now       domain.Clock
}

// NewPruner returns a Pruner.
func NewPruner(p PrunerParts) *Pruner { return &Pruner{p} }

// Plan is what there is to prune of a chain.
type Plan struct {
	TenantID string
	Before   time.Time // events that happened earlier are pruned
	From, To int64     // the first and the last of them; To is below From for none
	Head     int64     // where the chain ends
}

// Events is how many events the plan takes off.
func (p Plan) Events() int64 { return max(p.To-p.From+1, 0) }

// Plan tells what there is to prune: what happened before a time, and no later
// than the tenant's retention allows, which alone counts when before is zero.
func (p *Pruner) Plan(ctx context.Context, tenantID string, before time.Time) (Plan, error) {
	keeps, err := p.Retention.Keeps(ctx, tenantID)
	if err != nil {
		return Plan{}, fmt.Errorf("retention of tenant %s: %w", tenantID, err)
	}
	allowed := p.Now().Add(-keeps).UTC().Truncate(time.Microsecond)
	if before.IsZero() || before.After(allowed) {
		before = allowed
	}
	plan := Plan{TenantID: tenantID, Before: before}
	head, err := p.Archive.Head(ctx, tenantID)
	if err != nil {
		return plan, err
	}
	last, err := p.last(ctx, tenantID)
	if err != nil {
		return plan, err
	}
	plan.From, plan.Head = last.Seq+1, head.Seq
	plan.To, err = p.Archive.Edge(ctx, tenantID, before)
	return plan, err
}

// PlanAll plans for every chain there is.
func (p *Pruner) PlanAll(ctx context.Context, before time.Time) ([]Plan, error) {
	heads, err := p.Archive.Heads(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ends of the chains: %w", err)
	}
	plans := make([]Plan, len(heads))
	for i, h := range heads {
		if plans[i], err = p.Plan(ctx, h.TenantID, before); err != nil {
			return nil, fmt.Errorf("plan for tenant %s: %w", h.TenantID, err)
		}
	}
	return plans, nil
}

// mostAtOnce is how many events one pruning takes off: they go in one
// transaction and into one archive.
const mostAtOnce = 100_000

// Prune carries a plan out, in as many prunings as that takes. Each is written
// to an archive, signed, recorded and told to done. It may be stopped at any
// time; what is done is done. It returns [ErrFaulty] for a chain that was
// tampered with, which it leaves as it is.
func (p *Pruner) Prune(ctx context.Context, plan Plan, done func(pruned audit.Pruning, archive string)) error {
	for plan.Events() > 0 {
		part := plan
		part.To = min(plan.To, plan.From+mostAtOnce-1)
		pruned, archive, err := p.prune(ctx, part)
		if err != nil {
			return fmt.Errorf("prune the chain of tenant %s: %w", plan.TenantID, err)
		}
		done(pruned, archive)
		plan.From = part.To + 1
	}
	return nil
}

// last is the newest pruning of a chain; one that nobody signed is an error.
func (p *Pruner) last(ctx context.Context, tenantID string) (last audit.Pruning, err error) {
	all, err := p.Archive.Prunings(ctx, tenantID)
	if err != nil || len(all) == 0 {
		return last, err
	}
	last = all[len(all)-1]
	if p.Signer.Verify(last.Signature, last.Text()) != nil {
		err = ErrFaulty
	}
	return last, err
}

func (p *Pruner) prune(ctx context.Context, plan Plan) (pruned audit.Pruning, archive string, err error) {
	draft, err := p.Archives.Open(ctx, plan.TenantID, plan.From, plan.To)
	if err != nil {
		return pruned, "", fmt.Errorf("begin the archive: %w", err)
	}
	defer func() {
		if archive == "" {
			err = errors.Join(err, draft.Discard())
		}
	}()
	pruned = audit.Pruning{
		TenantID: plan.TenantID, Seq: plan.To, Removed: plan.Events(), Before: plan.Before,
		At: p.Now().UTC().Truncate(time.Microsecond), By: ActorOf(ctx),
	}
	if pruned.Sum, err = p.write(ctx, plan, draft); err != nil {
		return pruned, "", err
	}
	pruned.Archive = draft.Sum()
	if pruned.Signature, err = p.Signer.Sign(pruned.Text()); err != nil {
		return pruned, "", err
	}
	// The archive is kept before anything is removed. If removing fails, there
	// is an archive of events that are there still, which harms nobody.
	if archive, err = draft.Close(pruned); err != nil {
		return pruned, "", fmt.Errorf("keep the archive: %w", err)
	}
	return pruned, archive, p.remove(ctx, pruned, archive)
}

// write writes events to an archive and checks that each is what was recorded:
// nothing that shows tampering is to be pruned.
func (p *Pruner) write(ctx context.Context, plan Plan, draft Draft) (sum audit.Sum, err error) {
	last, err := p.last(ctx, plan.TenantID)
	if err != nil {
		return sum, err
	}
	if last.Seq != plan.From-1 {
		return sum, ErrPruned
	}
	sum = last.Sum
	if err := draft.Begin(last.Sum); err != nil {
		return sum, err
	}
	for seq := last.Seq; seq < plan.To; {
		entries, err := p.Archive.Chain(ctx, plan.TenantID, seq, int(min(step, plan.To-seq)))
		if err != nil {
			return sum, err
		}
		if len(entries) == 0 {
			return sum, ErrFaulty
		}
		for _, e := range entries {
			if e.Seq != seq+1 || e.Event.Sum(sum) != e.Sum {
				return sum, ErrFaulty
			}
			if err := draft.Add(audit.Kept{Event: e.Event, Kept: e.Sum}); err != nil {
				return sum, fmt.Errorf("write the archive: %w", err)
			}
			seq, sum = e.Seq, e.Sum
		}
	}
	return sum, nil
}

func (p *Pruner) remove(ctx context.Context, pruned audit.Pruning, archive string) error {
	return p.Unit.Within(ctx, pruned.TenantID, func(ctx context.Context) error {
		if err := p.Prunings.Prune(ctx, pruned); err != nil {
			return err
		}
		// Last, since it holds the end of the chain until all is done.
		return p.Recorder.Record(ctx, Event{
			TenantID: pruned.TenantID, Action: actionPruned, Outcome: Done,
			Details: map[string]string{
				"events": strconv.FormatInt(pruned.Removed, 10), "up_to": strconv.FormatInt(pruned.Seq, 10),
				"before": pruned.Before.Format(time.RFC3339), "archive": archive, "archive_sha256": fmt.Sprintf("%x", pruned.Archive),
			},
		})
	})
}
