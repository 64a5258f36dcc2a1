package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Inspection = (*Inspection)(nil)

// Inspection reads the catalogue and the statistics, which any service may.
type Inspection struct{ db *bun.DB }

// NewInspection returns an Inspection of db.
func NewInspection(db *bun.DB) *Inspection { return &Inspection{db: db} }

// Database implements [maintaining.Inspection]. The age of transactions is that
// of the services' own: of others it is hidden from them.
func (s *Inspection) Database(ctx context.Context) (maintaining.Database, error) {
	var (
		out    maintaining.Database
		oldest float64
		since  *time.Time
	)
	err := s.db.QueryRowContext(ctx, `
		SELECT current_setting('server_version'), pg_database_size(d.oid),
			(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int,
			coalesce((SELECT extract(epoch FROM max(now() - xact_start)) FROM pg_stat_activity), 0),
			age(d.datfrozenxid), coalesce(s.blks_hit::float8 / nullif(s.blks_hit + s.blks_read, 0), 1), s.deadlocks, s.stats_reset
		FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid WHERE d.datname = current_database()`).
		Scan(&out.Version, &out.Bytes, &out.Connections, &out.Most, &oldest, &out.Age, &out.HitShare, &out.Deadlocks, &since)
	if err != nil {
		return out, fmt.Errorf("read the database's state: %w", err)
	}
	out.Oldest = time.Duration(oldest * float64(time.Second))
	if since != nil {
		out.StatsSince = since.UTC()
	}
	return out, nil
}

// Tables implements [maintaining.Inspection].
func (s *Inspection) Tables(ctx context.Context) ([]maintaining.Table, error) {
	var tables []maintaining.Table
	err := raw(ctx, s.db, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT relname, pg_total_relation_size(relid), pg_indexes_size(relid), n_live_tup, n_dead_tup, n_mod_since_analyze,
				greatest(last_vacuum, last_autovacuum), greatest(last_analyze, last_autoanalyze)
			FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY 2 DESC, 1`)
		if err != nil {
			return err
		}
		tables, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (maintaining.Table, error) {
			var (
				t                  maintaining.Table
				vacuumed, analysed *time.Time
			)
			err := row.Scan(&t.Name, &t.Bytes, &t.IndexBytes, &t.Live, &t.Dead, &t.Changed, &vacuumed, &analysed)
			t.Vacuumed, t.Analysed = timeOf(vacuumed), timeOf(analysed)
			return t, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sizes of tables: %w", err)
	}
	return tables, nil
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// Indexes implements [maintaining.Inspection]. The width of keys of varying
// length is in pg_stats, except behind row-level security, where statistics are
// hidden, also from the owner: it is 0 then. Such a value lies unaligned.
func (s *Inspection) Indexes(ctx context.Context) ([]operation.Index, error) {
	var indexes []operation.Index
	err := raw(ctx, s.db, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT c.relname, t.relname, pg_relation_size(c.oid), c.reltuples::float8, i.indisvalid, i.indisunique,
				EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = c.oid), coalesce(u.idx_scan, 0), pg_get_indexdef(c.oid), k.widths, k.aligns
			FROM pg_index i
			JOIN pg_class c ON c.oid = i.indexrelid
			JOIN pg_class t ON t.oid = i.indrelid
			JOIN pg_am am ON am.oid = c.relam AND am.amname = 'btree'
			LEFT JOIN pg_stat_user_indexes u ON u.indexrelid = c.oid
			CROSS JOIN LATERAL (
				SELECT array_agg(CASE WHEN a.attlen > 0 THEN a.attlen ELSE coalesce(p.avg_width, 0) END::int ORDER BY a.attnum) AS widths,
					array_agg(CASE WHEN a.attlen < 0 THEN 1 ELSE CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END END::int ORDER BY a.attnum) AS aligns
				FROM pg_attribute a LEFT JOIN pg_stats p ON p.schemaname = 'public' AND p.tablename = t.relname AND p.attname = a.attname
				WHERE a.attrelid = c.oid AND a.attnum > 0
			) k
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'i'
			ORDER BY 3 DESC, 1`)
		if err != nil {
			return err
		}
		indexes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (operation.Index, error) {
			var (
				i              operation.Index
				widths, aligns []int
			)
			err := row.Scan(&i.Name, &i.Table, &i.Bytes, &i.Entries, &i.Valid, &i.Unique, &i.Constraint, &i.Scans, &i.Definition, &widths, &aligns)
			for n := range widths {
				i.Keys = append(i.Keys, operation.Key{Width: widths[n], Align: aligns[n]})
			}
			return i, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sizes of indexes: %w", err)
	}
	return indexes, nil
}

// Holdings implements [maintaining.Inspection].
func (s *Inspection) Holdings(ctx context.Context) (map[string]float64, error) {
	var rows []struct {
		Slug   string
		Amount float64
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`SELECT t.slug, h.amount::float8 AS amount FROM tenant_holdings h JOIN tenants t USING (tenant_id) WHERE h.quota = 'storage_mb'`).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select what tenants hold: %w", err)
	}
	held := make(map[string]float64, len(rows))
	for _, r := range rows {
		held[r.Slug] = r.Amount
	}
	return held, nil
}
