// Package fault breaks the running system on purpose and sees it mend itself.
package fault_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// system is the product on servers of its own, which a test may break.
type system struct {
	database    harness.Database
	postgres    *devserver.Postgres
	redis       *devserver.Redis
	temporal    *devserver.Temporal
	client      client.Client
	db          *bun.DB
	apiURL, key string
	environ     []string
	bin, logs   string
	worker, api *exec.Cmd
}

// start brings everything up on the matches in data. Programs are not started.
func start(t *testing.T, data string) *system {
	t.Helper()
	s := &system{bin: binaries(t), logs: t.TempDir()}
	s.database, s.postgres = harness.PrivatePostgres(t)
	redisURL, redis := harness.PrivateRedis(t)
	temporal, server := harness.PrivateTemporal(t)
	s.redis, s.temporal = redis, server
	address := freeAddress(t)
	s.apiURL = "http://" + address
	s.environ = append(os.Environ(),
		"ENV=test", "LOG_LEVEL=INFO", "DATABASE_URL="+s.database.AppURL, "REDIS_URL="+redisURL,
		"TEMPORAL_ADDRESS="+temporal.Address, "TEMPORAL_NAMESPACE="+temporal.Namespace,
		"DATA="+data, "HTTP_ADDR="+address, "METRICS_PORT=0",
	)
	var err error
	if s.client, err = client.NewLazyClient(client.Options{HostPort: temporal.Address, Namespace: temporal.Namespace, Logger: quiet{}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	if s.db, err = postgres.Open(postgres.Config{URL: s.database.AdminURL, PoolSize: 3}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	s.key = newKey(t, s.database.OwnerURL)
	return s
}

// quiet is a logger for a client that sees its server die.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

var build struct {
	once sync.Once
	dir  string
	err  error
}

// binaries builds the programs once.
func binaries(t *testing.T) string {
	t.Helper()
	build.once.Do(func() {
		if build.dir, build.err = os.MkdirTemp("", "football-fault"); build.err != nil { //nolint:usetesting // it outlives the test that builds
			return
		}
		var out []byte
		out, build.err = exec.Command("go", "build", "-o", build.dir, "../../cmd/api", "../../cmd/worker").CombinedOutput()
		if build.err != nil {
			build.err = fmt.Errorf("%w\n%s", build.err, out)
		}
	})
	if build.err != nil {
		t.Fatal("build the programs: ", build.err)
	}
	return build.dir
}

// run starts a program, which dies with the test at the latest.
func (s *system) run(t *testing.T, name string) *exec.Cmd {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(s.logs, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(s.bin, name))
	cmd.Env, cmd.Stdout, cmd.Stderr = s.environ, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = cmd.Process.Wait()
		_ = log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s, the end of its log:\n%s", name, text[max(0, len(text)-4000):])
		}
	})
	return cmd
}

func (s *system) startWorker(t *testing.T) {
	t.Helper()
	s.worker = s.run(t, "worker")
}

// killWorker ends the worker as the kernel would: without a word.
func (s *system) killWorker(t *testing.T) {
	t.Helper()
	if err := s.worker.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, _ = s.worker.Process.Wait()
}

func (s *system) startAPI(t *testing.T) {
	t.Helper()
	s.api = s.run(t, "api")
	eventually(t, "the API is ready", func() (bool, string) {
		status, body := s.get("/health/ready")
		return status == http.StatusOK, body
	})
}

// get is the status and body of a request with the key; status 0 for none.
func (s *system) get(path string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.apiURL+path, nil)
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("X-API-Key", s.key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	var text strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := response.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			return response.StatusCode, text.String()
		}
	}
}

// begin starts a workflow with an empty input, as an operator would.
func (s *system) begin(t *testing.T, queue, kind string) client.WorkflowRun {
	t.Helper()
	run, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: kind + "-" + strings.ToLower(rand.Text()), TaskQueue: queue,
	}, kind, json.RawMessage(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// finish waits until the run ends well.
func (s *system) finish(t *testing.T, run client.WorkflowRun) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := run.Get(ctx, nil); err != nil {
		t.Fatalf("workflow %s: %v", run.GetID(), err)
	}
}

// count is the number that a query returns.
func (s *system) count(t *testing.T, query string) int {
	t.Helper()
	var n int
	if err := s.db.NewRaw(query).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, what string, holds func() (bool, string)) {
	t.Helper()
	const patience = time.Minute
	last := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var ok bool
		if ok, last = holds(); ok {
			return
		}
	}
	t.Fatalf("not within %v: %s; last seen: %s", patience, what, last)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func newKey(t *testing.T, ownerURL string) string {
	t.Helper()
	db, err := postgres.Open(postgres.Config{URL: ownerURL, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	issuer := access.NewIssuer(postgres.NewTenants(db), postgres.NewKeys(db), rand.Reader, postgres.NewID, time.Now)
	if _, err := issuer.CreateTenant(t.Context(), "demo", ""); err != nil {
		t.Fatal(err)
	}
	key, _, err := issuer.CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "fault", Scopes: []access.Scope{access.Read}})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// alive reports whether a process runs; one that has died and was not waited
// for is a zombie, which signal 0 still reaches.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}
