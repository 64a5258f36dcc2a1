package pgtools

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// scratchServer is a server on restored files that nobody but its user can
// reach, by a socket in its folder. It takes nothing of what the original was
// set to: it neither archives, nor listens, nor loads.
type scratchServer struct {
	folder, data string
	programs     Programs
	reader       string // the role that sees all rows
	database     string
	at           address // the database, as a superuser of the original
	log          tail
	signal       func(syscall.Signal)
	ended        chan struct{}
	how          error // it ended; to be read after ended
}

// errEnded is about a server that ended instead of opening.
var errEnded = errors.New("it ended")

const (
	startPoll = 50 * time.Millisecond
	stopGrace = 30 * time.Second
)

// start starts the server and returns once it has gone through the log, as far
// as it is to, and is open for writing.
func (s *scratchServer) start(ctx context.Context) error {
	args, err := s.arguments()
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(s.programs.Dir, "postgres"), args...)     //nolint:noctx // its whole group is ended
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"} //nolint:forbidigo // restore_command needs a path, whatever the configuration is
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	s.programs.disguise(cmd)
	if s.signal, err = s.programs.Start(cmd); err != nil {
		return fmt.Errorf("start a scratch server: %w", err)
	}
	s.ended = make(chan struct{})
	go func() {
		s.how = cmd.Wait()
		s.signal(syscall.SIGKILL) // nothing of it stays behind
		close(s.ended)
	}()
	if err := s.awaitOpen(ctx); err != nil {
		s.kill()
		return err
	}
	return nil
}

// arguments outdo what the original was set to, also by ALTER SYSTEM.
func (s *scratchServer) arguments() ([]string, error) {
	rules, none := filepath.Join(s.folder, "pg_hba.conf"), filepath.Join(s.folder, "postgresql.conf")
	// The folder is closed to all others.
	err := errors.Join(os.WriteFile(rules, []byte("local all all trust\n"), 0o600), s.programs.give(rules),
		os.WriteFile(none, nil, 0o600), s.programs.give(none))
	args := []string{"-D", s.data}
	for _, setting := range []string{
		"config_file=" + none, "hba_file=" + rules, "ident_file=" + none,
		"listen_addresses=", "port=5432", "unix_socket_directories=" + quotedSetting(s.folder), "unix_socket_permissions=0700",
		"archive_mode=off", "hot_standby=off", "max_logical_replication_workers=0", "primary_conninfo=", "ssl=off", "shared_preload_libraries=", "session_preload_libraries=",
		"logging_collector=off", "log_destination=stderr", "log_timezone=UTC", "lc_messages=C", "log_min_messages=warning", "log_statement=none",
		"autovacuum=off", "fsync=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=30", "max_wal_senders=0", "max_prepared_transactions=100",
		"temp_tablespaces=", "statement_timeout=0", "cluster_name=football_scratch",
	} {
		args = append(args, "-c", setting)
	}
	return args, err
}

func quotedSetting(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

func (s *scratchServer) awaitOpen(ctx context.Context) error {
	tick := time.NewTicker(startPoll)
	defer tick.Stop()
	for {
		err := s.signIn(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("%w: %s: %s", errEnded, fmt.Sprint(s.how), last(s.log.String()))
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// signIn finds out who the superuser is.
func (s *scratchServer) signIn(ctx context.Context) error {
	query := url.Values{"host": {s.folder}, "port": {"5432"}}
	s.at = address{url: url.URL{Scheme: "postgres", User: url.User(s.reader), Path: "/" + s.database, RawQuery: query.Encode()}}
	conn, err := dial(ctx, s.at)
	if err != nil {
		return err
	}
	defer hangUp(ctx, conn)
	var name string
	if err := conn.QueryRow(ctx, `SELECT rolname::text FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 1`).Scan(&name); err != nil {
		return err
	}
	s.at.url.User = url.User(name)
	return nil
}

// as is the database as the superuser who becomes role.
func (s *scratchServer) as(role string) address {
	at := s.at
	at.role = role
	return at
}

// replayed is when the last transaction was committed that recovery went
// through; zero when there was none.
func (s *scratchServer) replayed(ctx context.Context) (time.Time, error) {
	conn, err := dial(ctx, s.at)
	if err != nil {
		return time.Time{}, err
	}
	defer hangUp(ctx, conn)
	var at *time.Time
	if err := conn.QueryRow(ctx, `SELECT pg_last_xact_replay_timestamp()`).Scan(&at); err != nil || at == nil {
		return time.Time{}, err
	}
	return at.UTC(), nil
}

var lastTransaction = regexp.MustCompile(`last completed transaction was at log time ([0-9-]+ [0-9:.]+\+00)`)

// lastTransaction is what the server says of the same when it gave up.
func (s *scratchServer) lastTransaction() string {
	match := lastTransaction.FindStringSubmatch(s.log.String())
	if match == nil {
		return ""
	}
	return match[1]
}

// stop lets the server write what it has.
func (s *scratchServer) stop(ctx context.Context) error {
	s.signal(syscall.SIGINT)
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
		s.kill()
		return context.Cause(ctx)
	case <-grace.C:
		s.kill()
		return errors.New("the scratch server did not stop in order")
	}
}

func (s *scratchServer) kill() {
	s.signal(syscall.SIGKILL)
	<-s.ended
}

// tail keeps the end of what a program prints.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// keptLog is enough for the end of a recovery.
const keptLog = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(p)
	if over := t.text.Len() - keptLog; over > 0 {
		t.text.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
