package pgtools

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// wholeEvery is how old a whole copy may be that others stand on: they are
// quick to make, and the more there are, the longer restoring takes and the
// more hangs on one damaged file.
const wholeEvery = 7 * 24 * time.Hour

// Add implements [backingup.Repository]: pgBackRest copies the server's files,
// then all tables stand still for a moment that gets a name in the log, and what
// they held at it is counted and hashed.
func (a *Archive) Add(ctx context.Context, o backingup.Addition, report backingup.Progress) (c backingup.Copy, err error) {
	at, err := a.server(ctx)
	if err != nil {
		return c, err
	}
	// This also brings one up to date that is there.
	if _, err := a.run(ctx, append([]string{"stanza-create"}, a.signIn(at)...)...); err != nil {
		return c, asError(err)
	}
	made, err := a.copyFiles(ctx, at, o, report)
	if err != nil {
		return c, asError(err)
	}
	report(0, 0, "waiting for a moment in which no table changes")
	m, err := a.moment(ctx, o.ID, report)
	if err != nil {
		return c, err
	}
	if err := a.awaitArchived(ctx, m.segment); err != nil {
		return c, err
	}
	// Last: a copy without a named moment is none of ours.
	if _, err := a.run(ctx, "annotate", "--set="+made.label, "--annotation="+pointAnnotation+"="+m.name); err != nil {
		return c, asError(err)
	}
	return backingup.Copy{Inventory: m.inventory, TakenAt: m.at, Size: made.size, Parts: 1 + len(made.needs)}, nil
}

// copyFiles has pgBackRest copy the server's files, unless an attempt before has
// come that far. What an attempt left that came less far, pgBackRest removes or
// goes on with.
func (a *Archive) copyFiles(ctx context.Context, at server, o backingup.Addition, report backingup.Progress) (*copied, error) {
	all, err := a.copies(ctx)
	if err != nil {
		return nil, err
	}
	if made := copyOf(all, o.ID); made != nil {
		return made, nil
	}
	kind := "incr"
	if o.Whole || a.wholeIsDue(all) {
		kind = "full"
	}
	report(0, 0, "copying the server's files")
	args := append([]string{"backup", "--type=" + kind, "--annotation=" + idAnnotation + "=" + o.ID}, a.signIn(at)...)
	if _, err := a.run(ctx, args...); err != nil {
		return nil, err
	}
	if all, err = a.copies(ctx); err != nil {
		return nil, err
	}
	made := copyOf(all, o.ID)
	if made == nil {
		return nil, domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest made a copy and does not tell of it")
	}
	return made, nil
}

func (a *Archive) wholeIsDue(all []copied) bool {
	var newest time.Time
	for _, c := range all {
		if c.whole {
			newest = c.stop
		}
	}
	return a.now().Sub(newest) >= wholeEvery
}

// asError makes damage that is met while writing an error that can be acted on.
func asError(err error) error {
	if fault, _ := asFault(err); fault != "" {
		return domain.Errorf(domain.Invalid, "backup.repository_damaged", "%s", fault)
	}
	return err
}
