package backingup

import (
	"context"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// ErrUnknown is about a backup that there is no record of.
var ErrUnknown = &domain.Error{Kind: domain.NotFound, Code: "backup.unknown", Detail: "there is no backup of that id"}

// Records keep what became of each backup.
type Records interface {
	// Save keeps b, replacing what is there of the same id.
	Save(ctx context.Context, b operation.Backup) error
	// Get returns a backup or [ErrUnknown].
	Get(ctx context.Context, id string) (operation.Backup, error)
	// List returns all backups, newest first; of one kind unless it is empty.
	List(ctx context.Context, kind operation.Kind) ([]operation.Backup, error)
}
