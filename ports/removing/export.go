package removing

import (
	"context"
	"strconv"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/exporting"
)

// Kept is what is known of an archive.
type Kept struct {
	Place  string
	Bytes  int64
	SHA256 string
	Rows   int
}

// Export keeps an archive of all that the tenant owns, and records where. A
// tenant that has begun to lose its rows is not exported again: the archive of
// that time is returned, because another would lack what is gone.
func (r *Remover) Export(ctx context.Context, tenantID, occasion string, told func(table string, rows int)) (Kept, error) {
	t, err := r.Tenants.ByID(ctx, tenantID)
	if err != nil {
		return Kept{}, err
	}
	if t.Deletion.Removing {
		details, _, err := r.Diary.Find(ctx, tenantID, actionExported, targetOf(tenantID), "")
		return fromDetails(details), err
	}
	return r.archive(ctx, t, occasion, told)
}

// Archive keeps an archive of a tenant that goes on.
func (r *Remover) Archive(ctx context.Context, slug, occasion string, told func(table string, rows int)) (Kept, error) {
	t, err := r.find(ctx, slug)
	if err != nil {
		return Kept{}, err
	}
	return r.archive(ctx, t, occasion, told)
}

func (r *Remover) archive(ctx context.Context, t tenancy.Tenant, occasion string, told func(table string, rows int)) (Kept, error) {
	archive, err := r.Exporter.Export(ctx, t, occasion, told)
	if err != nil {
		return Kept{}, err
	}
	kept := toKept(archive)
	return kept, r.Diary.Once(ctx, occasion, auditing.Event{
		TenantID: t.ID, Action: actionExported, Target: targetOf(t.ID), Outcome: auditing.Done, Details: kept.details(),
	})
}

func toKept(a exporting.Archive) Kept {
	return Kept{Place: a.Place, Bytes: a.Bytes, SHA256: a.SHA256, Rows: a.Rows()}
}

func (k Kept) details() map[string]string {
	return map[string]string{
		"export": k.Place, "export_sha256": k.SHA256, "export_bytes": strconv.FormatInt(k.Bytes, 10), "export_rows": strconv.Itoa(k.Rows),
	}
}

func fromDetails(d map[string]string) Kept {
	bytes, _ := strconv.ParseInt(d["export_bytes"], 10, 64) // our own figures
	rows, _ := strconv.Atoi(d["export_rows"])
	return Kept{Place: d["export"], SHA256: d["export_sha256"], Bytes: bytes, Rows: rows}
}
