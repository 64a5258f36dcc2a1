package devserver

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresOptions say which PostgreSQL to run. Dir is needed.
type PostgresOptions struct {
	Dir string // keeps the data, the superuser's password and the log; made when missing
	// Volatile trades safety against a crash of the machine for speed: for tests.
	// What was committed still survives the death of the server.
	Volatile bool
	// Checksums makes data, at first, with checksums of pages: backups check them.
	Checksums bool
	// Settings are further server settings, such as shared_preload_libraries.
	Settings map[string]string
}

// Postgres is a private PostgreSQL server that listens on 127.0.0.1 and on a
// unix socket, and asks everybody for a password.
type Postgres struct {
	*Process
	cluster *cluster
	port    int
	socket  string
	// ownSocket is true when Stop removes the socket's folder.
	ownSocket bool
}

// StartPostgres starts a server over the data in o.Dir, making it at first. The
// data may be of a server that was killed. The context bounds the start only.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	c, err := openCluster(ctx, dir, o.Checksums)
	if err != nil {
		return nil, fmt.Errorf("prepare PostgreSQL in %s: %w", dir, err)
	}
	p := &Postgres{cluster: c}
	if err := p.makeSocketFolder(ctx, dir); err != nil {
		return nil, fmt.Errorf("prepare PostgreSQL in %s: %w", dir, err)
	}
	if err := clearLeftover(ctx, c.data); err != nil {
		p.removeSocketFolder()
		return nil, err
	}
	process, ports, err := StartOnPorts(ctx, anyPorts(1), func(ports []int) Spec { return p.spec(o, dir, ports[0]) })
	if err != nil {
		p.removeSocketFolder()
		return nil, err
	}
	p.Process, p.port = process, ports[0]
	return p, nil
}

// Start starts the stopped or killed server again, on its port.
func (p *Postgres) Start(ctx context.Context) error {
	if p.ownSocket { // Stop has removed it
		if err := p.socketFolderAt(p.socket); err != nil {
			return err
		}
	}
	if err := clearLeftover(ctx, p.cluster.data); err != nil {
		return err
	}
	return p.Process.Start(ctx)
}

// Stop ends the server: sessions are cut off, data is written, see
// [Process.Stop].
func (p *Postgres) Stop(ctx context.Context) error {
	defer p.removeSocketFolder()
	return p.Process.Stop(ctx)
}

// URL is where the superuser finds a database, over TCP.
func (p *Postgres) URL(database string) string { return p.url(p.port, database) }

// Port is the TCP port on 127.0.0.1.
func (p *Postgres) Port() int { return p.port }

// SocketDir is the folder of the unix socket.
func (p *Postgres) SocketDir() string { return p.socket }

// BinDir holds the programs of the server's version, such as pg_dump.
func (p *Postgres) BinDir() string { return p.cluster.install.bin }

// DataDir is the folder of the server's files.
func (p *Postgres) DataDir() string { return p.cluster.data }

func (p *Postgres) url(port int, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", p.cluster.password),
		Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (p *Postgres) spec(o PostgresOptions, dir string, port int) Spec {
	s := Spec{
		Name: "PostgreSQL", Path: filepath.Join(p.cluster.install.bin, "postgres"),
		Args: []string{"-D", p.cluster.path(p.cluster.data)}, Env: serverEnv(), Dir: "/",
		Log: filepath.Join(dir, "postgres.log"), Credential: p.cluster.account,
		Ready: func(ctx context.Context) error { return pingPostgres(ctx, p.url(port, "postgres")) },
		// SIGINT is the fast shutdown. SIGQUIT leaves recovery to the next start,
		// but takes the backends along at once.
		Stop: syscall.SIGINT, Orphaned: syscall.SIGQUIT, Grace: 30 * time.Second,
	}
	if p.cluster.hidden {
		s.Folder = p.cluster.data
	}
	settings := settingsOf(o, port, p.socket)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		s.Args = append(s.Args, "-c", name+"="+settings[name])
	}
	return s
}

func settingsOf(o PostgresOptions, port int, socket string) map[string]string {
	settings := map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(port),
		"unix_socket_directories": strconv.Quote(socket), "unix_socket_permissions": "0700",
		"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC", "logging_collector": "off",
	}
	if o.Volatile {
		maps.Copy(settings, map[string]string{"fsync": "off", "full_page_writes": "off"})
	}
	maps.Copy(settings, o.Settings)
	return settings
}

func pingPostgres(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return conn.Ping(ctx)
}
