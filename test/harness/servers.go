package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Variable names the environment variable that holds running [Servers] as JSON.
const Variable = "FOOTBALL_TEST_SERVERS"

// Servers says where the shared servers are. An empty address means that
// there is none.
type Servers struct {
	PostgresURL    string `json:"postgres_url"` // of the superuser
	PostgresBin    string `json:"postgres_bin"` // the folder of pg_dump and the like
	PostgresSocket string `json:"postgres_socket"`
	RedisURL       string `json:"redis_url"`
	TemporalAddr   string `json:"temporal_address"`
	TemporalHTTP   string `json:"temporal_http"`
	TemporalCLI    string `json:"temporal_cli"`
}

// FromEnvironment reads [Variable].
func FromEnvironment() (Servers, error) {
	var s Servers
	text := os.Getenv(Variable)
	if text == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read %s: %w", Variable, err)
	}
	return s, nil
}

// Environment is what [FromEnvironment] reads, in the form NAME=value.
func (s Servers) Environment() (string, error) {
	text, err := json.Marshal(s)
	return Variable + "=" + string(text), err
}

// StartPostgres starts a PostgreSQL for tests below dir, unless s knows one.
func (s *Servers) StartPostgres(ctx context.Context, dir string) (devserver.Unit, error) {
	if s.PostgresURL != "" {
		return nil, nil // nothing to start is an answer
	}
	p, err := devserver.StartPostgres(ctx, devserver.PostgresOptions{Dir: filepath.Join(dir, "postgres"), Volatile: true})
	if err != nil {
		return nil, err
	}
	s.PostgresURL, s.PostgresBin, s.PostgresSocket = p.URL("postgres"), p.BinDir(), p.SocketDir()
	return p, nil
}

// StartRedis starts a Redis for tests below dir, unless s knows one.
func (s *Servers) StartRedis(ctx context.Context, dir string) (devserver.Unit, error) {
	if s.RedisURL != "" {
		return nil, nil // nothing to start is an answer
	}
	r, err := devserver.StartRedis(ctx, devserver.RedisOptions{Dir: filepath.Join(dir, "redis")})
	if err != nil {
		return nil, err
	}
	s.RedisURL = r.URL()
	return r, nil
}

// StartTemporal starts a Temporal for tests below dir, unless s knows one.
func (s *Servers) StartTemporal(ctx context.Context, dir string) (devserver.Unit, error) {
	if s.TemporalAddr != "" {
		return nil, nil // nothing to start is an answer
	}
	t, err := devserver.StartTemporal(ctx, devserver.TemporalOptions{Dir: filepath.Join(dir, "temporal"), Headless: true})
	if err != nil {
		return nil, err
	}
	s.TemporalAddr, s.TemporalHTTP, s.TemporalCLI = t.Address(), t.HTTPURL(), t.CLI()
	return t, nil
}
