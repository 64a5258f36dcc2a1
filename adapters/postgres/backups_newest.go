package postgres

import (
	"context"
	"slices"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Backups = (*Backups)(nil)

// Newest implements [maintaining.Backups].
func (s *Backups) Newest(ctx context.Context) ([]maintaining.BackedUp, error) {
	all, err := s.List(ctx, "")
	if err != nil {
		return nil, err
	}
	verified := operation.Newest(all)
	var out []maintaining.BackedUp
	for _, kind := range operation.Kinds {
		newest := maintaining.BackedUp{Kind: string(kind), Verified: verified[kind].TakenAt, Bytes: verified[kind].Size}
		for _, b := range all {
			if b.Kind == kind && b.Status != operation.Deleted && b.TakenAt.After(newest.Taken) {
				newest.Taken = b.TakenAt
			}
		}
		if !newest.Taken.IsZero() || slices.Contains(operation.Expected, kind) {
			out = append(out, newest)
		}
	}
	return out, nil
}
