package harness_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestPostgresGivesEachTestItsOwnMigratedDatabase(t *testing.T) {
	t.Parallel()
	first := harness.Postgres(t)
	at := time.Now()
	second := harness.Postgres(t)
	t.Logf("a database cloned in %s", time.Since(at))

	exec(t, first.OwnerURL, "CREATE TABLE mine (n int)")
	if got := query[bool](t, second.OwnerURL, "SELECT to_regclass('public.mine') IS NOT NULL"); got {
		t.Error("a table of one test is seen by another")
	}
	if got := query[int](t, second.OwnerURL, "SELECT count(*) FROM schema_migrations"); got == 0 {
		t.Error("the database is not migrated")
	}
	users := map[string]string{
		"football_owner": first.OwnerURL, "football_app": first.AppURL, "football_backup": first.BackupURL,
		"football_restore": first.RestoreURL, "postgres": first.AdminURL,
	}
	for want, address := range users {
		if got := query[string](t, address, "SELECT current_user"); got != want {
			t.Errorf("signed in as %s, want %s", got, want)
		}
	}
}

func TestPostgresIsDroppedAfterTheTest(t *testing.T) {
	t.Parallel()
	var gone harness.Database
	t.Run("inner", func(t *testing.T) { gone = harness.Postgres(t) })
	kept := harness.Postgres(t)
	if query[bool](t, kept.AdminURL, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", gone.Name) {
		t.Errorf("%s outlives its test", gone.Name)
	}
}

func TestEmptyPostgresHasNoSchema(t *testing.T) {
	t.Parallel()
	db := harness.EmptyPostgres(t)
	if got := query[int](t, db.OwnerURL, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); got != 0 {
		t.Errorf("%d tables", got)
	}
	exec(t, db.OwnerURL, "CREATE TABLE mine (n int)")
}

func TestPrivatePostgresComesBackWithItsData(t *testing.T) {
	t.Parallel()
	db, server := harness.PrivatePostgres(t)
	exec(t, db.OwnerURL, "CREATE TABLE mine AS SELECT 7 AS n")
	server.Kill()
	if _, err := pgx.Connect(t.Context(), db.AppURL); err == nil {
		t.Fatal("the killed server answers")
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query[int](t, db.OwnerURL, "SELECT n FROM mine"); got != 7 {
		t.Errorf("n = %d", got)
	}
}

func TestRedisGivesEachTestItsOwnDatabase(t *testing.T) {
	t.Parallel()
	first, second := redisAt(t, harness.Redis(t)), redisAt(t, harness.Redis(t))
	if err := first.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n := second.DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("%d keys of another test", n)
	}
}

func TestPrivateRedisMayBeRestarted(t *testing.T) {
	t.Parallel()
	address, server := harness.PrivateRedis(t)
	server.Kill()
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := redisAt(t, address).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}

func TestTemporalRunsWorkflowsWithTheSearchAttributes(t *testing.T) {
	t.Parallel()
	at := time.Now()
	server := harness.Temporal(t)
	t.Logf("a namespace made in %s", time.Since(at))
	if other := harness.Temporal(t); other.Namespace == server.Namespace {
		t.Error("two tests share a namespace")
	}
	runWorkflow(t, server)
}

func TestPrivateTemporalComesBack(t *testing.T) {
	t.Parallel()
	server, process := harness.PrivateTemporal(t)
	process.Kill()
	if err := process.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	runWorkflow(t, server)
}

func runWorkflow(t *testing.T, server harness.TemporalServer) {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: server.Address, Namespace: server.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	w := worker.New(c, "queue", worker.Options{})
	w.RegisterWorkflowWithOptions(func(workflow.Context) error { return nil }, workflow.RegisterOptions{Name: "Nothing"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue: "queue",
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyKeyword("Tenant").ValueSet("demo"),
			temporal.NewSearchAttributeKeyKeyword("Competition").ValueSet("ENG-1"),
			temporal.NewSearchAttributeKeyKeyword("Release").ValueSet("1.0.0")),
	}, "Nothing")
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func redisAt(t *testing.T, address string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func exec(t *testing.T, address, statement string) {
	t.Helper()
	if _, err := connect(t, address).Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func query[T any](t *testing.T, address, statement string, args ...any) (value T) {
	t.Helper()
	if err := connect(t, address).QueryRow(t.Context(), statement, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}
