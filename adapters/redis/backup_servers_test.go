package redis_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// listen starts a Redis that listens on the first of some ports, with whatever
// configuration is made of them.
func listen(t *testing.T, ports int, config func(dir string, ports []int) []string) []int {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	must(t, err)
	dir := t.TempDir()
	choose := func() ([]int, error) { return devserver.FreePorts(make([]int, ports)...) }
	process, chosen, err := devserver.StartOnPorts(t.Context(), choose, func(ports []int) devserver.Spec {
		lines := append([]string{"bind 127.0.0.1", `save ""`, "appendonly no", "repl-diskless-sync-delay 0"}, config(dir, ports)...)
		return devserver.Spec{
			Name: "Redis", Path: path, Args: []string{"-"}, Stdin: strings.Join(lines, "\n") + "\n", Dir: dir, Log: filepath.Join(dir, "log"),
			Ready: func(ctx context.Context) error {
				conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", at(ports[0]))
				if err == nil {
					_ = conn.Close()
				}
				return err
			},
		}
	})
	must(t, err)
	t.Cleanup(func() { _ = process.Stop(context.Background()) })
	return chosen
}

func at(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick, limit := time.NewTicker(20*time.Millisecond), time.NewTimer(time.Minute)
	defer tick.Stop()
	defer limit.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatal("it takes too long until " + what)
		}
	}
}

// cluster starts a cluster of three masters and returns clients of them.
func cluster(t *testing.T) (nodes []string, clients []*goredis.Client) {
	t.Helper()
	var buses []int
	for range 3 {
		ports := listen(t, 2, func(_ string, ports []int) []string {
			return []string{
				"port " + strconv.Itoa(ports[0]), "cluster-enabled yes", "cluster-port " + strconv.Itoa(ports[1]),
				"requirepass secret", "masterauth secret",
			}
		})
		nodes, buses = append(nodes, at(ports[0])), append(buses, ports[1])
		clients = append(clients, connect(t, "redis://:secret@"+at(ports[0])))
	}
	for i, c := range clients {
		must(t, c.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", []int{0, 5461, 10923}[i], []int{5460, 10922, 16383}[i]).Err())
		_, port, _ := net.SplitHostPort(nodes[0])
		must(t, c.Do(t.Context(), "CLUSTER", "MEET", "127.0.0.1", port, buses[0]).Err())
	}
	eventually(t, "the cluster is whole", func() bool {
		for _, c := range clients {
			slots, err := c.ClusterSlots(t.Context()).Result() //nolint:staticcheck // what is tested reads them, too
			info, failed := c.ClusterInfo(t.Context()).Result()
			if err != nil || failed != nil || len(slots) != 3 || !strings.Contains(info, "cluster_state:ok") {
				return false
			}
		}
		return true
	})
	return nodes, clients
}

func TestEveryMasterOfAClusterIsBackedUp(t *testing.T) {
	t.Parallel()
	nodes, clients := cluster(t)
	all := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: nodes, Password: "secret"})
	defer func() { _ = all.Close() }()
	for n := range 300 {
		must(t, all.Set(t.Context(), fmt.Sprintf("key:%d", n), n, time.Hour).Err())
	}
	// The first node is away: another one knows the cluster as well.
	engine := backups(t, redis.BackupConfig{URL: "redis://:secret@127.0.0.1:1", Nodes: append([]string{"127.0.0.1:1"}, nodes[2])})
	folder, inventory := capture(t, engine)
	if len(inventory.Sets) != 3 || inventory.Rows() != 300 {
		t.Errorf("there are %d keys of %d masters", inventory.Rows(), len(inventory.Sets))
	}
	if got := faults(t, engine, folder, inventory); got != "" {
		t.Error(got)
	}
	if size, err := engine.Size(t.Context()); err != nil || size < 3<<19 {
		t.Errorf("its size is estimated at %d: %v", size, err)
	}
	copies, err := filepath.Glob(filepath.Join(folder, "redis-*.rdb"))
	if err != nil || len(copies) != 3 {
		t.Fatalf("the copies are %v: %v", copies, err)
	}
	must(t, os.Remove(copies[0]))
	if got := faults(t, engine, folder, inventory); !strings.Contains(got, " database 0 is missing, with ") {
		t.Errorf("a master's copy is missing: %q", got)
	}
	must(t, clients[0].Do(t.Context(), "CLUSTER", "DELSLOTS", "7").Err())
	_, err = backups(t, redis.BackupConfig{URL: "redis://:secret@x", Nodes: nodes[:1]}).Capture(t.Context(), t.TempDir(), quiet)
	if !errors.Is(err, redis.ErrAway) || !strings.Contains(err.Error(), "only 16383 of the cluster's 16384 slots have a master") {
		t.Errorf("a slot has no master: %v", err)
	}
}

// A cluster that moves a slot while it is copied may have a key twice or never.
func TestClusterThatMovesSlotsIsNotBackedUp(t *testing.T) {
	t.Parallel()
	nodes, clients := cluster(t)
	engine := backups(t, redis.BackupConfig{URL: "redis://:secret@127.0.0.1:1", Nodes: nodes[:1]})
	to, err := clients[1].Do(t.Context(), "CLUSTER", "MYID").Text()
	must(t, err)
	// The first report comes when slots are known and nothing is copied.
	moved := false
	_, err = engine.Capture(t.Context(), t.TempDir(), func(int, int, string) {
		if moved {
			return
		}
		moved = true
		for _, c := range clients {
			must(t, c.Do(t.Context(), "CLUSTER", "SETSLOT", "5460", "NODE", to).Err())
		}
	})
	if !errors.Is(err, redis.ErrAway) || !strings.Contains(err.Error(), "moved slots") {
		t.Errorf("moved %t, error %v", moved, err)
	}
}

// certificate makes one that nobody has signed, and returns the paths of it and
// its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	content, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	must(t, err)
	secret, err := x509.MarshalECPrivateKey(private)
	must(t, err)
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: content}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), 0o600))
	return cert, key
}

func TestRedisIsBackedUpOverTLS(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	ports := listen(t, 1, func(_ string, ports []int) []string {
		return []string{
			"port 0", "tls-port " + strconv.Itoa(ports[0]), "tls-cert-file " + cert, "tls-key-file " + key,
			"tls-auth-clients no", "requirepass secret",
		}
	})
	url := "rediss://:secret@" + at(ports[0]) + "/0"
	must(t, connect(t, url+"?skip_verify=true").Set(t.Context(), "key", "value", 0).Err())
	engine := backups(t, redis.BackupConfig{URL: url + "?skip_verify=true"})
	folder, inventory := capture(t, engine)
	if got := faults(t, engine, folder, inventory); got != "" || inventory.Rows() != 1 {
		t.Errorf("%d keys; %s", inventory.Rows(), got)
	}
	_, err := backups(t, redis.BackupConfig{URL: url}).Capture(t.Context(), t.TempDir(), quiet)
	if !errors.Is(err, redis.ErrAway) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
}

// What has expired since it was copied was there when it was copied.
func TestKeysThatHaveExpiredAreRestored(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	must(t, s.client.Set(t.Context(), "key", "value", 500*time.Millisecond).Err())
	folder, inventory := capture(t, s.engine)
	eventually(t, "the key is gone", func() bool { return s.client.Exists(t.Context(), "key").Val() == 0 })
	want := []operation.Set{{Name: "redis database 0", Rows: 1, Hash: "1 expire"}}
	if got := faults(t, s.engine, folder, operation.Inventory{Sets: want, Objects: inventory.Objects}); got != "" {
		t.Error(got)
	}
}
