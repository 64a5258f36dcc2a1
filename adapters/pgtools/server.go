package pgtools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

var _ restoring.Server = (*Dumps)(nil)

// Live implements [restoring.Server].
func (d *Dumps) Live() string { return d.source.database() }

// Rebuild implements [restoring.Server].
func (d *Dumps) Rebuild(ctx context.Context, name, folder string, report backingup.Progress) (r backingup.Rehearsal, err error) {
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return r, err
	}
	defer hangUp(ctx, admin)
	if err := dropDatabase(ctx, admin, name); err != nil {
		return r, err
	}
	if err := d.createDatabase(ctx, admin, name); err != nil {
		return r, err
	}
	return d.bring(ctx, d.scratch.in(name), folder, report)
}

// bring restores into an empty database and looks at what came out.
func (d *Dumps) bring(ctx context.Context, at address, folder string, report backingup.Progress) (r backingup.Rehearsal, err error) {
	report(0, 0, "restoring into "+at.database())
	began := d.now()
	if fault, err := told(d.fill(ctx, at, folder)); err != nil || fault != "" {
		r.Faults = append(r.Faults, fault)
		return r, err
	}
	r.Took = d.now().Sub(began)
	return r, d.look(ctx, at, &r, report)
}

// exchangeTimeout bounds how long those who are cut off may take to go.
const exchangeTimeout = 10 * time.Second

// Exchange implements [restoring.Server]. Renaming is transactional, so a crash
// leaves both names as they were or both changed.
func (d *Dumps) Exchange(ctx context.Context, next, kept string) error {
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return err
	}
	defer hangUp(ctx, admin)
	there, err := exist(ctx, admin)
	if err != nil {
		return err
	}
	switch {
	case !there[next] && there[kept]:
		return d.open(ctx, admin) // done by an attempt before, but for this
	case !there[next]:
		return domain.Errorf(domain.NotFound, restoring.ErrNothing.Code, "there is no database %s to put in place", next)
	}
	if err := d.exchange(ctx, admin, next, kept); err != nil {
		// Whatever is live now must let people in.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
		defer cancel()
		_ = d.open(ctx, admin)
		return err
	}
	return d.open(ctx, admin)
}

// Reopen implements [restoring.Server].
func (d *Dumps) Reopen(ctx context.Context) error {
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return err
	}
	defer hangUp(ctx, admin)
	return d.open(ctx, admin)
}

func (d *Dumps) exchange(ctx context.Context, admin *pgx.Conn, next, kept string) error {
	for _, name := range []string{d.Live(), next} {
		if err := cutOff(ctx, admin, name); err != nil {
			return err
		}
	}
	tx, err := admin.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	for _, rename := range [][2]string{{d.Live(), kept}, {next, d.Live()}} {
		statement := `ALTER DATABASE ` + quoted(rename[0]) + ` RENAME TO ` + quoted(rename[1])
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("rename database %s: %w", rename[0], err)
		}
	}
	return tx.Commit(ctx)
}

// cutOff closes a database to new connections and ends those that there are.
func cutOff(ctx context.Context, admin *pgx.Conn, name string) error {
	if _, err := admin.Exec(ctx, `ALTER DATABASE `+quoted(name)+` ALLOW_CONNECTIONS false`); err != nil {
		return fmt.Errorf("close database %s: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
	defer cancel()
	for {
		left, superusers, err := endSessions(ctx, admin, name)
		if err != nil {
			return fmt.Errorf("end the connections to %s: %w", name, err)
		}
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			if superusers != "" {
				return domain.Errorf(domain.Unavailable, ErrDatabase.Code,
					"%s is connected to %s, whom only another superuser may cut off: end that session", superusers, name)
			}
			return domain.Errorf(domain.Unavailable, ErrDatabase.Code, "%d connections to %s do not end", left, name)
		case <-time.After(50 * time.Millisecond): //nolint:forbidigo // a pause between two looks
		}
	}
}

// endSessions may end those of all roles but superusers while it is a member of
// pg_signal_backend. It returns how many there were, and which superusers. An
// autovacuum worker is no session: it is no role's, and renaming ends it.
func endSessions(ctx context.Context, admin *pgx.Conn, name string) (left int, superusers string, err error) {
	if _, err := admin.Exec(ctx, `SET ROLE pg_signal_backend`); err != nil {
		return 0, "", err
	}
	defer func() { _, _ = admin.Exec(context.WithoutCancel(ctx), `RESET ROLE`) }()
	err = admin.QueryRow(ctx, `
		SELECT count(*), coalesce(string_agg(DISTINCT usename, ', ') FILTER (WHERE rolsuper), '') FROM (
			SELECT a.usename::text, r.rolsuper, CASE WHEN r.rolsuper THEN false ELSE pg_terminate_backend(a.pid) END
			FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid WHERE a.datname = $1) sessions`, name).Scan(&left, &superusers)
	return left, superusers, err
}

// open lets those in who work on the live database, and nobody else.
func (d *Dumps) open(ctx context.Context, admin *pgx.Conn) error {
	name, who := d.Live(), "football_app, football_backup"
	if d.kind != operation.Database {
		who = quoted(d.owner)
	}
	for _, statement := range []string{
		`ALTER DATABASE ` + quoted(name) + ` ALLOW_CONNECTIONS true`,
		`GRANT CONNECT, TEMPORARY ON DATABASE ` + quoted(name) + ` TO ` + who,
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("open database %s: %w", name, err)
		}
	}
	return nil
}

func exist(ctx context.Context, admin *pgx.Conn) (map[string]bool, error) {
	found, err := databases(ctx, admin)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool)
	for _, name := range found {
		there[name] = true
	}
	return there, nil
}

func databases(ctx context.Context, admin *pgx.Conn) ([]string, error) {
	names, err := collect(ctx, admin, `SELECT datname::text FROM pg_database ORDER BY 1`, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list databases: %w", err)
	}
	return names, nil
}

// Drop implements [restoring.Server].
func (d *Dumps) Drop(ctx context.Context, name string) error {
	if name == d.Live() {
		return domain.Errorf(domain.Conflict, restoring.ErrUnusable.Code, "%s is the live database", name)
	}
	return d.drop(ctx, name)
}

// Names implements [restoring.Server].
func (d *Dumps) Names(ctx context.Context, prefix string) ([]string, error) {
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return nil, err
	}
	defer hangUp(ctx, admin)
	all, err := databases(ctx, admin)
	return slices.DeleteFunc(all, func(name string) bool { return !strings.HasPrefix(name, prefix) }), err
}

// Rows implements [restoring.Server].
func (d *Dumps) Rows(ctx context.Context) ([]operation.Set, error) {
	var sets []operation.Set
	err := inSnapshot(ctx, d.source, "", func(conn *pgx.Conn) error {
		names, err := tables(ctx, conn)
		if err != nil {
			return err
		}
		for _, name := range names {
			s := operation.Set{Name: name}
			if err := conn.QueryRow(ctx, `SELECT count(*) FROM `+name).Scan(&s.Rows); err != nil {
				return fmt.Errorf("count %s: %w", name, err)
			}
			sets = append(sets, s)
		}
		return nil
	})
	slices.SortFunc(sets, func(a, b operation.Set) int { return strings.Compare(a.Name, b.Name) })
	return sets, err
}
