// Package restoring brings a backup of the database back to life: into a fresh
// database, compared with what was there when it was taken, and only then, by an
// exchange of names, in the place of the present one, which is kept until
// somebody confirms.
package restoring

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
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
	// Reopen lets those in again who work on the live database, where an exchange
	// was killed that had closed it.
	Reopen(ctx context.Context) error
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

// Runs tells what workflows have done, which no restore takes back.
type Runs interface {
	// EndedSince returns the runs that ended after a moment, oldest first.
	EndedSince(ctx context.Context, after time.Time) ([]Run, error)
}

// Run is a run of a workflow.
type Run struct {
	Workflow, ID, RunID string
	EndedAt             time.Time
}

// Parts are what restoring takes.
type Parts struct {
	Keeper   *backingup.Keeper
	Server   Server
	Timeline backingup.Timeline // nil where only the moments of backups can be restored
	Runs     Runs
	Audit    auditing.Recorder
	// Places are where the other parts of the system live that can be put back.
	Places []Place
	// Faults looks at the system as a whole, and tells what is wrong with it.
	Faults func(ctx context.Context) []string
	// Drain is how long whoever is at work is given to end it once the service
	// rests.
	Drain time.Duration
	// Changed tells those who keep answers that all of them are wrong.
	Changed func(ctx context.Context)
	Now     domain.Clock
}

// Restorer restores the database.
type Restorer struct{ Parts }

// NewRestorer returns a Restorer.
func NewRestorer(p Parts) *Restorer {
	if p.Changed == nil {
		p.Changed = func(context.Context) {}
	}
	if p.Faults == nil {
		p.Faults = func(context.Context) []string { return nil }
	}
	return &Restorer{Parts: p}
}

// Latest stands for the newest verified backup.
const Latest = "latest"

// Choose returns the backup of an id, or the newest verified one.
func (r *Restorer) Choose(ctx context.Context, id string) (operation.Backup, error) {
	if r.Server == nil {
		return operation.Backup{}, domain.Errorf(domain.Invalid, ErrUnusable.Code,
			"this process is not set up to restore: it needs BACKUP_DATABASE_URL, RESTORE_DATABASE_URL, BACKUP_KEY_FILE and a bucket")
	}
	if id != Latest && id != "" {
		b, err := r.Keeper.Records.Get(ctx, id)
		if err == nil && (b.Kind != operation.Database || b.Status != operation.Verified && b.Status != operation.Made) {
			err = domain.Errorf(domain.Conflict, ErrUnusable.Code, "backup %s is of kind %s and %s; say a verified one of the database", b.ID, b.Kind, b.Status)
		}
		return b, err
	}
	all, err := r.Keeper.Records.List(ctx, operation.Database)
	if err != nil {
		return operation.Backup{}, err
	}
	b, ok := operation.Newest(all)[operation.Database]
	if !ok {
		return b, domain.Errorf(domain.NotFound, ErrNothing.Code, "no backup of the database is verified")
	}
	return b, nil
}

// Target is what to go back to: a backup, or a moment.
type Target struct {
	Backup operation.Backup // zero for a moment
	At     time.Time        // zero for a backup
}

// Moment is when the data were as they will be.
func (t Target) Moment() time.Time {
	if t.At.IsZero() {
		return t.Backup.TakenAt
	}
	return t.At
}

// ErrNoTimeline is about a moment where only backups can be restored.
var ErrNoTimeline = &domain.Error{
	Kind: domain.Conflict, Code: "restore.no_timeline",
	Detail: "only the moments of backups can be restored here; any moment takes BACKUP_ENGINE=pgbackrest",
}

// Aim checks that a moment, or without one a backup, can be restored.
func (r *Restorer) Aim(ctx context.Context, backup string, at time.Time) (Target, error) {
	if at.IsZero() {
		b, err := r.Choose(ctx, backup)
		return Target{Backup: b}, err
	}
	if r.Timeline == nil {
		return Target{}, ErrNoTimeline
	}
	if at.After(r.Now()) {
		return Target{}, domain.Errorf(domain.Invalid, ErrUnusable.Code, "%s has not come yet", at.UTC().Format(time.RFC3339)).In("at")
	}
	return Target{At: at.UTC()}, nil
}

// Preview is what restoring would change.
type Preview struct {
	Since  time.Duration // from the target's moment to now
	Tables []Difference  // those whose numbers of rows differ
}

// Difference is a table before and after.
type Difference struct {
	Table     string
	Now, Then int64
}

// Preview tells what restoring would change, without changing anything.
func (r *Restorer) Preview(ctx context.Context, id string, t Target, report backingup.Progress) (Preview, error) {
	p := Preview{Since: r.Now().Sub(t.Moment())}
	if !t.At.IsZero() {
		// What has just happened is in the log's last piece, which is not archived yet.
		if _, err := r.Timeline.Flush(ctx); err != nil {
			return p, fmt.Errorf("have the server archive what has happened until now: %w", err)
		}
	}
	inventory, err := r.inventory(ctx, id, t, report)
	if err != nil {
		return p, err
	}
	present, err := r.Server.Rows(ctx)
	if err != nil {
		return p, err
	}
	then := make(map[string]int64)
	for _, s := range inventory.Sets {
		then[s.Name] = s.Rows
	}
	for _, s := range present {
		if s.Rows != then[s.Name] {
			p.Tables = append(p.Tables, Difference{Table: s.Name, Now: s.Rows, Then: then[s.Name]})
		}
	}
	return p, nil
}

// inventory is what was there at the target's moment.
func (r *Restorer) inventory(ctx context.Context, id string, t Target, report backingup.Progress) (operation.Inventory, error) {
	if !t.At.IsZero() {
		there, err := r.Timeline.Inspect(ctx, id, backingup.Target{Time: t.At}, "", report)
		return there.Inventory, err
	}
	m, err := r.Keeper.Manifest(ctx, t.Backup)
	return m.Inventory, err
}
