package pgtools

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// central is the database in which the role that dumps may begin a backup and
// name a moment, see adapters/postgres. Grants on the server's own functions
// would go into a dump of the database that they were made in.
const central = "postgres"

// server is where the server is that is backed up.
type server struct {
	data, socket string
	port         int
}

// segmentSize is what pieces of the log are called by; nobody changes it.
const segmentSize = "16777216"

// server asks the server where it is, and refuses one that does not archive into
// this repository: without its log, a copy cannot be restored.
func (a *Archive) server(ctx context.Context) (s server, err error) {
	conn, err := dial(ctx, a.source.in(central))
	if err != nil {
		return s, err
	}
	defer hangUp(ctx, conn)
	set := make(map[string]string)
	rows, err := conn.Query(ctx, `SELECT name, setting FROM pg_settings
		WHERE name IN ('data_directory', 'unix_socket_directories', 'port', 'archive_mode', 'archive_command', 'wal_segment_size')`)
	if err != nil {
		return s, fmt.Errorf("ask the server where it is: %w", err)
	}
	var name, value string
	if _, err := pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		set[name] = value
		return nil
	}); err != nil {
		return s, fmt.Errorf("ask the server where it is: %w", err)
	}
	s.data = set["data_directory"]
	s.socket, _, _ = strings.Cut(set["unix_socket_directories"], ",")
	s.socket = strings.Trim(strings.TrimSpace(s.socket), `"`)
	if s.port, err = strconv.Atoi(set["port"]); err != nil {
		return s, fmt.Errorf("the server's port is %q", set["port"])
	}
	return s, a.fit(s, set)
}

func (a *Archive) fit(s server, set map[string]string) error {
	refuse := func(format string, args ...any) error {
		return domain.Errorf(domain.Conflict, backingup.ErrUnarchived.Code, format, args...)
	}
	switch {
	case s.data == "":
		return refuse("the role of BACKUP_DATABASE_URL may not read the server's settings: grant it pg_read_all_settings, see docs/point-in-time-recovery.md")
	case set["archive_mode"] == "off":
		return refuse("the server keeps no log for point-in-time recovery: set archive_mode = on and archive_command = '%s', then restart it", a.ArchiveCommand())
	case !strings.Contains(set["archive_command"], "archive-push") || !strings.Contains(set["archive_command"], a.conf()):
		return refuse("the server's log goes elsewhere: set archive_command = '%s' and reload it", a.ArchiveCommand())
	case set["wal_segment_size"] != segmentSize:
		return refuse("the server's log is in pieces of %s bytes; only those of 16 MiB are known here", set["wal_segment_size"])
	}
	ours, err := a.backrest.owns(s.data)
	switch {
	case err != nil:
		return refuse("the server's files are not on this machine, where pgBackRest must read them: %s", err)
	case !ours:
		return refuse("the server's files in %s belong to another user than pgBackRest would run as", s.data)
	}
	return nil
}

// signIn tells pgBackRest how to reach the server.
func (a *Archive) signIn(s server) []string {
	return []string{
		"--pg1-path=" + s.data, "--pg1-socket-path=" + s.socket, "--pg1-port=" + strconv.Itoa(s.port),
		"--pg1-user=" + a.source.url.User.Username(), "--pg1-database=" + central,
	}
}

func archiveName(version string, id int) string { return version + "-" + strconv.Itoa(id) }
