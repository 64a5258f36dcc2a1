package postgres

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/detecting"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var (
	_ maintaining.Suspects = (*Suspects)(nil)
	_ maintaining.Refusals = (*Suspects)(nil)
)

// Suspects reads findings, audit events and failed attempts of all tenants.
type Suspects struct{ db *bun.DB }

// NewSuspects returns what is suspicious in db.
func NewSuspects(db *bun.DB) *Suspects { return &Suspects{db: db} }

// Refused implements [maintaining.Refusals]. It goes from tenant to tenant by
// the index on their events' time. What detectors found is counted by
// [Suspects.Findings].
func (s *Suspects) Refused(ctx context.Context, since time.Time) ([]maintaining.Counted, error) {
	var rows []struct {
		Action string
		Count  int
		Latest time.Time
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT e.action, count(*) AS count, max(e.at) AS latest FROM audit_heads h
			CROSS JOIN LATERAL (SELECT action, at, outcome FROM audit_events WHERE tenant_id = h.tenant_id AND at >= ?) e
			WHERE e.outcome = 'refused' AND e.action NOT LIKE 'security.%'
			GROUP BY e.action ORDER BY count DESC, e.action`, since).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("count refusals in audit events: %w", err)
	}
	out := make([]maintaining.Counted, len(rows))
	for i, r := range rows {
		out[i] = maintaining.Counted{What: r.Action, Count: r.Count, Latest: r.Latest.UTC()}
	}
	return out, nil
}

// Findings implements [maintaining.Suspects].
func (s *Suspects) Findings(ctx context.Context, since time.Time) ([]maintaining.SecurityFinding, error) {
	var rows []struct {
		Kind, Slug        string
		Count, Unresolved int
		Latest            time.Time
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT f.kind, coalesce(t.slug, '') AS slug, count(*) AS count, count(*) FILTER (WHERE f.status <> 'resolved') AS unresolved,
				max(f.last_seen_at) AS latest
			FROM security_findings f LEFT JOIN tenants t USING (tenant_id)
			WHERE f.last_seen_at >= ? OR f.status <> 'resolved'
			GROUP BY 1, 2 ORDER BY unresolved DESC, count DESC, 1, 2`, since).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select security findings: %w", err)
	}
	out := make([]maintaining.SecurityFinding, len(rows))
	for i, r := range rows {
		out[i] = maintaining.SecurityFinding{Kind: r.Kind, Tenant: r.Slug, Count: r.Count, Unresolved: r.Unresolved, Latest: r.Latest.UTC()}
	}
	return out, nil
}

// Networks implements [maintaining.Suspects].
func (s *Suspects) Networks(ctx context.Context) ([]maintaining.Network, error) {
	var rows []struct {
		Network  []byte
		Slug     string
		Failures int
		LastAt   time.Time
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT a.network, coalesce(t.slug, '') AS slug, a.failures, a.last_at FROM sign_in_attempts a LEFT JOIN tenants t USING (tenant_id)
			WHERE a.account = ? AND a.failures >= 20 AND a.failures >= ? ORDER BY a.failures DESC, a.network LIMIT 200`,
			everybody, detecting.Thresholds[detecting.SuspiciousAddress]).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select suspicious networks: %w", err)
	}
	out := make([]maintaining.Network, len(rows))
	for i, r := range rows {
		out[i] = maintaining.Network{Hash: hex.EncodeToString(r.Network[:min(6, len(r.Network))]), Tenant: r.Slug, Failures: r.Failures, Latest: r.LastAt.UTC()}
	}
	return out, nil
}
