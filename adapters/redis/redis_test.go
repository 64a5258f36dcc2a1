package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestPingTellsWhetherRedisIsThere(t *testing.T) {
	t.Parallel()
	address, server := harness.PrivateRedis(t)
	client, err := redis.Open(redis.Config{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	ping := redis.Ping(client)
	if err := ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	at := time.Now()
	if err := ping(t.Context()); err == nil {
		t.Error("a server that is gone answers")
	}
	if took := time.Since(at); took > 5*time.Second {
		t.Errorf("that Redis is away took %s to find out", took)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ping(t.Context()); err != nil {
		t.Errorf("after Redis came back: %v", err)
	}
}

func TestOpenKeepsThePasswordToItself(t *testing.T) {
	t.Parallel()
	_, err := redis.Open(redis.Config{URL: "http://user:hunter2@host"})
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "REDIS_URL") {
		t.Errorf("error = %v", err)
	}
}
