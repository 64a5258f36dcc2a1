package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var (
	_ maintaining.Surgery = (*Surgery)(nil)
	_ maintaining.Surgeon = (*surgeon)(nil)
)

// Surgery works on tables and indexes as their owner. A connection is open only
// while something is done.
type Surgery struct{ url string }

// NewSurgery returns a Surgery. url is the owner's.
func NewSurgery(url string) *Surgery { return &Surgery{url: url} }

// surgical settings hold for the session. Nothing waits long for a lock, since
// others would queue behind it; nothing goes on for ever; work that its client
// no longer waits for ends, so that a killed worker leaves no build running;
// and reading is spread out.
var surgical = []string{
	`SET lock_timeout = '10s'`,
	`SET statement_timeout = '2h'`,
	`SET client_connection_check_interval = '2s'`,
	`SET vacuum_cost_delay = '2ms'`,
	`SET application_name = 'football-maintenance'`,
}

// tidyLimit bounds what is done after a failure.
const surgeryTidyLimit = 30 * time.Second

// Alone implements [maintaining.Surgery] by a lock that ends with the session.
func (s *Surgery) Alone(ctx context.Context, use func(context.Context, maintaining.Surgeon) error) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var alone bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtext('football maintenance'))`).Scan(&alone); err != nil {
		return fmt.Errorf("lock maintenance: %w", err)
	}
	if !alone {
		return maintaining.ErrBusy
	}
	return use(ctx, &surgeon{surgery: s, conn: conn})
}

func (s *Surgery) connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(s.url)
	if err != nil {
		return nil, fmt.Errorf("parse the owner's database URL: %w", withoutURL(err))
	}
	config.ConnectTimeout = connectTimeout
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect as owner: %w", err)
	}
	for _, setting := range surgical {
		if _, err := conn.Exec(ctx, setting); err != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
			return nil, fmt.Errorf("%s: %w", setting, err)
		}
	}
	return conn, nil
}

type surgeon struct {
	surgery *Surgery
	conn    *pgx.Conn
}

// leftOver are invalid indexes of tables that no build works on. One that
// belongs to a constraint or to a partitioned index cannot be dropped by
// itself. $1 narrows them to what rebuilding one index left.
const leftOver = `
	SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
	WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
		AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = c.oid)
		AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND p.relid = i.indrelid)
		AND ($1::text = '' OR c.relname ~ ('^' || regexp_replace($1::text, '([.*+?()\[\]{}|^$\\])', '\\\1', 'g') || '_cc(new|old)[0-9]*$'))
	ORDER BY 1`

// LeftOver implements [maintaining.Surgeon].
func (s *surgeon) LeftOver(ctx context.Context) ([]string, error) { return s.leftOver(ctx, "") }

func (s *surgeon) leftOver(ctx context.Context, index string) ([]string, error) {
	rows, err := s.conn.Query(ctx, leftOver, index)
	if err != nil {
		return nil, fmt.Errorf("look for invalid indexes: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look for invalid indexes: %w", err)
	}
	return names, nil
}

// Drop implements [maintaining.Surgeon].
func (s *surgeon) Drop(ctx context.Context, index string) error {
	_, err := s.conn.Exec(ctx, `DROP INDEX CONCURRENTLY IF EXISTS `+pgx.Identifier{"public", index}.Sanitize())
	return surgeryError(err)
}

// Rebuild implements [maintaining.Surgeon].
func (s *surgeon) Rebuild(ctx context.Context, index string) (bytes int64, err error) {
	name := pgx.Identifier{"public", index}.Sanitize()
	if _, err := s.conn.Exec(ctx, `REINDEX INDEX CONCURRENTLY `+name); err != nil {
		// The connection may be gone, and ctx over.
		return 0, errors.Join(surgeryError(err), s.surgery.tidy(context.WithoutCancel(ctx), index))
	}
	if err := s.conn.QueryRow(ctx, `SELECT pg_relation_size($1::text::regclass)`, name).Scan(&bytes); err != nil {
		return 0, fmt.Errorf("weigh %s: %w", index, err)
	}
	return bytes, nil
}

// tidy drops what a failed rebuild left, on a connection of its own. What is
// still being worked on is left for the next time.
func (s *Surgery) tidy(ctx context.Context, index string) error {
	ctx, cancel := context.WithTimeout(ctx, surgeryTidyLimit)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	own := &surgeon{surgery: s, conn: conn}
	names, err := own.leftOver(ctx, index)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := own.Drop(ctx, name); err != nil {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	return nil
}

// Vacuum implements [maintaining.Surgeon]. Cutting empty pages off the end of a
// table would shut everybody out for a moment, so they stay for new rows.
func (s *surgeon) Vacuum(ctx context.Context, table string) error {
	_, err := s.conn.Exec(ctx, `VACUUM (ANALYZE, TRUNCATE false) `+pgx.Identifier{"public", table}.Sanitize())
	return surgeryError(err)
}

// surgeryError tells what was in the way from what went wrong.
func surgeryError(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case "55P03": // lock_not_available
		return domain.Errorf(domain.Unavailable, maintaining.ErrInTheWay.Code, "a lock or an open transaction was in the way for 10 s")
	case "57014": // query_canceled
		return domain.Errorf(domain.Unavailable, maintaining.ErrInTheWay.Code, "%s", pg.Message)
	}
	return err
}
