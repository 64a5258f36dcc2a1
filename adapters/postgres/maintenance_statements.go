package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

// Statements implements [maintaining.Inspection] from pg_stat_statements. A
// role sees the texts of its own statements only, so each of the two that the
// services work as is asked for its own; the total is of all.
func (s *Inspection) Statements(ctx context.Context, limit int) (all []maintaining.Statement, total maintaining.Statement, err error) {
	view, err := s.statementsView(ctx)
	if err != nil {
		return nil, total, err
	}
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		err := tx.QueryRowContext(ctx, `
			SELECT coalesce(sum(calls), 0)::bigint, coalesce(sum(total_exec_time) / 1000, 0), coalesce(sum(total_exec_time) / 1000 / nullif(sum(calls), 0), 0), coalesce(sum(rows), 0)::bigint
			FROM `+view+` WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`).
			Scan(&total.Calls, &total.Total, &total.Mean, &total.Rows)
		if err != nil {
			return err
		}
		for _, become := range []string{"", `SET LOCAL ROLE football_platform`} {
			if become != "" {
				if _, err := tx.ExecContext(ctx, become); err != nil {
					return err
				}
			}
			own, err := ownStatements(ctx, tx, view, limit)
			if err != nil {
				return err
			}
			all = append(all, own...)
		}
		return nil
	})
	if err != nil {
		return nil, total, statementsError(err)
	}
	slices.SortFunc(all, func(a, b maintaining.Statement) int { return cmp.Compare(b.Total, a.Total) })
	return all[:min(limit, len(all))], total, nil
}

func ownStatements(ctx context.Context, tx bun.Tx, view string, limit int) (own []maintaining.Statement, err error) {
	var rows []struct {
		Query       string
		Calls       int64
		Total, Mean float64
		Rows        int64
		HitShare    float64
	}
	err = tx.NewRaw(`
		SELECT query, calls, total_exec_time / 1000 AS total, mean_exec_time / 1000 AS mean, rows,
			coalesce(shared_blks_hit::float8 / nullif(shared_blks_hit + shared_blks_read, 0), 1) AS hit_share
		FROM `+view+` WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND userid = current_user::regrole
		ORDER BY total_exec_time DESC LIMIT ?`, limit).Scan(ctx, &rows)
	for _, r := range rows {
		own = append(own, maintaining.Statement{Text: r.Query, Calls: r.Calls, Total: r.Total, Mean: r.Mean, Rows: r.Rows, HitShare: r.HitShare})
	}
	return own, err
}

// statementsView is the view's name with its schema.
func (s *Inspection) statementsView(ctx context.Context) (string, error) {
	var schema string
	err := s.db.QueryRowContext(ctx, `
		SELECT coalesce(max(n.nspname), '') FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`).Scan(&schema)
	if err != nil {
		return "", fmt.Errorf("look for pg_stat_statements: %w", err)
	}
	if schema == "" {
		return "", domain.Errorf(domain.Conflict, maintaining.ErrNoStatements.Code, "the extension pg_stat_statements is not in this database.")
	}
	return pgx.Identifier{schema, "pg_stat_statements"}.Sanitize(), nil
}

func statementsError(err error) error {
	var pg *pgconn.PgError
	// 55000: the extension is there, and its library was not loaded at the
	// server's start.
	if errors.As(err, &pg) && pg.Code == "55000" {
		return domain.Errorf(domain.Conflict, maintaining.ErrNoStatements.Code, "%s.", pg.Message)
	}
	return fmt.Errorf("read pg_stat_statements: %w", err)
}
