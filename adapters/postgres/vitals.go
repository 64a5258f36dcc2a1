package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/checking"
)

// Vitals looks at what the server is doing. As football_owner it sees the
// queries of all roles, and may end those of the services; as another role it
// sees its own.
type Vitals struct{ db *bun.DB }

// NewVitals returns Vitals over db.
func NewVitals(db *bun.DB) *Vitals { return &Vitals{db: db} }

// settings are those that matter to an operator, with the value that is a risk.
var settings = []struct{ name, risky, remedy string }{
	{"max_connections", "", ""},
	{"shared_buffers", "", ""},
	{"effective_cache_size", "", ""},
	{"work_mem", "", ""},
	{"maintenance_work_mem", "", ""},
	{"wal_level", "minimal", "backups by base copy and replicas need wal_level = replica"},
	{"fsync", "off", "a crash of the machine can destroy the database: set fsync = on"},
	{"full_page_writes", "off", "a crash of the machine can destroy pages: set full_page_writes = on"},
	{"autovacuum", "off", "tables grow without end: set autovacuum = on"},
	{"password_encryption", "md5", "set password_encryption = scram-sha-256 and set the passwords anew"},
	{"shared_preload_libraries", "", ""},
}

// Shares and ages from which somebody should look.
const (
	crowded = 0.8
	oldXIDs = 1_000_000_000 // of about 2,100,000,000
	longLag = 30 * time.Second
)

// Facts tells version, size, replication and settings.
func (w *Vitals) Facts(ctx context.Context) ([]checking.Fact, error) {
	var s struct {
		Version, Size, Started, Role string
		Used, Most, Age              int
		Replica                      bool
		Lag                          float64
	}
	err := w.db.NewRaw(`
		SELECT current_setting('server_version') AS version, pg_size_pretty(pg_database_size(current_database())) AS size,
			to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS started, current_user::text AS role,
			(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
			current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
			(SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()) AS age,
			pg_is_in_recovery() AS replica,
			coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0)::float8 AS lag`).Scan(ctx, &s)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	facts := []checking.Fact{
		{Name: "version", Value: s.Version},
		{Name: "up since", Value: s.Started + " UTC"},
		{Name: "asked as", Value: s.Role},
		{Name: "size", Value: s.Size},
		judged("connections", fmt.Sprintf("%d of %d", s.Used, s.Most), float64(s.Used) > crowded*float64(s.Most), "footballctl check pool tells who has them"),
		judged("oldest row version", fmt.Sprintf("%d transactions ago", s.Age), s.Age > oldXIDs, "find what keeps vacuum from freezing: footballctl check pool"),
	}
	if s.Replica {
		facts = append(facts, judged("behind the primary", seconds(s.Lag), s.Lag > longLag.Seconds(), "see the primary's pg_stat_replication"))
	}
	if facts, err = w.replicas(ctx, facts); err != nil {
		return nil, err
	}
	return w.settings(ctx, facts)
}

// replicas tells who copies from this server, and how far behind they are.
func (w *Vitals) replicas(ctx context.Context, facts []checking.Fact) ([]checking.Fact, error) {
	var all []struct {
		Name  string
		State string
		Lag   float64
	}
	err := w.db.NewRaw(`
		SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) AS name, coalesce(state, 'not known to this role') AS state,
			coalesce(extract(epoch FROM replay_lag), 0)::float8 AS lag
		FROM pg_stat_replication ORDER BY 1`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("ask for replicas: %w", err)
	}
	for _, r := range all {
		facts = append(facts, judged("replica "+r.Name, r.State+", "+seconds(r.Lag)+" behind", r.Lag > longLag.Seconds(), "is its disk or the network too slow?"))
	}
	return facts, nil
}

func (w *Vitals) settings(ctx context.Context, facts []checking.Fact) ([]checking.Fact, error) {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.name
	}
	var rows []struct{ Name, Value string }
	// What this role may not see is not in the view.
	err := w.db.NewRaw(`SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN ?`, bun.Tuple(names)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("ask for settings: %w", err)
	}
	values := make(map[string]string)
	for _, r := range rows {
		values[r.Name] = r.Value
	}
	for _, s := range settings {
		if value, ok := values[s.name]; ok {
			facts = append(facts, judged(s.name, value, s.risky != "" && value == s.risky, s.remedy))
		}
	}
	return facts, nil
}

// judged is a fact that is a warning when it is bad.
func judged(name, value string, bad bool, remedy string) checking.Fact {
	f := checking.Fact{Name: name, Value: value}
	if bad {
		f.Verdict, f.Remedy = checking.Warning, remedy
	}
	return f
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 1, 64) + " s" }
