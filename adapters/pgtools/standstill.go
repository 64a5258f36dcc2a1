package pgtools

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// moment is a place in the log of which it is known exactly what was there.
type moment struct {
	name      string // in the log
	segment   string // the piece of the log that it is in
	at        time.Time
	inventory operation.Inventory
}

// A snapshot taken while others write is no place in the log: a transaction can
// be in the log and not yet be seen by others. So all tables are locked against
// writing: a lock is granted when every transaction that wrote to the table is
// over, log and all, and none begins to write before it is given back. What is
// taken in between, a snapshot and a named place in the log, are of the very same
// state. Hashing the rows then takes its time in that snapshot, without locks.
const (
	patience = time.Minute            // for a moment to come
	pause    = 500 * time.Millisecond // between attempts: writers get through
	longest  = 2 * time.Second        // that locks are held, whatever happens
)

// moment finds one, names it and takes stock of it.
func (a *Archive) moment(ctx context.Context, id string, report backingup.Progress) (m moment, err error) {
	// The name is of this attempt: recovery stops at the first of a name.
	m.name = "football_" + id + "_" + strings.ToLower(rand.Text()[:8])
	reader, err := dial(ctx, a.source)
	if err != nil {
		return m, err
	}
	defer hangUp(ctx, reader)
	if err := seesAll(ctx, reader); err != nil {
		return m, err
	}
	snapshot, names, err := a.still(ctx, reader, &m)
	if err != nil {
		return m, err
	}
	counters := m.inventory.Counters
	if m.inventory, err = definitions(ctx, reader); err != nil {
		return m, err
	}
	// Those of now are ahead of the moment.
	m.inventory.Counters = counters
	m.inventory.Sets, err = sums(ctx, a.source, snapshot, names, a.jobs, func(n int) {
		report(n, len(names), "tables counted and hashed")
	})
	return m, err
}

// still waits for a moment in which all tables can be locked. It leaves reader
// in a transaction that sees the moment, whose snapshot it returns with the
// names of the tables.
func (a *Archive) still(ctx context.Context, reader *pgx.Conn, m *moment) (snapshot string, names []string, err error) {
	owner, err := dial(ctx, a.owner)
	if err != nil {
		return "", nil, err
	}
	defer hangUp(ctx, owner)
	marker, err := dial(ctx, a.source.in(central))
	if err != nil {
		return "", nil, err
	}
	defer hangUp(ctx, marker)
	until := time.NewTimer(patience)
	defer until.Stop()
	for {
		snapshot, names, err = a.attempt(ctx, owner, reader, marker, m)
		if err == nil || !comesAgain(err) {
			return snapshot, names, err
		}
		next := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			next.Stop()
			return "", nil, context.Cause(ctx)
		case <-until.C:
			next.Stop()
			return "", nil, fmt.Errorf("no moment without writers for %s (%w): %w", patience, err, backingup.ErrBusy)
		case <-next.C:
		}
	}
}

func (a *Archive) attempt(ctx context.Context, owner, reader, marker *pgx.Conn, m *moment) (snapshot string, names []string, err error) {
	if names, err = tables(ctx, owner); err != nil {
		return "", nil, err
	}
	defer func() {
		// Whatever happened, the locks are given back, and first of all.
		_, rolled := owner.Exec(context.WithoutCancel(ctx), `ROLLBACK`)
		if err != nil {
			_, other := reader.Exec(context.WithoutCancel(ctx), `ROLLBACK`)
			rolled = errors.Join(rolled, other)
		}
		if err == nil {
			err = rolled
		}
	}()
	if err := lockAll(ctx, owner, names); err != nil {
		return "", nil, err
	}
	if snapshot, err = a.capture(ctx, reader, marker, m, names); err != nil {
		return "", nil, err
	}
	return snapshot, names, nil
}

// lockAll holds all tables still. It gives up before the server looks for
// deadlocks, so that whoever waits for us is never the one to be cut off, and
// before writers who queue up behind us notice. The server ends the locks when
// we hang.
func lockAll(ctx context.Context, owner *pgx.Conn, names []string) error {
	var limit string
	if err := owner.QueryRow(ctx, `SELECT (setting::int * 3 / 4)::text FROM pg_settings WHERE name = 'deadlock_timeout'`).Scan(&limit); err != nil {
		return err
	}
	for _, s := range []string{
		`BEGIN`, `SET LOCAL idle_in_transaction_session_timeout = ` + fmt.Sprint(longest.Milliseconds()),
		`SET LOCAL lock_timeout = 0`, `SET LOCAL statement_timeout = ` + limit,
		`LOCK TABLE ` + strings.Join(names, ", ") + ` IN SHARE MODE`,
	} {
		if _, err := owner.Exec(ctx, s); err != nil {
			return fmt.Errorf("hold all tables still: %w", err)
		}
	}
	return nil
}

// capture takes the snapshot and names the place, while all tables stand still.
func (a *Archive) capture(ctx context.Context, reader, marker *pgx.Conn, m *moment, locked []string) (snapshot string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, longest/2, errSlow)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = errors.Join(err, context.Cause(ctx))
		}
	}()
	if _, err := reader.Exec(ctx, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`); err != nil {
		return "", err
	}
	if err := reader.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&snapshot); err != nil {
		return "", fmt.Errorf("export a snapshot: %w", err)
	}
	// A table that was made since the list was read is not locked.
	now, err := tables(ctx, reader)
	if err != nil {
		return "", err
	}
	slices.Sort(now)
	if sorted := slices.Sorted(slices.Values(locked)); !slices.Equal(now, sorted) {
		return "", errChanged
	}
	// Sequences go on, so they are read before the place is named: what is
	// restored must not be behind this.
	if m.inventory.Counters, err = counters(ctx, reader); err != nil {
		return "", err
	}
	err = marker.QueryRow(ctx, `SELECT pg_walfile_name(lsn), clock_timestamp() FROM pg_create_restore_point($1) lsn`, m.name).Scan(&m.segment, &m.at)
	if err != nil {
		return "", fmt.Errorf("name the moment: %w", err)
	}
	return snapshot, nil
}

var (
	errSlow    = errors.New("the server was too slow to name the moment")
	errChanged = errors.New("tables were made or dropped meanwhile")
)

// comesAgain tells whether another attempt may find a moment.
func comesAgain(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// Cancelled by the time limit, lock not available, deadlock, no such table.
		return slices.Contains([]string{"57014", "55P03", "40P01", "42P01"}, pg.Code)
	}
	return errors.Is(err, errChanged)
}
