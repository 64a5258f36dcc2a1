// Package removing ends tenants: it shuts them out, gives away what they own,
// removes it everywhere and shows that it is gone. Every step may be repeated.
package removing

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/exporting"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// BackupRetention is how long backups are kept, and with them what was deleted.
const BackupRetention = 30 * 24 * time.Hour

// Table is one that holds rows of tenants.
type Table struct {
	Name string
	// Kept tables outlive their tenant: the audit chain, without personal data.
	Kept bool
}

// Rows are what tenants own.
type Rows interface {
	// Tables returns the tables, those that point to others before these, so
	// that they can be emptied in this order; tenants themselves come last.
	Tables(ctx context.Context) ([]Table, error)
	// Count returns how many rows of a tenant are in a table.
	Count(ctx context.Context, tenantID, table string) (int, error)
	// Remove deletes at most so many rows of a tenant from a table and returns
	// how many, or [tenancy.ErrDeletion] for a tenant that is not being removed.
	Remove(ctx context.Context, tenantID, table string, most int) (int, error)
	// Erase takes the personal data out of at most so many of a tenant's audit
	// events after one, and returns the last it looked at, zero when there are
	// no more, and how many it changed.
	Erase(ctx context.Context, tenantID string, after int64, most int) (last int64, erased int, err error)
	// Personal returns how many audit events of a tenant have personal data.
	Personal(ctx context.Context, tenantID string) (int, error)
}

// Cache is what is remembered of tenants for a while.
type Cache interface {
	// Forget takes out what a tenant has in it and returns how much that was.
	Forget(ctx context.Context, tenantID string) (int, error)
}

// The actions that are audited here.
const (
	actionBegun    = "tenant.deletion_begun"
	actionAborted  = "tenant.deletion_aborted"
	actionExported = "tenant.exported"
	actionDeleted  = "tenant.deleted"
)

// Remover ends tenants. Whoever calls it has made sure that it is allowed.
type Remover struct{ Parts }

// Parts are what a [Remover] is made of.
type Parts struct {
	Tenants  provisioning.Tenants
	Register provisioning.Register
	Rows     Rows
	Cache    Cache // nil where there is none
	Exporter *exporting.Exporter
	Unit     transacting.Unit
	Diary    *auditing.Diary
	Checker  *auditing.Checker
	Now      domain.Clock
}

// NewRemover returns a Remover.
func NewRemover(p Parts) *Remover { return &Remover{p} }

func targetOf(tenantID string) string { return "tenant:" + tenantID }

// errConfirm is about a tenant that was not named twice.
var errConfirm = &domain.Error{Kind: domain.Invalid, Code: "tenant.confirmation", Field: "confirm"}
