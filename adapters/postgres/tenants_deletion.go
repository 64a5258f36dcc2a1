package postgres

import (
	"database/sql"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// formerRow is what a tenant was before its deletion began, as JSON in its row:
// nothing looks tenants up by it.
type formerRow struct {
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	Since     time.Time `json:"since"`
	TrialEnds time.Time `json:"trial_ends"`
}

// The stages of a deletion.
const (
	stageWaiting  = "waiting"
	stageRemoving = "removing"
)

func (r *tenantRow) setDeletion(d tenancy.Deletion) {
	if d == (tenancy.Deletion{}) {
		return
	}
	stage := stageWaiting
	if d.Removing {
		stage = stageRemoving
	}
	r.DeletionRun = sql.NullString{String: d.Run, Valid: true}
	r.DeletionStage = sql.NullString{String: stage, Valid: true}
	r.DeletionDue = nullTime(d.Due)
	r.DeletionFormer = &formerRow{Status: string(d.Former.Status), Reason: d.Former.Reason, Since: d.Former.Since, TrialEnds: d.Former.TrialEnds}
}

func (r *tenantRow) deletion() tenancy.Deletion {
	if !r.DeletionRun.Valid || r.DeletionFormer == nil {
		return tenancy.Deletion{}
	}
	f := r.DeletionFormer
	return tenancy.Deletion{
		Run: r.DeletionRun.String, Due: r.DeletionDue.Time.UTC(), Removing: r.DeletionStage.String == stageRemoving,
		Former: tenancy.Former{Status: tenancy.Status(f.Status), Reason: f.Reason, Since: f.Since, TrialEnds: f.TrialEnds},
	}
}
