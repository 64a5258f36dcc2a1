package pgtools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var (
	_ backingup.Repository = (*Archive)(nil)
	_ backingup.Timeline   = (*Archive)(nil)
)

// ArchiveConfig says which server is backed up, and into what repository.
type ArchiveConfig struct {
	// BackupURL is the database whose rows are compared, as the role that sees
	// all rows and may begin a backup of the server. We run on the server's own
	// machine: pgBackRest reads its files and signs in over its unix socket.
	BackupURL string
	// OwnerURL is the same database as the owner of its tables, who may hold
	// them still for a moment.
	OwnerURL string
	// Dir keeps pgBackRest's configuration. The server's archive_command and a
	// restored server's restore_command name it, so it is a place that stays.
	Dir   string
	Store Store
	// Passphrase is what the repository is encrypted with.
	Passphrase string
	// Scratch is a folder with room for the whole server, which the server's user
	// can enter; the system's folder for such when empty.
	Scratch string
	// User is who PostgreSQL runs as, when we are root; postgres when empty.
	User string
	Jobs int // at once; 2 when 0
	// Patience is how long a piece of the log may take to reach the repository,
	// and the repository to answer; a minute when 0.
	Patience time.Duration
	// Programs are PostgreSQL's, of the server's version; pgbackrest is on PATH.
	Programs Programs
	Now      domain.Clock
}

// Archive backs up a whole server with pgBackRest: its files, and all that is
// written afterwards, as the log of the server (WAL). So any moment can be
// restored, of all databases of the server at once.
type Archive struct {
	source, owner address
	dir, scratch  string
	settings      string // the text of the configuration
	store         Store
	jobs          int
	patience      time.Duration
	programs      Programs // PostgreSQL's
	backrest      Programs
	now           domain.Clock
}

// NewArchive returns an Archive. It touches nothing.
func NewArchive(c ArchiveConfig) (*Archive, error) {
	a := &Archive{dir: c.Dir, scratch: c.Scratch, store: c.Store, jobs: cmp.Or(c.Jobs, 2), patience: cmp.Or(c.Patience, time.Minute), programs: c.Programs, now: c.Now}
	var err error
	if a.source, err = parseAddress(c.BackupURL); err != nil {
		return nil, fmt.Errorf("BACKUP_DATABASE_URL: %w", err)
	}
	if a.owner, err = parseAddress(c.OwnerURL); err != nil {
		return nil, fmt.Errorf("MIGRATE_DATABASE_URL: %w", err)
	}
	if !filepath.IsAbs(a.dir) || strings.ContainsAny(a.dir, "'\"\\%$`\n ") {
		return nil, fmt.Errorf("PGBACKREST_DIR %q is no absolute path of plain letters, as the server's settings need", a.dir)
	}
	if a.scratch == "" {
		a.scratch = os.TempDir()
	}
	if len(a.scratch) > longestScratch {
		return nil, fmt.Errorf("the folder %s for scratches has a path too long for the sockets in it: name one of at most %d bytes", a.scratch, longestScratch)
	}
	if c.Passphrase == "" {
		return nil, errors.New("the repository has no passphrase")
	}
	account, err := accountOf(c.User)
	if err != nil {
		return nil, err
	}
	a.backrest = Programs{Start: c.Programs.Start, As: account}
	a.settings, err = a.text(c)
	return a, err
}

// Kind implements [backingup.Repository].
func (*Archive) Kind() operation.Kind { return operation.Database }

// Name implements [backingup.Repository].
func (*Archive) Name() string { return "pgbackrest" }

// Address implements [backingup.Repository].
func (a *Archive) Address() string { return a.store.address() }

// ArchiveCommand is what the server's archive_command is to be. The server runs
// it in the folder of its files.
func (a *Archive) ArchiveCommand() string {
	return fmt.Sprintf(`pgbackrest --config=%s --stanza=%s --pg1-path="$PWD" archive-push %%p`, a.conf(), stanza)
}

// Sweep implements [backingup.Repository]. The servers on what it removes died
// with the run that started them.
func (a *Archive) Sweep(_ context.Context, keep func(id string) bool) (int, error) {
	found, err := filepath.Glob(filepath.Join(a.scratch, scratchFolder+"*"))
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, path := range found {
		if keep(strings.TrimPrefix(filepath.Base(path), scratchFolder)) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
