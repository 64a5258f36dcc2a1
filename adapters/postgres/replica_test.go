package postgres_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/test/harness"
)

// pair is a primary and its replica, read from as the API does.
type pair struct {
	primary, replica *devserver.Postgres
	db               *bun.DB
	reads            postgres.Reads
	of               *postgres.Replica
}

// replicated starts both. The URL of writing names both servers, and takes the one
// that may be written to.
func replicated(t *testing.T, settings map[string]string) pair {
	t.Helper()
	database, primary := harness.PrivatePostgres(t)
	copied, replica := harness.Replica(t, database, primary, settings)
	u, err := url.Parse(database.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := url.Parse(copied.AppURL)
	u.Host += "," + other.Host
	u.RawQuery += "&target_session_attrs=read-write"
	config := postgres.Config{URL: u.String(), ReadURL: copied.AppURL, PoolSize: 3}
	p := pair{primary: primary, replica: replica, db: connect(t, config.URL)}
	if p.of, err = postgres.OpenReplica(config, p.db, time.Now); err != nil {
		t.Fatal(err)
	}
	p.reads = postgres.NewReads(p.db, p.of)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); p.of.Keep(ctx) }()
	t.Cleanup(func() { stop(); <-done; _ = p.of.Close() })
	return p
}

// answeredBy is the port of the server that a read of the catalogue went to.
func (p pair) answeredBy(t *testing.T) int {
	t.Helper()
	var port int
	if err := p.reads.NewSelect().ColumnExpr("inet_server_port()").Scan(t.Context(), &port); err != nil {
		t.Fatal(err)
	}
	return port
}

func (p pair) used() bool { _, used := p.of.Lag(); return used }

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatal("it never comes that", what)
}

func (p pair) matches(t *testing.T) int {
	t.Helper()
	all, err := postgres.NewCatalogue(p.reads.DB).Matches(t.Context(), catalogue.MatchFilter{}, catalogue.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// Who writes reads what he wrote, each time, and the replica gets its turn again.
func TestReadsGoToAReplicaAndShowWhatWasWritten(t *testing.T) {
	t.Parallel()
	p := replicated(t, nil)
	eventually(t, "the replica is read from", p.used)
	if port := p.answeredBy(t); port != p.replica.Port() {
		t.Errorf("a read went to %d, not to the replica at %d", port, p.replica.Port())
	}
	for i := range 20 {
		load(t, p.db, edition("csv", string(rune('a'+i))), record("Arsenal", "Team "+string(rune('A'+i)), i+1, 1, 0))
		p.of.Wrote() // loading is a worker's work, which writes past bun
		if got := p.matches(t); got != i+1 {
			t.Fatalf("after %d matches were written, %d are read", i+1, got)
		}
	}
	eventually(t, "the replica is read from again", p.used)
	// Setting is no SELECT, so it counts as a change like any other through bun.
	if _, err := p.db.ExecContext(t.Context(), `SET application_name = 'writes'`); err != nil || p.used() {
		t.Errorf("after a change through bun, the replica is believed in at once: %v", err)
	}
}

// A replica that is 30 s behind is not read from, and one that has died is
// neither, from the first read on.
func TestALaggingOrDeadReplicaIsNotReadFrom(t *testing.T) {
	t.Parallel()
	p := replicated(t, map[string]string{"recovery_min_apply_delay": "30s"})
	eventually(t, "the replica is read from", p.used) // nothing was written that it lacks
	load(t, p.db, edition("csv", "a"), record("Arsenal", "Chelsea", 1, 1, 0))
	p.of.Wrote()
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got := p.matches(t); got != 1 {
			t.Fatalf("%d matches are read of 1", got)
		}
	}
	if lag, used := p.of.Lag(); used || lag < time.Second {
		t.Errorf("30 s behind, the lag is %s, used: %v", lag, used)
	}
	if err := p.of.Ask(t.Context()); err == nil || !strings.Contains(err.Error(), "has not replayed") {
		t.Errorf("asked, it says %v", err)
	}
}

func TestADeadReplicaCostsNoRead(t *testing.T) {
	t.Parallel()
	p := replicated(t, nil)
	eventually(t, "the replica is read from", p.used)
	p.replica.Kill()
	for range 50 {
		if port := p.answeredBy(t); port != p.primary.Port() {
			t.Fatalf("a dead server answers at %d", port)
		}
	}
	if err := p.replica.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replica is read from again", p.used)
}

// The primary dies and the replica is promoted: writes go there by themselves, and
// nothing is taken for a replica that is none.
func TestAPromotedReplicaIsWrittenTo(t *testing.T) {
	t.Parallel()
	p := replicated(t, nil)
	load(t, p.db, edition("csv", "a"), record("Arsenal", "Chelsea", 1, 1, 0))
	p.of.Wrote()
	eventually(t, "the replica has it", p.used)
	p.primary.Kill()
	admin := connect(t, p.replica.URL("football"))
	if _, err := admin.ExecContext(t.Context(), `SELECT pg_promote(true, 30)`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "writes go to the promoted server", func() bool {
		var port int
		err := p.db.DB.QueryRowContext(t.Context(), `SELECT inet_server_port()`).Scan(&port)
		return err == nil && port == p.replica.Port()
	})
	load(t, p.db, edition("csv", "b"), record("Everton", "Fulham", 2, 1, 0))
	if got := p.matches(t); got != 2 {
		t.Errorf("%d matches of 2 are read after the promotion", got)
	}
	eventually(t, "the promoted server counts as no replica", func() bool {
		err := p.of.Ask(t.Context())
		return err != nil && strings.Contains(err.Error(), "promoted") && !p.used()
	})
}
