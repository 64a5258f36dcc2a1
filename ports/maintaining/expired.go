package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Expired removes what counts no longer, in all tenants.
type Expired interface {
	// Remove removes what is past its time, a bounded number of rows in each
	// transaction, and counts it. In a dry run it only counts.
	Remove(ctx context.Context, at time.Time, dry bool, report Progress) ([]Removed, error)
}

// Removed is how many rows of something went.
type Removed struct {
	What string
	Rows int
}

// expired removes sessions and the like. The API does so all the time; this is
// for what it missed.
func (m *Maintainer) expired(ctx context.Context, s *session) error {
	removed, err := m.Expired.Remove(ctx, s.at, s.dry, s.report)
	if err != nil {
		return fmt.Errorf("remove what has expired: %w", err)
	}
	total := 0
	for _, r := range removed {
		total += r.Rows
		s.figure(r.What, float64(r.Rows), operation.Count)
	}
	s.say("%s %s removed.", many(total, "expired row", "expired rows"), s.would(was(total)))
	return nil
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
