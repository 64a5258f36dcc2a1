package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Retention removes what a tenant keeps no longer.
type Retention interface {
	// Predictions removes predictions that were settled, cancelled or expired
	// before a time, with what belongs to them; those that wait stay, however
	// old. In a dry run it only counts. It is done by parts, each for itself.
	Predictions(ctx context.Context, tenantID string, before time.Time, dry bool) (int, error)
	// AuditDetails erases the personal data of audit events before a time. The
	// events and their chain stay.
	AuditDetails(ctx context.Context, tenantID string, before time.Time, dry bool) (int, error)
}

// retention goes through the tenants, each with its own setting.
func (m *Maintainer) retention(ctx context.Context, s *session) error {
	tenants, err := m.Tenants.List(ctx)
	if err != nil {
		return fmt.Errorf("list tenants: %w", err)
	}
	var (
		rows                 [][]string
		predictions, details int
	)
	for i, t := range tenants {
		s.report(i, len(tenants), t.Slug)
		before := s.at.AddDate(0, 0, -t.Settings.RetentionDays)
		gone, err := m.Retention.Predictions(ctx, t.ID, before, s.dry)
		if err != nil {
			return fmt.Errorf("remove expired predictions of %s: %w", t.Slug, err)
		}
		erased, err := m.Retention.AuditDetails(ctx, t.ID, before, s.dry)
		if err != nil {
			return fmt.Errorf("erase expired audit details of %s: %w", t.Slug, err)
		}
		predictions, details = predictions+gone, details+erased
		if gone+erased > 0 {
			rows = append(rows, []string{t.Name, t.Slug, fmt.Sprintf("%d days", t.Settings.RetentionDays), fmt.Sprint(gone), fmt.Sprint(erased)})
		}
	}
	s.list("What "+s.would("was")+" removed", "Tenant|Short name|Kept for|Predictions|Audit details", rows)
	s.figure("Predictions removed", float64(predictions), operation.Count)
	s.figure("Audit details erased", float64(details), operation.Count)
	s.say("Of %s, %s and the details of %s %s removed.", many(len(tenants), "tenant", "tenants"), many(predictions, "prediction", "predictions"),
		many(details, "audit event", "audit events"), s.would("were"))
	return nil
}
