package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

var _ auditing.Archive = (*Archive)(nil)

// Archive is the chains of all tenants, to be checked.
type Archive struct{ db *bun.DB }

// NewArchive returns the chains in db.
func NewArchive(db *bun.DB) *Archive { return &Archive{db: db} }

// Heads implements [auditing.Archive].
func (s *Archive) Heads(ctx context.Context) ([]audit.Head, error) { return s.heads(ctx, "") }

// Head implements [auditing.Archive].
func (s *Archive) Head(ctx context.Context, tenantID string) (audit.Head, error) {
	found, err := s.heads(ctx, tenantID)
	if err != nil || len(found) == 0 {
		return audit.Head{TenantID: tenantID}, err
	}
	return found[0], nil
}

func (s *Archive) heads(ctx context.Context, tenantID string) ([]audit.Head, error) {
	var rows []headRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		// The tenants of events are found by leaping through the primary key:
		// a chain without its head must not hide, nor cost a look at each event.
		// Neither must one of which nothing but prunings is left.
		return tx.NewRaw(`
			WITH RECURSIVE seen AS (
				(SELECT tenant_id FROM audit_events ORDER BY tenant_id LIMIT 1)
				UNION ALL
				SELECT (SELECT e.tenant_id FROM audit_events e WHERE e.tenant_id > s.tenant_id ORDER BY e.tenant_id LIMIT 1)
				FROM seen s WHERE s.tenant_id IS NOT NULL
			)
			SELECT coalesce(h.tenant_id, s.tenant_id) AS tenant_id, coalesce(h.seq, 0) AS seq, coalesce(h.sum, '') AS sum,
				coalesce(h.at, 'epoch') AS at, coalesce(h.signature, '') AS signature
			FROM (SELECT tenant_id FROM seen WHERE tenant_id IS NOT NULL UNION SELECT tenant_id FROM audit_prunings) s FULL JOIN audit_heads h ON h.tenant_id = s.tenant_id
			WHERE ? = '' OR coalesce(h.tenant_id, s.tenant_id) = nullif(?, '')::uuid
			ORDER BY 1`, tenantID, tenantID).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select audit heads: %w", err)
	}
	heads := make([]audit.Head, len(rows))
	for i, r := range rows {
		heads[i] = fromHeadRow(r)
	}
	return heads, nil
}

// Chain implements [auditing.Archive].
func (s *Archive) Chain(ctx context.Context, tenantID string, after int64, limit int) ([]auditing.Entry, error) {
	var rows []auditRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&rows).Where("tenant_id = ?", tenantID).Where("seq > ?", after).
			OrderExpr("seq").Limit(int64(limit)).Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select audit events: %w", err)
	}
	return fromAuditRows(rows), nil
}
