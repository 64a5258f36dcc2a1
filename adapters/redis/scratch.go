package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// taken is what a file turned out to hold.
type taken struct {
	inventory operation.Inventory
	took      time.Duration // to load it
}

// load loads the file at path into a server of its own and looks at what is in
// it. Where the file is at fault, [told] knows from the error.
func (b *Backups) load(ctx context.Context, path string, report backingup.Progress) (t taken, err error) {
	return t, b.lend(ctx, path, report, func(s scratch) (err error) {
		t.took = s.took
		report(0, 0, "counting and hashing all keys")
		t.inventory, err = takeStock(ctx, s.client(0), strings.TrimSuffix(filepath.Base(path), ending), s.major)
		return err
	})
}

// scratch is a server of our own that has loaded a file.
type scratch struct {
	dir    string
	major  int           // of its version
	took   time.Duration // to load the file
	opened map[int]*redis.Client
}

// client speaks to a database of it. It is closed with the server.
func (s scratch) client(database int) *redis.Client {
	if s.opened[database] == nil {
		o := scratchOptions(s.dir)
		o.DB = database
		s.opened[database] = redis.NewClient(o)
	}
	return s.opened[database]
}

func (s scratch) close() {
	for _, c := range s.opened {
		_ = c.Close()
	}
}

// lend loads the file at path into a server of its own and lends that. The
// server and its folder, which lies beside the file, are gone when it returns.
func (b *Backups) lend(ctx context.Context, path string, report backingup.Progress, use func(scratch) error) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), "server-")
	if err != nil {
		return local(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// The link, and not the file, is what the server could replace.
	if err := os.Symlink(path, filepath.Join(dir, dumpName)); err != nil {
		return local(err)
	}
	s := scratch{dir: dir, opened: make(map[int]*redis.Client)}
	if s.major, err = b.major(ctx, dir); err != nil {
		return err
	}
	began := b.now()
	server, err := b.programs.start(ctx, dir, scratchConfig(s.major), "redis-server", "-")
	if err != nil {
		return err
	}
	defer server.kill()
	defer s.close()
	if err := loaded(ctx, server, dir, s.client(0), report); err != nil {
		return err
	}
	s.took = b.now().Sub(began)
	err = use(s)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

const (
	dumpName   = "dump.rdb"
	socketName = "redis.sock"
	// mostDatabases is more than anybody's. Empty ones cost some bytes.
	mostDatabases = 16384
)

// scratchConfig is for a server that loads a file, answers questions and writes
// nothing. It is a replica, since a master would drop what has expired since
// the file was made, and no two looks at it would see the same. Nobody can be
// its master: nothing listens on port 0.
func scratchConfig(major int) string {
	lines := []string{
		"port 0", "unixsocket " + socketName, "unixsocketperm 700", "daemonize no", "loglevel warning", "dbfilename " + dumpName,
		`save ""`, "appendonly no", "databases " + strconv.Itoa(mostDatabases),
		"replicaof 127.0.0.1 0", "replica-serve-stale-data yes", "replica-read-only yes",
		"maxmemory 0", "rdbchecksum yes",
	}
	if major >= 7 {
		// Redis 6 knows neither: it lets anybody debug, and looks less closely.
		lines = append(lines, "enable-debug-command local", "sanitize-dump-payload yes")
	}
	return strings.Join(lines, "\n") + "\n"
}

func scratchOptions(dir string) *redis.Options {
	return &redis.Options{
		Dialer:      func(ctx context.Context, _, _ string) (net.Conn, error) { return dialSocket(ctx, dir) },
		ReadTimeout: -1, // hashing takes what it takes; when ctx ends, the server dies
		MaxRetries:  -1, PoolSize: 1, Protocol: 2, DisableIdentity: true,
	}
}

// longestSocket is what a unix socket's path may have on every system.
const longestSocket = 100

// dialSocket connects to the server in dir. Where its path is too long for
// a socket's, Linux also knows the folder by our descriptor of it.
func dialSocket(ctx context.Context, dir string) (net.Conn, error) {
	path := filepath.Join(dir, socketName)
	if len(path) > longestSocket {
		open, err := os.Open(dir)
		if err != nil {
			return nil, err
		}
		defer func() { _ = open.Close() }()
		path = fmt.Sprintf("/proc/self/fd/%d/%s", open.Fd(), socketName)
	}
	return (&net.Dialer{}).DialContext(ctx, "unix", path)
}

// interval is how often a server that is loading is asked how far it is.
const interval = 20 * time.Millisecond

// loaded returns when the server has loaded its file.
func loaded(ctx context.Context, server *running, dir string, client *redis.Client, report backingup.Progress) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for told := -1; ; {
		select {
		case <-server.ended:
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return server.failure()
		case <-tick.C:
		}
		// The library would log that the server is not there yet.
		conn, err := dialSocket(ctx, dir)
		if err != nil {
			continue
		}
		_ = conn.Close()
		text, err := client.Info(ctx, "persistence").Result()
		if err != nil {
			continue
		}
		if field(text, "loading") == "0" {
			return nil
		}
		percent, _ := strconv.ParseFloat(field(text, "loading_loaded_perc"), 64)
		if int(percent) != told {
			told = int(percent)
			report(told, 100, "per cent loaded into a scratch Redis")
		}
	}
}

var versionText = regexp.MustCompile(`\bv=(\d+)\.`)

// major is the major version of the redis-server at hand, such as 7.
func (b *Backups) major(ctx context.Context, dir string) (int, error) {
	text, err := b.programs.run(ctx, dir, "redis-server", "--version")
	if err != nil {
		return 0, err
	}
	match := versionText.FindStringSubmatch(text)
	if match == nil {
		return 0, fmt.Errorf("redis-server does not say its version: %.80q", text)
	}
	return strconv.Atoi(match[1])
}
