package pgtools

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var (
	_ backingup.Engine = (*Dumps)(nil)
	_ backingup.Sized  = (*Dumps)(nil)
)

// Config says which database is dumped and where dumps are tried out.
type Config struct {
	// Kind is what the database is of; operation.Database when empty. Others are
	// dumped as the role that owns all that is in them, which the role of
	// RestoreURL must be a member of.
	Kind operation.Kind
	// BackupURL is the database, as a role that sees all rows: without
	// BYPASSRLS, row-level security silently leaves some out.
	BackupURL string
	// RestoreURL is any database of a server to restore on, as a role that may
	// make databases there and become the owner of what is in them.
	RestoreURL string
	Jobs       int // at once; 2 when 0
	Programs   Programs
	Now        domain.Clock
}

// Dumps back up a database with pg_dump and restore it with pg_restore.
type Dumps struct {
	kind            operation.Kind
	owner           string // of what is in the database
	source, scratch address
	jobs            int
	programs        Programs
	now             domain.Clock
}

// NewDumps returns Dumps.
func NewDumps(c Config) (*Dumps, error) {
	source, err := parseAddress(c.BackupURL)
	if err != nil {
		return nil, fmt.Errorf("the address of the database to back up: %w", err)
	}
	role := owner
	if c.Kind != "" && c.Kind != operation.Database {
		role = source.url.User.Username()
	}
	scratch, err := parseAddress(c.RestoreURL)
	if err != nil {
		return nil, fmt.Errorf("RESTORE_DATABASE_URL: %w", err)
	}
	if scratch.database() == source.database() {
		// Nobody can rename the database that they are connected to.
		scratch = scratch.in(maintenanceDatabase)
	}
	if c.Jobs == 0 {
		c.Jobs = 2
	}
	return &Dumps{kind: cmp.Or(c.Kind, operation.Database), owner: role, source: source, scratch: scratch, jobs: c.Jobs, programs: c.Programs, now: c.Now}, nil
}

// maintenanceDatabase is on every server, for those who work on the others.
const maintenanceDatabase = "postgres"

// Kind implements [backingup.Engine].
func (d *Dumps) Kind() operation.Kind { return d.kind }

// Name implements [backingup.Engine].
func (*Dumps) Name() string { return "pg_dump" }

// ErrDatabase is about a server that does not let us in or goes away.
var ErrDatabase = &domain.Error{Kind: domain.Unavailable, Code: "backup.database"}

const dialTimeout = 10 * time.Second

func dial(ctx context.Context, at address) (*pgx.Conn, error) {
	c, err := at.config()
	if err != nil {
		return nil, err
	}
	if at.role != "" {
		c.RuntimeParams["role"] = at.role
	}
	c.ConnectTimeout = dialTimeout
	conn, err := pgx.ConnectConfig(ctx, c)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, domain.Errorf(domain.Unavailable, ErrDatabase.Code, "cannot connect to %s as %s: %s", at.database(), at.url.User.Username(), err)
	}
	return conn, nil
}

// hangUp closes a connection also for a caller who has gone.
func hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dialTimeout)
	defer cancel()
	_ = conn.Close(ctx)
}
