package postgres

import (
	"context"

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
	out := make([]maintaining.BackedUp, len(operation.Kinds))
	for i, kind := range operation.Kinds {
		out[i] = maintaining.BackedUp{Kind: string(kind), Verified: verified[kind].TakenAt, Bytes: verified[kind].Size}
		for _, b := range all {
			if b.Kind == kind && b.Status != operation.Deleted && b.TakenAt.After(out[i].Taken) {
				out[i].Taken = b.TakenAt
			}
		}
	}
	return out, nil
}
