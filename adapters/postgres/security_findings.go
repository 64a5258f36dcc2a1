package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/detecting"
)

var (
	_ detecting.Findings = (*SecurityFindings)(nil)
	_ detecting.Overview = (*SecurityFindings)(nil)
)

// SecurityFindings is the table of what was found suspicious.
type SecurityFindings struct{ db *bun.DB }

// NewSecurityFindings returns the table in db.
func NewSecurityFindings(db *bun.DB) *SecurityFindings { return &SecurityFindings{db: db} }

type securityFindingRow struct {
	bun.BaseModel `bun:"table:security_findings,alias:f"`

	TenantID    string `bun:",pk"`
	ID          string `bun:",pk"`
	Kind        string
	Subject     []byte
	Failures    int
	FirstSeenAt time.Time
	LastSeenAt  time.Time
	ToldAt      time.Time
	Status      string
	ChangedAt   time.Time `bun:",nullzero"`
	ChangedBy   string
	Reason      string
}

// Note implements [detecting.Findings].
func (s *SecurityFindings) Note(ctx context.Context, f detecting.Finding, at time.Time, repeat time.Duration) (kept detecting.Finding, news bool, err error) {
	row := toSecurityFindingRow(f)
	row.ToldAt = at
	err = withinTenant(ctx, s.db, f.TenantID, func(tx bun.Tx) error {
		var before []time.Time // when the one that is there was told, if there is one
		err := tx.NewSelect().Model((*securityFindingRow)(nil)).Column("told_at").Where("tenant_id = ?", f.TenantID).
			Where("kind = ?", row.Kind).Where("subject = ?", row.Subject).Where("status <> 'resolved'").For("UPDATE").Scan(ctx, &before)
		if err != nil {
			return err
		}
		err = tx.NewInsert().Model(&row).
			On("CONFLICT (tenant_id, kind, subject) WHERE status <> 'resolved' DO UPDATE").
			Set("failures = greatest(f.failures, excluded.failures)").
			Set("last_seen_at = greatest(f.last_seen_at, excluded.last_seen_at)").
			Set("told_at = CASE WHEN f.told_at <= ? THEN excluded.told_at ELSE f.told_at END", at.Add(-repeat)).
			Returning("*").Scan(ctx)
		news = row.ID == f.ID || len(before) > 0 && !before[0].After(at.Add(-repeat))
		return err
	})
	if err != nil {
		return kept, false, fmt.Errorf("keep finding: %w", err)
	}
	return fromSecurityFindingRow(row), news, nil
}

// Change implements [detecting.Findings].
func (s *SecurityFindings) Change(ctx context.Context, tenantID, id string, change func(detecting.Finding) (detecting.Finding, error)) (changed detecting.Finding, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		var row securityFindingRow
		err := tx.NewSelect().Model(&row).Where("tenant_id = ?", tenantID).Where("id = ?", id).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return detecting.ErrUnknown
		}
		if err != nil {
			return fmt.Errorf("select finding: %w", err)
		}
		if changed, err = change(fromSecurityFindingRow(row)); err != nil {
			return err
		}
		next := toSecurityFindingRow(changed)
		_, err = tx.NewUpdate().Model(&next).Column("status", "changed_at", "changed_by", "reason").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("update finding: %w", err)
		}
		return nil
	})
	return changed, err
}

// Of implements [detecting.Findings].
func (s *SecurityFindings) Of(ctx context.Context, f detecting.Filter, limit int) (found []detecting.Finding, err error) {
	err = withinTenant(ctx, s.db, f.TenantID, func(tx bun.Tx) error {
		found, err = listFindings(ctx, tx, f, limit)
		return err
	})
	return found, err
}

// All implements [detecting.Overview].
func (s *SecurityFindings) All(ctx context.Context, f detecting.Filter, limit int) (found []detecting.Finding, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		found, err = listFindings(ctx, tx, f, limit)
		return err
	})
	return found, err
}

// Find implements [detecting.Overview].
func (s *SecurityFindings) Find(ctx context.Context, id string) (detecting.Finding, error) {
	var row securityFindingRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		// As text, since what a person types may be no UUID at all.
		return tx.NewSelect().Model(&row).Where("id::text = ?", id).Scan(ctx)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return detecting.Finding{}, detecting.ErrUnknown
	case err != nil:
		return detecting.Finding{}, fmt.Errorf("select finding: %w", err)
	}
	return fromSecurityFindingRow(row), nil
}

func listFindings(ctx context.Context, tx bun.Tx, f detecting.Filter, limit int) ([]detecting.Finding, error) {
	var rows []securityFindingRow
	q := tx.NewSelect().Model(&rows).OrderExpr("last_seen_at DESC, id DESC").Limit(int64(limit))
	if f.TenantID != "" {
		q.Where("tenant_id = ?", f.TenantID)
	}
	if f.Status != "" {
		q.Where("status = ?", string(f.Status))
	}
	if !f.Since.IsZero() {
		q.Where("last_seen_at >= ?", f.Since)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("select findings: %w", err)
	}
	found := make([]detecting.Finding, len(rows))
	for i, r := range rows {
		found[i] = fromSecurityFindingRow(r)
	}
	return found, nil
}

func toSecurityFindingRow(f detecting.Finding) securityFindingRow {
	return securityFindingRow{
		TenantID: f.TenantID, ID: f.ID, Kind: string(f.Kind), Subject: f.Subject, Failures: f.Failures,
		FirstSeenAt: f.FirstSeen, LastSeenAt: f.LastSeen, Status: string(f.Status),
		ChangedAt: f.ChangedAt, ChangedBy: f.ChangedBy, Reason: f.Reason,
	}
}

func fromSecurityFindingRow(r securityFindingRow) detecting.Finding {
	f := detecting.Finding{
		TenantID: r.TenantID, ID: r.ID, Kind: detecting.Kind(r.Kind), Subject: r.Subject, Failures: r.Failures,
		FirstSeen: r.FirstSeenAt.UTC(), LastSeen: r.LastSeenAt.UTC(), Status: detecting.Status(r.Status),
		ChangedBy: r.ChangedBy, Reason: r.Reason,
	}
	if !r.ChangedAt.IsZero() {
		f.ChangedAt = r.ChangedAt.UTC()
	}
	return f
}
