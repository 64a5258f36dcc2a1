package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

var _ auditing.Chains = (*Audit)(nil)

// Audit is the tables of audit events and of the ends of their chains.
type Audit struct{ db *bun.DB }

// NewAudit returns the tables in db.
func NewAudit(db *bun.DB) *Audit { return &Audit{db: db} }

type auditRow struct {
	bun.BaseModel `bun:"table:audit_events,alias:a"`

	TenantID   string `bun:",pk"`
	Seq        int64  `bun:",pk"`
	ID         string
	At         time.Time
	Action     string
	Outcome    string
	Actor      string
	Target     string
	RequestID  string
	Details    map[string]string `bun:"type:jsonb"`
	Commitment []byte
	Sum        []byte
	Personal   []byte
	Salt       []byte
}

type headRow struct {
	bun.BaseModel `bun:"table:audit_heads,alias:h"`

	TenantID  string `bun:",pk"`
	Seq       int64
	Sum       []byte
	At        time.Time
	Signature []byte
}

// Append implements [auditing.Chains].
func (s *Audit) Append(ctx context.Context, tenantID string, next func(audit.Head) (auditing.Entry, audit.Head, error)) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		head, err := lockHead(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		entry, end, err := next(head)
		if err != nil {
			return err
		}
		row := toAuditRow(entry)
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("insert audit event: %w", err)
		}
		_, err = tx.NewUpdate().Model(&headRow{TenantID: tenantID, Seq: end.Seq, Sum: end.Sum[:], At: end.At, Signature: end.Signature}).
			WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("update audit head: %w", err)
		}
		return nil
	})
}

// lockHead returns the end of a chain, which nobody else moves before the
// transaction ends. It makes the row of a chain that is new.
func lockHead(ctx context.Context, tx bun.Tx, tenantID string) (audit.Head, error) {
	first := headRow{TenantID: tenantID, Sum: make([]byte, len(audit.Sum{})), At: time.Unix(0, 0).UTC(), Signature: []byte{}}
	if _, err := tx.NewInsert().Model(&first).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return audit.Head{}, fmt.Errorf("insert audit head: %w", err)
	}
	var row headRow
	if err := tx.NewSelect().Model(&row).Where("tenant_id = ?", tenantID).For("UPDATE").Scan(ctx); err != nil {
		return audit.Head{}, fmt.Errorf("lock audit head: %w", err)
	}
	return fromHeadRow(row), nil
}

// Events implements [auditing.Chains].
func (s *Audit) Events(ctx context.Context, tenantID string, f auditing.Filter, before int64, limit int) ([]auditing.Entry, error) {
	var rows []auditRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		q := tx.NewSelect().Model(&rows).Where("tenant_id = ?", tenantID).OrderExpr("seq DESC").Limit(int64(limit))
		if before > 0 {
			q.Where("seq < ?", before)
		}
		for column, text := range map[string]string{
			"action": f.Action, "actor": f.Actor, "target": f.Target, "outcome": string(f.Outcome),
		} {
			if text != "" {
				q.Where("? = ?", bun.Ident(column), text)
			}
		}
		if !f.From.IsZero() {
			q.Where("at >= ?", f.From)
		}
		if !f.To.IsZero() {
			q.Where("at < ?", f.To)
		}
		return q.Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select audit events: %w", err)
	}
	return fromAuditRows(rows), nil
}

// Erase implements [auditing.Chains].
func (s *Audit) Erase(ctx context.Context, tenantID, subject string) (erased int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		q := tx.NewUpdate().Model((*auditRow)(nil)).Set("personal = NULL").Set("salt = NULL").
			Where("tenant_id = ?", tenantID).Where("salt IS NOT NULL")
		if subject != "" {
			q.Where("(actor = ? OR target = ?)", subject, subject)
		}
		result, err := q.Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		erased = int(n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("erase personal data of audit events: %w", err)
	}
	return erased, nil
}

func toAuditRow(e auditing.Entry) auditRow {
	details := e.Details
	if details == nil {
		details = map[string]string{}
	}
	return auditRow{
		TenantID: e.TenantID, Seq: e.Seq, ID: e.ID, At: e.At, Action: e.Action, Outcome: e.Outcome, Actor: e.Actor,
		Target: e.Target, RequestID: e.RequestID, Details: details, Commitment: e.Commitment[:], Sum: e.Sum[:],
		Personal: e.Personal, Salt: e.Salt,
	}
}

func fromAuditRows(rows []auditRow) []auditing.Entry {
	out := make([]auditing.Entry, len(rows))
	for i, r := range rows {
		out[i] = auditing.Entry{Salt: r.Salt, Personal: r.Personal, Event: audit.Event{
			TenantID: r.TenantID, Seq: r.Seq, ID: r.ID, At: r.At.UTC(), Action: r.Action, Outcome: r.Outcome, Actor: r.Actor,
			Target: r.Target, RequestID: r.RequestID, Details: r.Details,
		}}
		copy(out[i].Commitment[:], r.Commitment)
		copy(out[i].Sum[:], r.Sum)
	}
	return out
}

func fromHeadRow(r headRow) audit.Head {
	head := audit.Head{TenantID: r.TenantID, Seq: r.Seq, At: r.At.UTC(), Signature: r.Signature}
	copy(head.Sum[:], r.Sum)
	return head
}
