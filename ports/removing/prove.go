package removing

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Proof is what was found when the tenant was looked for.
type Proof struct {
	Tables   int            // looked through
	Remains  map[string]int // rows that are still there
	Personal int            // audit events that still have personal data
	Events   int64          // of the tenant's audit chain, which is kept
	Faults   []audit.Fault  // of the chain, and of the platform's own
}

// Gone reports whether nothing is left of the tenant.
func (p Proof) Gone() bool { return len(p.Remains) == 0 && p.Personal == 0 }

// Prove looks for the tenant in every table, and checks that the chain of its
// audit events is whole, as is the one that its deletion is recorded in.
func (r *Remover) Prove(ctx context.Context, tenantID string) (Proof, error) {
	tables, err := r.Rows.Tables(ctx)
	if err != nil {
		return Proof{}, fmt.Errorf("list tables: %w", err)
	}
	p := Proof{Tables: len(tables)}
	if p.Remains, err = r.count(ctx, tenantID); err != nil {
		return p, err
	}
	if p.Personal, err = r.Rows.Personal(ctx, tenantID); err != nil {
		return p, fmt.Errorf("count personal data: %w", err)
	}
	for _, chain := range []string{tenantID, auditing.Platform} {
		v, err := r.Checker.One(ctx, chain)
		if err != nil {
			return p, err
		}
		if chain == tenantID {
			p.Events = v.Events
		}
		p.Faults = append(p.Faults, v.Faults...)
	}
	return p, nil
}

// Deed is a deletion that is done.
type Deed struct {
	TenantID, Slug, Run, Reason, By string
	Removed                         map[string]int
	Erased                          int
	Export                          Kept
	Sound                           bool // the chain of the tenant's events is whole
	BackupsUntil                    time.Time
}

// Record keeps the deletion in the platform's own chain. The tenant's slug, the
// reason and who asked may say who people are, so they can be erased.
func (r *Remover) Record(ctx context.Context, d Deed) error {
	details := d.Export.details()
	rows := 0
	for table, n := range d.Removed {
		details["rows."+table] = strconv.Itoa(n)
		rows += n
	}
	details["rows"], details["events_erased"] = strconv.Itoa(rows), strconv.Itoa(d.Erased)
	details["audit_chain"] = "sound"
	if !d.Sound {
		details["audit_chain"] = "faulty"
	}
	details["backups_until"] = d.BackupsUntil.UTC().Format(time.RFC3339)
	personal := map[string]string{"slug": d.Slug, "reason": d.Reason}
	if d.By != "" {
		personal["by"] = d.By
	}
	return r.Diary.Once(ctx, d.Run, auditing.Event{
		Action: actionDeleted, Target: targetOf(d.TenantID), Outcome: auditing.Done, Details: details, Personal: personal,
	})
}
