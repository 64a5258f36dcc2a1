package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/football-prediction/football-prediction/domain"
)

// Slow is a kind of statement with what it has cost, in all and on average.
type Slow struct {
	Text       string
	Calls      int64
	Mean       time.Duration
	Max        time.Duration
	Total      time.Duration
	Rows       int64
	HitPercent float64 // of blocks that were in memory
}

// ErrNoStatements is about a server that does not keep what statements cost.
var ErrNoStatements = &domain.Error{
	Kind: domain.Unavailable, Code: "query.no_statistics",
	Detail: "the server keeps no statistics of statements: set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, restart PostgreSQL, " +
		"and run in the database postgres, as a superuser: CREATE EXTENSION pg_stat_statements; (in the platform's own database it would be in every dump, and only a superuser could restore that)",
}

// Slowest returns the statements of this database that took the longest on
// average, or [ErrNoStatements]. db may be connected to another database of the
// server, where the extension is; of names the platform's.
func (w *Vitals) Slowest(ctx context.Context, of string, limit int) ([]Slow, error) {
	var rows []struct {
		Text             string
		Calls, Rows      int64
		Mean, Max, Total float64
		Hit              float64
	}
	err := w.db.NewRaw(`
		SELECT left(regexp_replace(s.query, '\s+', ' ', 'g'), 500) AS text, s.calls, s.rows, s.mean_exec_time AS mean, s.max_exec_time AS max, s.total_exec_time AS total,
			coalesce(100.0 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0), 100)::float8 AS hit
		FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
		WHERE d.datname = ? AND s.query IS NOT NULL
		ORDER BY s.mean_exec_time DESC LIMIT ?`, of, limit).Scan(ctx, &rows)
	var pg *pgconn.PgError
	// The view is not there, or the library is not loaded.
	if errors.As(err, &pg) && (pg.Code == "42P01" || pg.Code == "55000") {
		return nil, ErrNoStatements
	}
	if err != nil {
		return nil, fmt.Errorf("list slow statements: %w", err)
	}
	all := make([]Slow, len(rows))
	for i, r := range rows {
		all[i] = Slow{
			Text: r.Text, Calls: r.Calls, Rows: r.Rows, HitPercent: r.Hit,
			Mean: millis(r.Mean), Max: millis(r.Max), Total: millis(r.Total),
		}
	}
	return all, nil
}

// Database is the name of the database that is watched.
func (w *Vitals) Database(ctx context.Context) (name string, err error) {
	err = w.db.NewRaw(`SELECT current_database()::text`).Scan(ctx, &name)
	return name, err
}

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
