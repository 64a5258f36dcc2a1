package redis

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var (
	_ backingup.Engine = (*Backups)(nil)
	_ backingup.Sized  = (*Backups)(nil)
)

// BackupConfig says which Redis is backed up and with what.
type BackupConfig struct {
	// URL is the server, or what all nodes of a cluster have in common: user,
	// password and TLS. The user needs +ping, +replconf, +sync and +info, and of
	// a cluster +cluster|slots.
	URL string
	// Nodes are host:port of a cluster; none means that URL is the server.
	Nodes    []string
	Programs Programs // of a Redis no older than the one that is backed up
	Now      domain.Clock
}

// Backups back up Redis as the files that it feeds its replicas with. Only
// a server of its own can tell what is in such a file, so each is loaded into
// one when it is taken and again when it is verified.
type Backups struct {
	options  *redis.Options
	nodes    []string
	programs Programs
	now      domain.Clock
}

// NewBackups returns Backups.
func NewBackups(c BackupConfig) (*Backups, error) {
	options, err := redis.ParseURL(c.URL)
	if err != nil {
		// The library's text may repeat the password in the address.
		return nil, errors.New("REDIS_URL is not an address like redis://host:6379/0")
	}
	options.DialTimeout = dialTimeout
	options.ReadTimeout = askTimeout
	options.ContextTimeoutEnabled = true
	options.PoolSize = 1
	return &Backups{options: options, nodes: c.Nodes, programs: c.Programs, now: c.Now}, nil
}

const (
	dialTimeout = 5 * time.Second
	askTimeout  = 10 * time.Second
)

// Kind implements [backingup.Engine].
func (*Backups) Kind() operation.Kind { return operation.Redis }

// Name implements [backingup.Engine].
func (*Backups) Name() string { return "rdb" }

// The errors of backing up. All are about the server named in the detail.
var (
	// ErrAway may pass.
	ErrAway = &domain.Error{Kind: domain.Unavailable, Code: "backup.redis"}
	// ErrRefused does not pass by itself: a password, a permission, a server
	// that lets nobody copy it.
	ErrRefused = &domain.Error{Kind: domain.Forbidden, Code: "backup.redis_refused"}
)

// ending marks the files of a backup.
const ending = ".rdb"

// Capture implements [backingup.Engine]. Each master's file is of one moment;
// those of a cluster's masters follow each other. The inventory is that of the
// files, and not of servers that go on being written to.
func (b *Backups) Capture(ctx context.Context, folder string, report backingup.Progress) (operation.Inventory, error) {
	masters, err := b.masters(ctx)
	if err != nil {
		return operation.Inventory{}, err
	}
	for _, m := range masters {
		if err := b.fetch(ctx, m, filepath.Join(folder, m.file()), report); err != nil {
			return operation.Inventory{}, err
		}
	}
	if err := b.stayed(ctx, masters); err != nil {
		return operation.Inventory{}, err
	}
	var all operation.Inventory
	for _, m := range masters {
		t, err := b.load(ctx, filepath.Join(folder, m.file()), report)
		fault, err := told(err)
		if err != nil {
			return all, err
		}
		if fault != "" {
			// The copy came whole, so that it is the Redis of this machine that cannot read it.
			return all, fmt.Errorf("the copy of %s cannot be read here; is redis-server as new as that server? %s", m.options.Addr, fault)
		}
		add(&all, t.inventory)
	}
	return all, nil
}

// Size implements [backingup.Sized]: no copy takes more than the data take in
// memory.
func (b *Backups) Size(ctx context.Context) (int64, error) {
	masters, err := b.masters(ctx)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, m := range masters {
		text, err := m.info(ctx, "memory")
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(field(text, "used_memory"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s does not say how much memory it uses: %w", m.options.Addr, err)
		}
		sum += n
	}
	return sum, nil
}

// Sweep implements [backingup.Engine]. There is nothing to remove: a scratch
// server dies with us, and its files are in the folder that we are lent.
func (*Backups) Sweep(context.Context, func(id string) bool) (int, error) { return 0, nil }

// field is the value of a line name:value.
func field(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}
