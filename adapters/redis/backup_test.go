package redis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/test/harness"
)

// source is a Redis that is backed up.
type source struct {
	url    string
	server *devserver.Redis
	client *goredis.Client
	engine *redis.Backups
}

func newSource(t *testing.T) *source {
	t.Helper()
	s := &source{}
	s.url, s.server = harness.PrivateRedis(t)
	s.client, s.engine = connect(t, s.url), backups(t, redis.BackupConfig{URL: s.url})
	// Redis would wait five seconds for more replicas to come.
	must(t, s.client.ConfigSet(t.Context(), "repl-diskless-sync-delay", "0").Err())
	return s
}

func connect(t *testing.T, url string) *goredis.Client {
	t.Helper()
	options, err := goredis.ParseURL(url)
	must(t, err)
	c := goredis.NewClient(options)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func backups(t *testing.T, c redis.BackupConfig) *redis.Backups {
	t.Helper()
	c.Programs.Start, c.Now = devserver.StartInGroup, time.Now
	b, err := redis.NewBackups(c)
	must(t, err)
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quiet(int, int, string) {}

// fill writes something of every type, with and without an end, into two
// databases.
func (s *source) fill(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	_, err := s.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for n := range 500 {
			p.Set(ctx, fmt.Sprintf("string:%d", n), n, 0)
			p.Set(ctx, fmt.Sprintf("soon:%d", n), n, time.Hour)
		}
		p.RPush(ctx, "list", "a", "b", "c")
		p.SAdd(ctx, "set", "a", "b", "c")
		p.ZAdd(ctx, "sorted", goredis.Z{Score: 1, Member: "a"}, goredis.Z{Score: 2, Member: "b"})
		p.HSet(ctx, "hash", "field", "value")
		p.XAdd(ctx, &goredis.XAddArgs{Stream: "stream", Values: []string{"field", "value"}})
		p.FunctionLoad(ctx, "#!lua name=library\nredis.register_function('one', function() return 1 end)")
		return nil
	})
	must(t, err)
	other := s.client.Conn()
	defer func() { _ = other.Close() }()
	must(t, other.Select(ctx, 7).Err())
	must(t, other.Set(ctx, "elsewhere", "value", 0).Err())
	must(t, other.Select(ctx, 0).Err())
}

// capture takes a copy and returns its folder and what is in it.
func capture(t *testing.T, e backingup.Engine) (string, operation.Inventory) {
	t.Helper()
	folder := t.TempDir()
	inventory, err := e.Capture(t.Context(), folder, quiet)
	must(t, err)
	return folder, inventory
}

// faults restores the copy in folder and says what is wrong with it.
func faults(t *testing.T, e backingup.Engine, folder string, was operation.Inventory) string {
	t.Helper()
	r, err := e.Rehearse(t.Context(), "id", folder, quiet)
	must(t, err)
	leavesNothing(t, folder)
	return strings.Join(append(r.Faults, operation.Compare(was, r.Inventory)...), "; ")
}

// leavesNothing looks for files that are no copies, and for servers that work
// below the folder.
func leavesNothing(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".rdb" {
			t.Errorf("%s is left", e.Name())
		}
	}
	processes, err := filepath.Glob("/proc/[0-9]*/cwd")
	must(t, err)
	for _, link := range processes {
		if at, err := os.Readlink(link); err == nil && strings.HasPrefix(at, folder) {
			t.Errorf("%s still works in %s", link, at)
		}
	}
}

func TestRedisBackupHoldsEverything(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	s.fill(t)
	for _, diskless := range []string{"yes", "no"} {
		must(t, s.client.ConfigSet(t.Context(), "repl-diskless-sync", diskless).Err())
		folder, inventory := capture(t, s.engine)
		leavesNothing(t, folder)
		want := []operation.Set{{Name: "redis database 0", Rows: 1005, Hash: "500 expire"}, {Name: "redis database 7", Rows: 1, Hash: "0 expire"}}
		if fmt.Sprint(inventory.Sets) != fmt.Sprint(want) || len(inventory.Objects) != 2 || !strings.HasPrefix(inventory.Server, "Redis ") {
			t.Errorf("diskless %s: %+v", diskless, inventory)
		}
		if got := faults(t, s.engine, folder, inventory); got != "" {
			t.Errorf("diskless %s: %s", diskless, got)
		}
	}
	size, err := s.engine.Size(t.Context())
	if err != nil || size < 100<<10 {
		t.Errorf("its size is estimated at %d: %v", size, err)
	}
}

func TestEmptyRedisIsBackedUp(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	folder, inventory := capture(t, s.engine)
	if got := faults(t, s.engine, folder, inventory); got != "" || inventory.Rows() != 0 {
		t.Errorf("%d keys; %s", inventory.Rows(), got)
	}
}

// A unix socket's path may have 107 bytes; a folder's may have more.
func TestScratchServersWorkInDeepFolders(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	folder := filepath.Join(t.TempDir(), strings.Repeat("deep", 30), strings.Repeat("er", 60))
	must(t, os.MkdirAll(folder, 0o700))
	if _, err := s.engine.Capture(t.Context(), folder, quiet); err != nil {
		t.Error(err)
	}
}

func TestPlantedFaultsInRedisAreFound(t *testing.T) {
	t.Parallel()
	change := func(with func([]byte) []byte) func(*testing.T, *source, string) {
		return func(t *testing.T, _ *source, folder string) {
			t.Helper()
			path := filepath.Join(folder, "redis.rdb")
			content, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(path, with(content), 0o600))
		}
	}
	// instead makes a copy of a Redis that is not quite the same.
	instead := func(do func(context.Context, *goredis.Client) error) func(*testing.T, *source, string) {
		return func(t *testing.T, s *source, folder string) {
			t.Helper()
			must(t, do(t.Context(), s.client))
			must(t, os.Remove(filepath.Join(folder, "redis.rdb")))
			_, err := s.engine.Capture(t.Context(), folder, quiet)
			must(t, err)
		}
	}
	for name, fault := range map[string]struct {
		plant func(*testing.T, *source, string)
		want  string
	}{
		"a flipped byte":   {change(func(c []byte) []byte { c[len(c)/2] ^= 1; return c }), "redis.rdb cannot be restored: redis-check-rdb: "},
		"truncated":        {change(func(c []byte) []byte { return c[:len(c)-20] }), "redis.rdb cannot be restored: redis-check-rdb: "},
		"empty":            {change(func([]byte) []byte { return nil }), "redis.rdb cannot be restored: redis-check-rdb: "},
		"of a newer Redis": {change(func(c []byte) []byte { return append([]byte("REDIS0999"), c[9:]...) }), "redis.rdb cannot be restored: "},
		"no file": {func(t *testing.T, _ *source, folder string) {
			t.Helper()
			must(t, os.Remove(filepath.Join(folder, "redis.rdb")))
		}, "there is no copy of Redis in it"},
		"a key less": {instead(func(ctx context.Context, c *goredis.Client) error {
			return c.Del(ctx, "string:7").Err()
		}), "redis database 0 has 1004 rows and had 1005"},
		"a value changed": {instead(func(ctx context.Context, c *goredis.Client) error {
			return c.Set(ctx, "string:7", "seven", 0).Err()
		}), "hash of all keys redis is "},
		"two values exchanged": {instead(func(ctx context.Context, c *goredis.Client) error {
			return errors.Join(c.Set(ctx, "string:7", "8", 0).Err(), c.Set(ctx, "string:8", "7", 0).Err())
		}), "hash of all keys redis is "},
		"an end forgotten": {instead(func(ctx context.Context, c *goredis.Client) error {
			return c.Persist(ctx, "soon:7").Err()
		}), "redis database 0 has its 1005 rows, but not with the contents that they had"},
		"another database": {instead(func(ctx context.Context, c *goredis.Client) error {
			return c.Do(ctx, "SWAPDB", "7", "8").Err()
		}), "redis database 7 is missing, with 1 rows"},
		"a function less": {instead(func(ctx context.Context, c *goredis.Client) error {
			return c.FunctionFlush(ctx).Err()
		}), "function library redis library is missing: LUA "},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSource(t)
			s.fill(t)
			folder, inventory := capture(t, s.engine)
			fault.plant(t, s, folder)
			if got := faults(t, s.engine, folder, inventory); !strings.Contains(got, fault.want) {
				t.Errorf("found %q", got)
			}
		})
	}
}

// A flipped byte in the value of a key that nobody reads is found, too: one for
// each twentieth of the file.
func TestAnyFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	s.fill(t)
	folder, inventory := capture(t, s.engine)
	path := filepath.Join(folder, "redis.rdb")
	content, err := os.ReadFile(path)
	must(t, err)
	for n := range 20 {
		at := n * len(content) / 20
		broken := bytes.Clone(content)
		broken[at] ^= 0x10
		must(t, os.WriteFile(path, broken, 0o600))
		if faults(t, s.engine, folder, inventory) == "" {
			t.Errorf("byte %d of %d was changed and nobody noticed", at, len(content))
		}
	}
}

func TestCancelledRedisBackupsLeaveNothing(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	s.fill(t)
	kept, _ := capture(t, s.engine)
	for name, work := range map[string]func(ctx context.Context, folder string, report backingup.Progress) error{
		"captured": func(ctx context.Context, folder string, report backingup.Progress) error {
			_, err := s.engine.Capture(ctx, folder, report)
			return err
		},
		"rehearsed": func(ctx context.Context, folder string, report backingup.Progress) error {
			must(t, os.CopyFS(folder, os.DirFS(kept)))
			_, err := s.engine.Rehearse(ctx, "id", folder, report)
			return err
		},
	} {
		for _, moment := range []string{"checking", "counting"} {
			if name == "captured" && moment == "checking" {
				continue
			}
			folder := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			err := work(ctx, folder, func(_, _ int, message string) {
				if strings.HasPrefix(message, moment) {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, cancelled at %s: %v", name, moment, err)
			}
			leavesNothing(t, folder)
		}
	}
}

// A master may take long to begin; who asked need not wait for it.
func TestCopyIsCancelledWhileRedisPreparesIt(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	must(t, s.client.ConfigSet(t.Context(), "repl-diskless-sync-delay", "600").Err())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	folder := t.TempDir()
	go func() {
		_, err := s.engine.Capture(ctx, folder, quiet)
		ended <- err
	}()
	eventually(t, "Redis knows that it is asked", func() bool {
		return strings.Contains(s.client.Info(t.Context(), "replication").Val(), "state=wait_bgsave")
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	leavesNothing(t, folder)
}

// A program that does not end is ended.
func TestProgramsAreCancelled(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	folder, _ := capture(t, s.engine)
	programs := t.TempDir()
	must(t, os.WriteFile(filepath.Join(programs, "redis-check-rdb"), []byte("#!/bin/sh\ntouch \"$0.begun\"\nsleep 600 & sleep 600\n"), 0o700))
	e := backups(t, redis.BackupConfig{URL: s.url, Programs: redis.Programs{Dir: programs}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := e.Rehearse(ctx, "id", folder, quiet)
		ended <- err
	}()
	eventually(t, "it has begun", func() bool {
		_, err := os.Stat(filepath.Join(programs, "redis-check-rdb.begun"))
		return err == nil
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	leavesNothing(t, folder)
}

func TestRedisThatCannotBeCopied(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	must(t, s.client.ACLSetUser(t.Context(), "weak", "on", ">hunter2", "+ping").Err())
	address := strings.TrimSuffix(s.url[strings.Index(s.url, "@")+1:], "/0")
	for name, test := range map[string]struct {
		url  string
		want error
	}{
		"a wrong password": {"redis://:hunter2@" + address, redis.ErrRefused},
		"no password":      {"redis://" + address, redis.ErrRefused},
		"no permission":    {"redis://weak:hunter2@" + address, redis.ErrRefused},
		"no server":        {"redis://:hunter2@127.0.0.1:1", redis.ErrAway},
		"no TLS":           {"rediss://:hunter2@" + address, redis.ErrAway},
		"half a file":      {"redis://" + speaking(t, "+OK\r\n+OK\r\n$1000\r\nREDIS0010"), redis.ErrAway},
		"half a stream":    {"redis://" + speaking(t, "+OK\r\n+OK\r\n\n$EOF:"+strings.Repeat("m", 40)+"\r\nREDIS0010mmm"), redis.ErrAway},
		"no Redis":         {"redis://" + speaking(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), redis.ErrAway},
		"a failed fork":    {"redis://" + speaking(t, "+OK\r\n+OK\r\n-BGSAVE failed, replication can't continue\r\n"), redis.ErrAway},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			_, err := backups(t, redis.BackupConfig{URL: test.url}).Capture(t.Context(), folder, quiet)
			if !errors.Is(err, test.want) {
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

// speaking listens as a server that says a text to all who connect.
func speaking(t *testing.T, text string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(text))
			// Closing at once could destroy what was not read yet.
			_ = conn.(*net.TCPConn).CloseWrite()
			go func() {
				_, _ = bytes.NewBuffer(nil).ReadFrom(conn)
				_ = conn.Close()
			}()
		}
	}()
	return l.Addr().String()
}

func TestMissingProgramsAreNamed(t *testing.T) {
	t.Parallel()
	s := newSource(t)
	e := backups(t, redis.BackupConfig{URL: s.url, Programs: redis.Programs{Dir: t.TempDir()}})
	if _, err := e.Capture(t.Context(), t.TempDir(), quiet); err == nil || !strings.Contains(err.Error(), "redis-server is not installed: on Debian run") {
		t.Errorf("error %v", err)
	}
}

// memory keeps records of backups.
type memory struct {
	mu  sync.Mutex
	all map[string]operation.Backup
}

func (m *memory) Save(_ context.Context, b operation.Backup) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[b.ID] = b
	return nil
}

func (m *memory) Get(_ context.Context, id string) (operation.Backup, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.all[id]
	if !ok {
		return b, backingup.ErrUnknown
	}
	return b, nil
}

func (*memory) List(context.Context, operation.Kind) ([]operation.Backup, error) { return nil, nil }

// A backup is verified each time while a thousand keys a second are written
// that live for 10 to 300 ms: many of those in the backup have
// expired when it is verified.
func TestRedisIsVerifiedWhileKeysAreWrittenAndExpire(t *testing.T) {
	t.Parallel()
	verifyUnderLoad(t, 3)
}

func verifyUnderLoad(t *testing.T, times int) {
	t.Helper()
	s := newSource(t)
	s.fill(t)
	key := filepath.Join(t.TempDir(), "backup.key")
	must(t, crypto.GenerateStreams(key))
	codec, err := crypto.OpenStreams(key)
	must(t, err)
	scratch := t.TempDir()
	keeper := backingup.NewKeeper(backingup.Parts{
		Bucket: objectstore.NewFolder(t.TempDir()), Codec: codec, Engines: []backingup.Engine{s.engine},
		Records: &memory{all: map[string]operation.Backup{}}, Program: "test", Scratch: scratch, Now: time.Now, Audit: unrecorded{},
	})
	began := time.Now()
	written := s.write(t)
	var expiring int64
	for n := range times {
		order := backingup.Order{ID: fmt.Sprintf("backup-%d", n), Kind: operation.Redis, Run: "test"}
		b, err := keeper.Make(t.Context(), order, quiet)
		must(t, err)
		// By now, some of its keys are gone from Redis.
		b, err = keeper.Verify(t.Context(), b.ID, quiet)
		must(t, err)
		if b.Status != operation.Verified {
			t.Errorf("backup %d is %s: %s", n, b.Status, b.Fault)
		}
		expiring += b.Rows - 1006
		leavesNothing(t, scratch)
	}
	n := written()
	if expiring <= 0 || n == 0 {
		t.Errorf("%d keys were written, %d were in the backups", n, expiring)
	}
	t.Logf("%d backups in %s; %d keys were written meanwhile, %.0f a second, and the backups hold %d that expire soon", times, time.Since(began).Round(time.Millisecond), n, float64(n)/time.Since(began).Seconds(), expiring)
}

// write sets a thousand keys a second until the returned function is called,
// which says how many they were.
func (s *source) write(t *testing.T) func() int {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		n := 0
		for {
			select {
			case <-ctx.Done():
				done <- n
				return
			case <-tick.C:
			}
			_, _ = s.client.Pipelined(context.WithoutCancel(ctx), func(p goredis.Pipeliner) error {
				for range 10 {
					p.Set(ctx, fmt.Sprintf("late:%d", n), n, time.Duration(10+n%30*10)*time.Millisecond)
					n++
				}
				return nil
			})
		}
	}()
	return func() int {
		stop()
		return <-done
	}
}

// unrecorded records nothing.
type unrecorded struct{}

func (unrecorded) Record(context.Context, auditing.Event) error { return nil }
