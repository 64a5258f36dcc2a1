package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/domain"
)

// Connections are those of one application that are in one state.
type Connections struct {
	Application string
	Role        string
	State       string
	Count       int
	Longest     time.Duration // for which one has been in a transaction
}

// Query is what a connection does or has done last.
type Query struct {
	PID         int
	Application string
	Role        string
	State       string
	Wait        string        // what it waits for, such as "Lock: transactionid"
	Age         time.Duration // since the query began
	Transaction time.Duration // since the transaction began; zero outside of one
	BlockedBy   []int
	Text        string
}

// Connected counts the connections to this database by application and state.
func (w *Vitals) Connected(ctx context.Context) ([]Connections, error) {
	var rows []struct {
		Application, Role, State string
		Count                    int
		Longest                  float64
	}
	err := w.db.NewRaw(`
		SELECT coalesce(nullif(application_name, ''), '-') AS application, usename::text AS role, coalesce(state, 'not known to this role') AS state,
			count(*), coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 AS longest
		FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count connections: %w", err)
	}
	all := make([]Connections, len(rows))
	for i, r := range rows {
		all[i] = Connections{Application: r.Application, Role: r.Role, State: r.State, Count: r.Count, Longest: secondsOf(r.Longest)}
	}
	return all, nil
}

// Running returns what is under way in this database: queries, and transactions
// that are open and idle; the longest first.
func (w *Vitals) Running(ctx context.Context) ([]Query, error) {
	rows, err := w.db.QueryContext(ctx, `
		SELECT pid, coalesce(nullif(application_name, ''), '-'), usename::text, coalesce(state, 'not known to this role'),
			coalesce(wait_event_type || ': ' || wait_event, ''), coalesce(extract(epoch FROM clock_timestamp() - query_start), 0)::float8,
			coalesce(extract(epoch FROM clock_timestamp() - xact_start), 0)::float8, pg_blocking_pids(pid),
			left(regexp_replace(query, '\s+', ' ', 'g'), 500)
		FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state IS DISTINCT FROM 'idle'
		ORDER BY xact_start NULLS LAST, pid`)
	if err != nil {
		return nil, fmt.Errorf("list queries: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var all []Query
	for rows.Next() {
		var (
			q                Query
			age, transaction float64
			blockers         []int64
		)
		if err := rows.Scan(&q.PID, &q.Application, &q.Role, &q.State, &q.Wait, &age, &transaction, pgdialect.Array(&blockers), &q.Text); err != nil {
			return nil, fmt.Errorf("read queries: %w", err)
		}
		q.Age, q.Transaction = secondsOf(age), secondsOf(transaction)
		for _, b := range blockers {
			q.BlockedBy = append(q.BlockedBy, int(b))
		}
		all = append(all, q)
	}
	return all, rows.Err()
}

// ours are the roles whose queries may be ended here.
var ours = []string{"football_owner", "football_app", "football_backup"}

// ErrNoQuery is about a connection that is not one of ours.
var ErrNoQuery = &domain.Error{Kind: domain.NotFound, Code: "query.unknown"}

// Cancel ends the query of a connection, or the whole connection. Only those of
// our roles to this database can be ended.
func (w *Vitals) Cancel(ctx context.Context, pid int, whole bool) error {
	function := "pg_cancel_backend"
	if whole {
		function = "pg_terminate_backend"
	}
	var done bool
	err := w.db.QueryRowContext(ctx, `
		SELECT `+function+`(pid) FROM pg_stat_activity
		WHERE pid = ? AND datname = current_database() AND pid <> pg_backend_pid() AND usename::text = ANY (?)`,
		pid, pgdialect.Array(ours)).Scan(&done)
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return domain.Errorf(domain.NotFound, ErrNoQuery.Code, "no connection of ours has the process id %d; footballctl queries list tells", pid)
	case errors.As(err, &pg) && pg.Code == "42501":
		return domain.Errorf(domain.Forbidden, "query.forbidden", "this role may not end that query; MIGRATE_DATABASE_URL must be football_owner's, and the roles up to date: %s", pg.Message)
	case err != nil:
		return fmt.Errorf("end query of %d: %w", pid, err)
	case !done:
		return domain.Errorf(domain.Conflict, "query.gone", "the server could not signal process %d; it may have just ended", pid)
	}
	return nil
}

func secondsOf(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
