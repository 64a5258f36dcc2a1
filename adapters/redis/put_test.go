package redis_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	goredis "github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/redis"
)

// What was captured is there again, whatever was there meanwhile, with the time
// that each key had left; doing it twice changes nothing.
func TestRedisIsPutBack(t *testing.T) {
	t.Parallel()
	s, folder := newSource(t), t.TempDir()
	s.fill(t)
	was, err := s.engine.Capture(t.Context(), folder, quiet)
	must(t, err)
	must(t, s.engine.Ready(t.Context()))
	for range 2 {
		must(t, s.client.FlushDB(t.Context()).Err())
		must(t, s.client.Set(t.Context(), "string:1", "another", 0).Err())
		must(t, s.client.Set(t.Context(), "later", "it", 0).Err())
		must(t, s.engine.Put(t.Context(), folder, quiet))
		is, err := s.engine.Capture(t.Context(), t.TempDir(), quiet)
		must(t, err)
		if diff := cmp.Diff(was, is); diff != "" {
			t.Error(diff)
		}
	}
	if left := s.client.TTL(t.Context(), "soon:1").Val(); left <= 0 || left > time.Hour {
		t.Errorf("what was to expire within the hour does so in %s", left)
	}
}

func TestAClusterIsPutBack(t *testing.T) {
	t.Parallel()
	nodes, _ := cluster(t)
	all := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: nodes, Password: "secret"})
	defer func() { _ = all.Close() }()
	for n := range 300 {
		must(t, all.Set(t.Context(), fmt.Sprintf("key:%d", n), n, time.Hour).Err())
	}
	engine := backups(t, redis.BackupConfig{URL: "redis://:secret@127.0.0.1:1", Nodes: nodes})
	folder, _ := capture(t, engine)
	for n := range 300 {
		must(t, all.Set(t.Context(), fmt.Sprintf("key:%d", 150+n), "another", 0).Err())
	}
	must(t, engine.Put(t.Context(), folder, quiet))
	for n := range 450 {
		want := strconv.Itoa(n)
		if n >= 300 {
			want = ""
		}
		if got := all.Get(t.Context(), fmt.Sprintf("key:%d", n)).Val(); got != want {
			t.Fatalf("key:%d is %q", n, got)
		}
	}
}

func TestRedisThatIsAwayIsNotReady(t *testing.T) {
	t.Parallel()
	away := backups(t, redis.BackupConfig{URL: "redis://127.0.0.1:1/0"})
	if err := away.Ready(t.Context()); !errors.Is(err, redis.ErrAway) {
		t.Errorf("error %v", err)
	}
	s := newSource(t)
	must(t, s.client.Set(t.Context(), "kept", "it", 0).Err())
	if err := s.engine.Put(t.Context(), t.TempDir(), quiet); !errors.Is(err, redis.ErrRefused) {
		t.Errorf("without a file: %v", err)
	}
	broken := t.TempDir()
	must(t, os.WriteFile(filepath.Join(broken, "redis.rdb"), []byte("REDIS0010 no such thing"), 0o600))
	if err := s.engine.Put(t.Context(), broken, quiet); err == nil {
		t.Error("a broken file is put back")
	}
	if kept, err := s.client.Get(t.Context(), "kept").Result(); err != nil || kept != "it" {
		t.Errorf("after files that cannot be put back there is %q, %v", kept, err)
	}
}
