package redis_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

// node starts one server of a cluster and returns its address.
func node(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var address string
	process, _, err := devserver.StartOnPorts(t.Context(), func() ([]int, error) { return devserver.FreePorts(0, 0) }, func(ports []int) devserver.Spec {
		address = "127.0.0.1:" + strconv.Itoa(ports[0])
		return devserver.Spec{
			Name: "Redis cluster", Path: path, Dir: dir, Log: filepath.Join(dir, "redis.log"),
			Args: strings.Fields(fmt.Sprintf("--bind 127.0.0.1 --port %d --cluster-enabled yes --cluster-port %d --save  --appendonly no", ports[0], ports[1])),
			Ready: func(ctx context.Context) error {
				c := goredis.NewClient(&goredis.Options{Addr: address})
				defer func() { _ = c.Close() }()
				return c.Ping(ctx).Err()
			},
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return address
}

// cluster starts three servers that share the slots.
func clusterOf(t *testing.T) (nodes []string) {
	t.Helper()
	const slots, servers = 16384, 3
	var clients []*goredis.Client
	for i := range servers {
		nodes = append(nodes, node(t))
		c := goredis.NewClient(&goredis.Options{Addr: nodes[i]})
		t.Cleanup(func() { _ = c.Close() })
		clients = append(clients, c)
		if err := c.ClusterAddSlotsRange(t.Context(), i*slots/servers, (i+1)*slots/servers-1).Err(); err != nil {
			t.Fatal(err)
		}
	}
	info := clients[0].ClusterNodes(t.Context()).Val()
	_, bus, _ := strings.Cut(strings.Fields(info)[1], "@")
	host, port, _ := net.SplitHostPort(nodes[0])
	for _, c := range clients[1:] {
		if err := c.Do(t.Context(), "CLUSTER", "MEET", host, port, strings.Split(bus, ",")[0]).Err(); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the cluster is whole", func() bool {
		for _, c := range clients {
			info := c.ClusterInfo(t.Context()).Val()
			if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3") {
				return false
			}
		}
		return true
	})
	return nodes
}

// Everything that is kept in Redis works in a cluster too, whose servers refuse
// scripts that touch keys of several slots.
func TestACluster(t *testing.T) {
	t.Parallel()
	nodes := clusterOf(t)
	open := func() goredis.UniversalClient {
		c, err := redis.Open(redis.Config{URL: "redis://" + nodes[0], Nodes: nodes})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	within := func(p *caching.Parts) {
		c := open()
		p.Store, p.Bus = redis.NewAnswers(c), redis.NewBus(c)
	}
	first, second := start(t, "redis://"+nodes[0], policy, within), start(t, "redis://"+nodes[0], policy, within)
	load := func(v int64) caching.Load[int64] { return func(context.Context) (int64, error) { return v, nil } }
	for i := range 20 { // which are on all three servers
		key := caching.Key{Name: strconv.Itoa(i)}
		for _, p := range []*process{first, second} {
			if v, err := p.cache.Get(t.Context(), key, load(int64(i))); err != nil || v != int64(i) {
				t.Errorf("got %d, %v", v, err)
			}
		}
	}
	if n := second.of(caching.Remote); n < 20 {
		t.Errorf("the second process found %d answers in the cluster", n)
	}
	first.Invalidate(t.Context(), caching.Forecasts)
	until(t, "invalidation reaches the other process", func() bool {
		v, _ := second.cache.Get(t.Context(), caching.Key{Name: "7"}, load(70))
		return v == 70
	})
	all, err := redis.NewBus(open()).Stats(t.Context())
	if err != nil || all[1].Answers < 20 {
		t.Errorf("stats are %+v, %v", all, err)
	}
	lease := limiting.Bucket{Name: "rate:{t1}:10", Rate: limiting.Rate{Interval: time.Hour, Burst: 10}}
	key := lease
	key.Name += ":api-key:1"
	if g, err := redis.NewLimits(open()).Lease(t.Context(), limiting.Demand{Tenant: lease, Key: key, Cost: 1, Want: 1}); err != nil || g.Calls != 1 {
		t.Errorf("leased %+v, %v", g, err)
	}
	if _, err := redis.Open(redis.Config{URL: "redis://" + nodes[0] + "/3", Nodes: nodes}); err == nil {
		t.Error("a cluster takes a numbered database")
	}
}
