package harness

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Edge is nginx on the deployed configuration.
type Edge struct {
	URL    string // of the server for users, with a certificate that nobody knows
	Status string // URL of what it tells of itself
	Log    string // the file of its lines
	Slots  string // the folder of the slots, where it has them
}

// NginxOptions say how the deployed configuration is changed.
type NginxOptions struct {
	Deployed string // the folder deploy/nginx
	// Upstream is the file that says where requests go, such as slots/upstream.conf.
	Upstream string
	// Servers replaces where requests go to, when it is set: one line an upstream's server.
	Servers string
	// Workers is how many processes; as many as there are processors when 0.
	Workers int
	// Limited keeps the limits of the edge, which one address would reach at once.
	Limited bool
}

// Nginx starts nginx on the deployed configuration, with addresses and folders of
// the test's, and stops it when the test is over.
func Nginx(t testing.TB, o NginxOptions) Edge {
	t.Helper()
	dir := shortDir(t)
	ports, err := devserver.FreePorts(0, 0, 0)
	if err != nil {
		t.Fatal("harness:", err)
	}
	at := func(n int) string { return fmt.Sprintf("127.0.0.1:%d", ports[n]) }
	edge := Edge{URL: "https://" + at(1), Status: "http://" + at(2) + "/stub_status", Log: filepath.Join(dir, "football.log"), Slots: filepath.Join(dir, "slots")}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(o.Deployed, name))
		if err != nil {
			t.Fatal("harness:", err)
		}
		return string(text)
	}
	cert, key := selfSigned(t, dir)
	changes := []string{
		"user www-data;", "", "/run/nginx.pid", filepath.Join(dir, "pid"), "/tmp/nginx-", dir + "/tmp-", "/var/cache/nginx/football", filepath.Join(dir, "cache"),
		"listen 80;", "listen " + at(0) + ";", "listen 443 ", "listen " + at(1) + " ", "listen 8081;", "listen " + at(2) + ";",
		"/etc/letsencrypt/live/football-prediction/fullchain.pem", cert, "/etc/letsencrypt/live/football-prediction/privkey.pem", key,
	}
	if os.Getuid() == 0 {
		changes[1] = "user root;"
	}
	if o.Workers > 0 {
		changes = append(changes, "worker_processes auto;", fmt.Sprintf("worker_processes %d;", o.Workers))
	}
	if !o.Limited {
		changes = append(changes, "rate=100r/s", "rate=1000000r/s", "limit_conn connections 100;", "limit_conn connections 10000;")
	}
	upstream := strings.ReplaceAll(read(o.Upstream), "/run/football/slots", edge.Slots)
	if o.Servers != "" {
		upstream = "upstream football { " + o.Servers + " }\n"
	}
	log := strings.NewReplacer("/dev/stdout", edge.Log, "/var/log/nginx/football.log", edge.Log).Replace(read(filepath.Join(filepath.Dir(o.Upstream), "log.conf")))
	for name, text := range map[string]string{"log.conf": log, "nginx.conf": strings.NewReplacer(changes...).Replace(read("nginx.conf")), "upstream.conf": upstream} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal("harness:", err)
		}
	}
	conf := filepath.Join(dir, "nginx.conf")
	program, err := devserver.FindMonitor("nginx", "nginx")
	if err != nil {
		t.Fatal("harness:", err)
	}
	if out, err := exec.CommandContext(t.Context(), program, "-t", "-p", dir, "-c", conf, "-e", "stderr").CombinedOutput(); err != nil {
		t.Fatalf("harness: nginx refuses the configuration: %v\n%s", err, out)
	}
	server := devserver.NewProcess(devserver.Spec{
		Name: "nginx", Path: program, Args: []string{"-p", dir, "-c", conf, "-e", filepath.Join(dir, "error.log"), "-g", "daemon off;"}, Dir: dir, Log: filepath.Join(dir, "nginx.log"),
		Ready: func(ctx context.Context) error {
			conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", at(1))
			if err != nil {
				return err
			}
			return conn.Close()
		},
	})
	if err := server.Start(within(t)); err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, server)
	return edge
}

// shortDir is a folder whose path leaves room for the path of a socket.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fp-") //nolint:usetesting // the test's own is too long for a socket
	if err != nil {
		t.Fatal("harness:", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func selfSigned(t testing.TB, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal("harness:", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal("harness:", err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal("harness:", err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal("harness:", err)
		}
	}
	return cert, key
}

// Answers is a server that answers every request by do, one at a time, until the
// test is over. It returns its address.
func Answers(t testing.TB, do http.HandlerFunc) (address string) {
	t.Helper()
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		do(w, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
