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

// member is a server of a cluster.
type member struct {
	*devserver.Process

	address, bus string
	client       *goredis.Client
}

// node starts one server of a cluster.
func node(t *testing.T) member {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var address, bus string
	process, _, err := devserver.StartOnPorts(t.Context(), func() ([]int, error) { return devserver.FreePorts(0, 0) }, func(ports []int) devserver.Spec {
		address, bus = "127.0.0.1:"+strconv.Itoa(ports[0]), strconv.Itoa(ports[1])
		return devserver.Spec{
			Name: "Redis cluster", Path: path, Dir: dir, Log: filepath.Join(dir, "redis.log"),
			Args: strings.Fields(fmt.Sprintf("--bind 127.0.0.1 --port %d --cluster-enabled yes --cluster-port %d --cluster-node-timeout 2000 --cluster-replica-validity-factor 0 --repl-diskless-sync-delay 0 --save  --appendonly no", ports[0], ports[1])),
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
	m := member{Process: process, address: address, bus: bus, client: goredis.NewClient(&goredis.Options{Addr: address})}
	t.Cleanup(func() { _ = m.client.Close() })
	return m
}

// masters is how many servers of a cluster share the slots; the others are
// replicas of them, one each.
const masters = 3

// clusterOf starts a cluster of so many servers.
func clusterOf(t *testing.T, servers int) (all []member, addresses []string) {
	t.Helper()
	const slots = 16384
	for i := range servers {
		m := node(t)
		all, addresses = append(all, m), append(addresses, m.address)
		if i >= masters {
			continue
		}
		if err := m.client.ClusterAddSlotsRange(t.Context(), i*slots/masters, (i+1)*slots/masters-1).Err(); err != nil {
			t.Fatal(err)
		}
	}
	host, port, _ := net.SplitHostPort(all[0].address)
	for _, m := range all[1:] {
		if err := m.client.Do(t.Context(), "CLUSTER", "MEET", host, port, all[0].bus).Err(); err != nil {
			t.Fatal(err)
		}
	}
	replicas := 0
	whole := func() bool {
		for _, m := range all {
			info := m.client.ClusterInfo(t.Context()).Val()
			known := m.client.ClusterNodes(t.Context()).Val()
			if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", servers)) || strings.Count(known, "slave") != replicas {
				return false
			}
		}
		return true
	}
	until(t, "the cluster is whole", whole)
	for i, m := range all[min(masters, servers):] {
		id := all[i].client.Do(t.Context(), "CLUSTER", "MYID").Val().(string)
		until(t, "a replica knows its master", func() bool { return m.client.ClusterReplicate(t.Context(), id).Err() == nil })
		until(t, "a replica follows", func() bool {
			return strings.Contains(m.client.Info(t.Context(), "replication").Val(), "master_link_status:up")
		})
	}
	replicas = max(servers-masters, 0)
	until(t, "all know of all", whole)
	return all, addresses
}

// Everything that is kept in Redis works in a cluster too, whose servers refuse
// scripts that touch keys of several slots.
func TestACluster(t *testing.T) {
	t.Parallel()
	_, nodes := clusterOf(t, masters)
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

// One of three masters, each with a replica, dies. Answers are right all the time,
// since what Redis can't tell is looked up; what only Redis can do fails no longer
// than the cluster takes to put a replica in the place of the dead.
func TestALostMasterIsReplaced(t *testing.T) {
	t.Parallel()
	all, nodes := clusterOf(t, 2*masters)
	c, err := redis.Open(redis.Config{URL: "redis://" + nodes[0], Nodes: nodes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	p := start(t, "redis://"+nodes[0], policy, func(p *caching.Parts) { p.Store, p.Bus = redis.NewAnswers(c), redis.NewBus(c) })
	limits := redis.NewLimits(c)
	lease := func(n int) error { // of tenants on all masters
		b := limiting.Bucket{Name: fmt.Sprintf("rate:{t%d}:10", n), Rate: limiting.Rate{Interval: time.Microsecond, Burst: 1000000}}
		key := b
		key.Name += ":api-key:1"
		_, err := limits.Lease(t.Context(), limiting.Demand{Tenant: b, Key: key, Cost: 1, Want: 1})
		return err
	}
	for n := range 30 {
		if err := lease(n); err != nil {
			t.Fatal(err)
		}
	}
	all[1].Kill()
	killed := time.Now()
	var replaced, lastFailure time.Time
	failed, asked := 0, 0
	for replaced.IsZero() || time.Since(replaced) < 3*time.Second {
		if replaced.IsZero() && strings.Contains(all[0].client.ClusterInfo(t.Context()).Val(), "cluster_state:ok") &&
			strings.Contains(all[masters+1].client.Info(t.Context(), "replication").Val(), "role:master") {
			replaced = time.Now()
		}
		if time.Since(killed) > time.Minute {
			t.Fatal("no replica takes the place of the dead master")
		}
		n := asked % 30
		asked++
		if err := lease(n); err != nil {
			failed, lastFailure = failed+1, time.Now()
		}
		at := time.Now()
		v, err := p.cache.Get(t.Context(), caching.Key{Name: strconv.Itoa(asked)}, func(context.Context) (int64, error) { return int64(asked), nil })
		if err != nil || v != int64(asked) {
			t.Errorf("an answer is %d, %v, want %d", v, err, asked)
		}
		if took := time.Since(at); took > 5*time.Second {
			t.Errorf("an answer waited %s for Redis", took)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("replaced after %s; of %d leases %d failed, the last %s after the master was killed", replaced.Sub(killed).Round(time.Millisecond), asked, failed, lastFailure.Sub(killed).Round(time.Millisecond))
	// A lease that began before may end a moment later.
	if lastFailure.After(replaced.Add(1500 * time.Millisecond)) {
		t.Errorf("leases fail %s after a replica took over", lastFailure.Sub(replaced))
	}
	if failed == 0 {
		t.Error("no lease failed, so no key was on the dead master and this shows nothing")
	}
}
