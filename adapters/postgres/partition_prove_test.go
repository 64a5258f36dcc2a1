//go:build prove

package postgres_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/test/harness"
)

// Two years of predictions by 200 tenants of 50 users. PARTITION_ROWS sets how
// many; docs/adr/0011 tells what was found.
const (
	partitionMonths = 24
	partitionRounds = 9
)

// rival is one of two tables that hold the same rows: one by one, by month.
type rival struct {
	name, key string // key is what unique indexes need besides, so that they may be local
}

// TestProvePartitioningByMonth measures what monthly partitions would do for
// predictions, on the same rows, in turns.
func TestProvePartitioningByMonth(t *testing.T) {
	rows := 1_000_000
	if text := os.Getenv("PARTITION_ROWS"); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, harness.Postgres(t).AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	m := measured{t: t, conn: conn, took: map[string][]time.Duration{}}
	rivals := []rival{{"whole", ""}, {"monthly", ", created_at"}}
	for _, r := range rivals {
		m.makePredictions(r)
	}
	m.load(rivals, rows)
	m.ask(rivals, rows)
	m.expire(rivals)
	m.report()
}

type measured struct {
	t    *testing.T
	conn *pgx.Conn
	took map[string][]time.Duration
}

func (m *measured) exec(statement string, args ...any) time.Duration {
	m.t.Helper()
	began := time.Now()
	if _, err := m.conn.Exec(context.Background(), statement, args...); err != nil {
		m.t.Fatalf("%s: %v", statement, err)
	}
	return time.Since(began)
}

// timed runs a statement and notes how long it took under a name.
func (m *measured) timed(what string, r rival, statement string, args ...any) {
	m.t.Helper()
	key := fmt.Sprintf("%-34s %s", what, r.name)
	m.took[key] = append(m.took[key], m.exec(statement, args...))
}

func (m *measured) makePredictions(r rival) {
	m.t.Helper()
	table := "p_" + r.name
	by := ""
	if r.key != "" {
		by = " PARTITION BY RANGE (created_at)"
	}
	m.exec(`CREATE TABLE ` + table + ` (LIKE predictions INCLUDING DEFAULTS INCLUDING CONSTRAINTS)` + by)
	if r.key != "" {
		for month := range partitionMonths + 1 {
			m.exec(fmt.Sprintf(`CREATE TABLE %s_%d PARTITION OF %s FOR VALUES FROM (timestamptz '2024-01-01Z' + interval '%d months') TO (timestamptz '2024-01-01Z' + interval '%d months')`,
				table, month, table, month, month+1))
		}
	}
	for _, index := range []string{
		`UNIQUE INDEX ON %s (tenant_id, id%s)`,
		`UNIQUE INDEX ON %s (tenant_id, user_id, match_id%s) WHERE status <> 'cancelled'`,
	} {
		m.exec(fmt.Sprintf(`CREATE `+index, table, r.key))
	}
	for _, index := range []string{
		`(tenant_id, user_id, created_at DESC, id DESC)`, `(match_id, status, tenant_id)`, `(tenant_id, user_id, match_id, created_at DESC)`,
		`(match_id, created_at) WHERE status = 'pending'`, `(tenant_id, created_at DESC, id DESC)`,
	} {
		m.exec(`CREATE INDEX ON ` + table + ` ` + index)
	}
}

// made are n predictions of a month: ids follow the time, as UUIDv7 do, and ten
// thousand users take turns on the month's matches.
const made = `
	INSERT INTO %s (tenant_id, id, user_id, match_id, outcome, confidence, status, result_home, result_away, created_at, updated_at)
	SELECT md5('t' || u / 50)::uuid, (lpad(to_hex(%[2]d::bigint * 100000000 + n), 12, '0') || substr(md5(n || 'x'), 1, 20))::uuid,
		md5('u' || u)::uuid, md5('m%[2]d-' || n / 10000)::uuid, 'home', 0.5, 'settled', 1, 0, at, at
	FROM (SELECT n, n %% 10000 AS u, timestamptz '2024-01-01Z' + interval '%[2]d months' + (n - %[4]d) * (interval '27 days' / %[3]d) AS at
		FROM generate_series(%[4]d::bigint + 1, %[4]d + %[3]d) n) s`

func (m *measured) load(rivals []rival, rows int) {
	m.t.Helper()
	each := rows / partitionMonths
	for month := range partitionMonths {
		for _, r := range rivals {
			m.timed("insert a month in one statement", r, fmt.Sprintf(made, "p_"+r.name, month, each, 0))
		}
	}
	for _, r := range rivals {
		m.exec(`VACUUM ANALYZE p_` + r.name)
	}
}

// ask puts the questions of the store to both tables in turns.
func (m *measured) ask(rivals []rival, rows int) {
	m.t.Helper()
	var id string
	if err := m.conn.QueryRow(context.Background(), `SELECT id::text FROM p_whole WHERE tenant_id = md5('t3')::uuid AND created_at >= '2025-03-01' LIMIT 1`).Scan(&id); err != nil {
		m.t.Fatal(err)
	}
	for round := range partitionRounds {
		for _, r := range rivals {
			table, tenant, user := "p_"+r.name, "md5('t3')::uuid", fmt.Sprintf("md5('u%d')::uuid", 150+round)
			repeat := func(what, query string) {
				m.timed(what+" ×100", r, fmt.Sprintf(`DO $$ BEGIN FOR i IN 1..100 LOOP PERFORM * FROM (%s) q; END LOOP; END $$`, query))
			}
			m.timed("insert 1,000 of today", r, fmt.Sprintf(made, table, partitionMonths, 1_000, (round+1)*1_000_000))
			repeat("a user's month", `SELECT * FROM `+table+` WHERE tenant_id = `+tenant+` AND user_id = `+user+
				` AND created_at >= '2025-05-01Z' AND created_at < '2025-06-01Z' ORDER BY created_at DESC, id DESC LIMIT 50`)
			repeat("a user's newest 50", `SELECT * FROM `+table+` WHERE tenant_id = `+tenant+` AND user_id = `+user+` ORDER BY created_at DESC, id DESC LIMIT 50`)
			repeat("one by its id", `SELECT * FROM `+table+` WHERE tenant_id = `+tenant+` AND id = '`+id+`'`)
			repeat("has a user predicted a match", `SELECT 1 FROM `+table+` WHERE tenant_id = `+tenant+` AND user_id = `+user+` AND match_id = md5('m5-0')::uuid AND status <> 'cancelled'`)
		}
	}
	m.t.Logf("%d predictions, PostgreSQL's own time, median of %d rounds in turns", rows, partitionRounds)
}

// expire lets go of the oldest months, as retention would if all tenants had
// the same, and of a month of one tenant, as it does.
func (m *measured) expire(rivals []rival) {
	m.t.Helper()
	for month := range 3 {
		for _, r := range rivals {
			table := "p_" + r.name
			m.timed("one tenant's month is deleted", r, fmt.Sprintf(`DELETE FROM %s WHERE tenant_id = md5('t9')::uuid AND created_at >= timestamptz '2024-01-01Z' + interval '%d months' AND created_at < timestamptz '2024-01-01Z' + interval '%d months'`, table, month+6, month+7))
			if r.key != "" {
				m.timed("everybody's month is let go", r, fmt.Sprintf(`DROP TABLE %s_%d`, table, month))
				continue
			}
			m.timed("everybody's month is let go", r, fmt.Sprintf(`DELETE FROM %s WHERE created_at < timestamptz '2024-01-01Z' + interval '%d months'`, table, month+1))
			m.timed("… and vacuumed", r, `VACUUM `+table)
		}
	}
}

func (m *measured) report() {
	m.t.Helper()
	names := make([]string, 0, len(m.took))
	for name := range m.took {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all := m.took[name]
		slices.Sort(all)
		m.t.Logf("%-44s %10.2f ms (%.2f to %.2f)", name, ms(all[len(all)/2]), ms(all[0]), ms(all[len(all)-1]))
	}
	for _, table := range []string{"p_whole", "p_monthly"} {
		var size string
		err := m.conn.QueryRow(context.Background(), `SELECT pg_size_pretty(coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree($1::text::regclass)), pg_total_relation_size($1::text::regclass)))`, table).Scan(&size)
		if err != nil {
			m.t.Fatal(err)
		}
		m.t.Logf("%s: %s", table, size)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
