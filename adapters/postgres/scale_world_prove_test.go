//go:build prove

package postgres_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// crowd is how many tenants there are, users of each, and matches that each of
// them has predicted.
type crowd struct{ tenants, users, matches int }

// openMatches is how many matches are still to be predicted.
const openMatches = 200

// scaleWorld is a database with a crowd in it.
type scaleWorld struct {
	*pitch
	size    crowd
	rows    int
	lookup  *postgres.Lookup
	usage   *postgres.Usage
	process string
	asked   int
	written int64
}

func newScaleWorld(t *testing.T, c crowd) *scaleWorld {
	t.Helper()
	w := &scaleWorld{pitch: newPitch(t, c.matches+openMatches), size: c, rows: c.tenants * c.users * c.matches, process: postgres.NewID()}
	w.lookup, w.usage = postgres.NewLookup(w.db), postgres.NewUsage(w.db)
	w.crowd(t, c.tenants, c.users, 0)
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, w.database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	indexes, err := pgx.CollectRows(rowsOf(conn.Query(ctx, `
		SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
		FROM pg_index i WHERE i.indrelid = 'predictions'::regclass AND NOT i.indisprimary`)), pgx.RowToStructByPos[struct{ Name, Definition string }])
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{"SET session_replication_role = replica", "SET maintenance_work_mem = '1GB'"}
	for _, i := range indexes {
		statements = append(statements, "DROP INDEX "+i.Name)
	}
	statements = append(statements, w.fill()...)
	for _, i := range indexes {
		statements = append(statements, i.Definition)
	}
	for _, s := range append(statements, "VACUUM ANALYZE", "CHECKPOINT") {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return w
}

// rowsOf lets a pair of results be passed on; the error shows when rows are read.
func rowsOf(rows pgx.Rows, _ error) pgx.Rows { return rows }

// fill makes what a crowd has predicted, match by match as time goes on, the
// standings of that, and a key and some usage of each tenant.
func (w *scaleWorld) fill() []string {
	return []string{
		fmt.Sprintf(`
			INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, status, result_home, result_away, points, created_at, updated_at)
			SELECT md5('tenant ' || n)::uuid,
				(lpad(to_hex(extract(epoch FROM m.kick_off)::bigint * 1000), 12, '0') || '7000' || '8' || substr(md5(m.place || ' ' || n || ' ' || u), 1, 15))::uuid,
				md5(n || ' user ' || u)::uuid, m.id, (ARRAY['away', 'draw', 'home'])[2 + sign((n + u) %% 3 - u %% 2)::int], (n + u) %% 3, u %% 2, 0.5,
				CASE WHEN m.place %% 20 = 0 THEN 'pending' ELSE 'settled' END,
				CASE WHEN m.place %% 20 = 0 THEN NULL ELSE 1 END, CASE WHEN m.place %% 20 = 0 THEN NULL ELSE 0 END, (n + u + m.place) %% 4,
				m.kick_off - interval '1 hour', m.kick_off - interval '1 hour'
			FROM (SELECT *, row_number() OVER (ORDER BY kick_off) AS place FROM matches) m, generate_series(1, %d) n, generate_series(1, %d) u
			WHERE m.place <= %d`, w.size.tenants, w.size.users, w.size.matches),
		`INSERT INTO prediction_standings (tenant_id, user_id, month, competition_code, settled, hits, exact, points, brier_sum)
			SELECT p.tenant_id, p.user_id, date_trunc('month', m.kick_off AT TIME ZONE 'UTC'), m.competition_code, count(*),
				count(*) FILTER (WHERE points > 0), 0, sum(points), sum(brier)
			FROM predictions p JOIN matches m ON m.id = p.match_id WHERE p.status = 'settled' GROUP BY 1, 2, 3, 4`,
		fmt.Sprintf(`INSERT INTO api_keys (tenant_id, id, name, hint, hash, scopes, created_at, last_used_at)
			SELECT md5('tenant ' || n)::uuid, md5('key ' || n)::uuid, 'key', '', sha256(('key ' || n)::bytea), '{read}', now(), '%s'
			FROM generate_series(1, %d) n`, w.now.Format(time.RFC3339), w.size.tenants),
		fmt.Sprintf(`INSERT INTO tenant_usage (tenant_id, hour, kind, amount)
			SELECT md5('tenant ' || n)::uuid, '%s'::timestamptz - h * interval '1 hour', 'api_calls', 100
			FROM generate_series(1, %d) n, generate_series(1, 24) h`, w.now.Truncate(time.Hour).Format(time.RFC3339), w.size.tenants),
	}
}

// onDisk is what the predictions take with their indexes.
func (w *scaleWorld) onDisk(t *testing.T) (size string) {
	t.Helper()
	if err := w.admin.NewRaw(`SELECT pg_size_pretty(pg_total_relation_size('predictions'))`).Scan(t.Context(), &size); err != nil {
		t.Fatal(err)
	}
	return size
}

// scaleAsking is how many tenants ask at a time, however many there are: what
// is asked for lately is in memory. What comes from the disk costs what the disk
// takes.
const scaleAsking = 10

// The nth of an operation falls on another tenant and user than the one before;
// a prime step spreads them over the table.
func (w *scaleWorld) tenant(n int) int { return 1 + n%scaleAsking*7_919%w.size.tenants }

func (w *scaleWorld) tenantID(n int) string {
	return uuid.UUID(md5.Sum(fmt.Appendf(nil, "tenant %d", w.tenant(n)))).String()
}

func (w *scaleWorld) userID(n int) string {
	return uuid.UUID(md5.Sum(fmt.Appendf(nil, "%d user %d", w.tenant(n), 1+n%w.size.users))).String()
}

func (w *scaleWorld) predicted(n int) football.MatchID {
	return football.MatchID(w.matches[n%w.size.matches])
}

// scaleOperation is something that requests do.
type scaleOperation struct {
	name string
	run  func(w *scaleWorld, n int) error
}

var scaleOperations = []scaleOperation{
	{"make a prediction", func(w *scaleWorld, n int) error {
		pick, err := prediction.NewPick("home", nil, nil, 0.5)
		if err != nil {
			return err
		}
		// Users come round again after a while, with the next match.
		match := w.matches[w.size.matches+n/w.size.users]
		reasons, err := w.store.Make(context.Background(), []prediction.Prediction{{
			TenantID: w.tenantID(n), ID: postgres.NewID(), UserID: w.userID(n), Match: football.MatchID(match), Pick: pick,
			Status: prediction.Pending, CreatedAt: w.now, UpdatedAt: w.now, Version: 1,
		}}, w.now)
		if err != nil {
			return err
		}
		return reasons[0]
	}},
	{"list one's own predictions", func(w *scaleWorld, n int) error {
		found, err := w.store.List(context.Background(), w.tenantID(n), predicting.Filter{UserID: w.userID(n)}, catalogue.Page{Limit: 50})
		return enough(len(found), min(50, w.size.matches), err)
	}},
	{"list a tenant's predictions", func(w *scaleWorld, n int) error {
		found, err := w.store.List(context.Background(), w.tenantID(n), predicting.Filter{}, catalogue.Page{Limit: 50})
		return enough(len(found), 50, err)
	}},
	{"read the statistics of a match", func(w *scaleWorld, n int) error {
		found, err := w.store.Statistics(context.Background(), w.tenantID(n), w.predicted(n))
		return enough(found.Count, w.size.users, err)
	}},
	{"read a page of the leaderboard", func(w *scaleWorld, n int) error {
		found, err := w.store.Standings(context.Background(), w.tenantID(n), predicting.Period{}, catalogue.Page{Limit: 50})
		return enough(len(found), min(50, w.size.users), err)
	}},
	{"look a credential up", func(w *scaleWorld, n int) error {
		p, err := w.lookup.Principal(context.Background(), access.Hash(sha256.Sum256(fmt.Appendf(nil, "key %d", w.tenant(n)))), w.now)
		if err == nil && p.TenantID != w.tenantID(n) {
			err = fmt.Errorf("the key is of tenant %s", p.TenantID)
		}
		return err
	}},
	{"write a tenant's usage", func(w *scaleWorld, n int) error {
		w.written++
		entry := metering.Entry{TenantID: w.tenantID(n), Hour: w.now.Truncate(time.Hour), Kind: metering.APICalls}
		return w.usage.Add(context.Background(), metering.Batch{Process: w.process, Sequence: w.written, Amounts: map[metering.Entry]int64{entry: 1}})
	}},
}

// enough fails a measurement of less than was meant to be measured.
func enough(got, want int, err error) error {
	if err == nil && got < want {
		err = fmt.Errorf("found %d of %d", got, want)
	}
	return err
}
