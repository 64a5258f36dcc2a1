// Package restoring brings a backup of the database back to life: into a fresh
// database, compared with what was there when it was taken, and only then, by an
// exchange of names, in the place of the present one, which is kept until
// somebody confirms.
package restoring

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// Server makes, fills, renames and drops whole databases.
type Server interface {
	// Live is the name of the database that the system works on.
	Live() string
	// Rebuild makes the database name anew, fills it from the files of a backup
	// in folder, and returns what is in it then. Nobody else is let in.
	Rebuild(ctx context.Context, name, folder string, report backingup.Progress) (backingup.Rehearsal, error)
	// Exchange puts the database next in the place of the present one, which is
	// then called kept: both names change at once or neither. Whoever is
	// connected is cut off. Repeating it changes nothing.
	Exchange(ctx context.Context, next, kept string) error
	// Drop drops a database that is not the live one.
	Drop(ctx context.Context, name string) error
	// Names are the databases whose names begin with prefix.
	Names(ctx context.Context, prefix string) ([]string, error)
	// Rows counts the rows of each table of the live database.
	Rows(ctx context.Context) ([]operation.Set, error)
}

// The errors of restoring.
var (
	ErrUnusable = &domain.Error{Kind: domain.Conflict, Code: "restore.unusable"}
	ErrNothing  = &domain.Error{Kind: domain.NotFound, Code: "restore.nothing"}
	ErrDiffers  = &domain.Error{Kind: domain.Conflict, Code: "restore.differs"}
)

// Restorer restores the database.
type Restorer struct {
	keeper *backingup.Keeper
	server Server
	now    domain.Clock
}

// NewRestorer returns a Restorer.
func NewRestorer(keeper *backingup.Keeper, server Server, now domain.Clock) *Restorer {
	return &Restorer{keeper: keeper, server: server, now: now}
}

// Latest stands for the newest verified backup.
const Latest = "latest"

// Choose returns the backup of an id, or the newest verified one.
func (r *Restorer) Choose(ctx context.Context, id string) (operation.Backup, error) {
	if id != Latest && id != "" {
		b, err := r.keeper.Records.Get(ctx, id)
		if err == nil && (b.Kind != operation.Database || b.Status != operation.Verified && b.Status != operation.Made) {
			err = domain.Errorf(domain.Conflict, ErrUnusable.Code, "backup %s is of kind %s and %s; say a verified one of the database", b.ID, b.Kind, b.Status)
		}
		return b, err
	}
	all, err := r.keeper.Records.List(ctx, operation.Database)
	if err != nil {
		return operation.Backup{}, err
	}
	b, ok := operation.Newest(all)[operation.Database]
	if !ok {
		return b, domain.Errorf(domain.NotFound, ErrNothing.Code, "no backup of the database is verified")
	}
	return b, nil
}

// Preview is what restoring would change.
type Preview struct {
	Backup operation.Backup
	Since  time.Duration // from when the backup was taken to now
	Tables []Difference  // those whose numbers of rows differ
}

// Difference is a table before and after.
type Difference struct {
	Table     string
	Now, Then int64
}

// Preview tells what restoring a backup would change, without changing anything.
func (r *Restorer) Preview(ctx context.Context, b operation.Backup) (Preview, error) {
	p := Preview{Backup: b, Since: r.now().Sub(b.TakenAt)}
	m, err := r.keeper.Manifest(ctx, b)
	if err != nil {
		return p, err
	}
	present, err := r.server.Rows(ctx)
	if err != nil {
		return p, err
	}
	then := make(map[string]int64)
	for _, s := range m.Inventory.Sets {
		then[s.Name] = s.Rows
	}
	for _, s := range present {
		if s.Rows != then[s.Name] {
			p.Tables = append(p.Tables, Difference{Table: s.Name, Now: s.Rows, Then: then[s.Name]})
		}
	}
	return p, nil
}
