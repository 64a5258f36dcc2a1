package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/domain"
)

// Replica answers reads of what all tenants share, while it is provably as new
// as the primary was a moment ago, and hands them to the primary otherwise. It
// knows by asking both: what the primary had written when it was asked, the
// replica must have replayed since. A server that was promoted is no replica any
// more, and is left alone: nothing else tells whose history it goes on with.
type Replica struct {
	primary, replica *bun.DB
	now              domain.Clock
	begin            time.Time
	// fresh is when, after begin, the primary was last asked for a position that the
	// replica has replayed by now; wrote is when this process last changed anything.
	fresh, wrote atomic.Int64

	asking sync.Mutex
	// awaited is a position of the primary, at is when it was asked for. While
	// everybody writes no replica ever has the newest position, but it soon has one.
	awaited string
	at      int64
}

const (
	// askEvery bounds how long a replica that has just fallen behind is believed in.
	askEvery = 200 * time.Millisecond
	// staleAfter is the oldest that an answer may be.
	staleAfter = time.Second
	askLimit   = time.Second
)

// OpenReplica returns a Replica at c.ReadURL of the database primary. What
// primary writes from now on is read from primary until the replica has it.
func OpenReplica(c Config, primary *bun.DB, now domain.Clock) (*Replica, error) {
	c.URL, c.ApplicationName = c.ReadURL, c.ApplicationName+"-read"
	replica, err := Open(c)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_READ_URL: %w", err)
	}
	r := &Replica{primary: primary, replica: replica, now: now, begin: now()}
	r.fresh.Store(-1)
	// It belongs on the pool that everybody has, before anybody uses it; the other way
	// to add one makes a copy.
	primary.AddQueryHook(writes{r}) //nolint:staticcheck // see above
	return r, nil
}

// Close lets go of the replica's connections.
func (r *Replica) Close() error { return r.replica.Close() }

// Keep asks both servers until ctx ends.
func (r *Replica) Keep(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		_ = r.Ask(ctx) // what it says is in what Lag returns
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

var (
	errBehind   = errors.New("the replica has not replayed what the primary has written")
	errPromoted = errors.New("DATABASE_READ_URL is no replica: it was promoted, or is the primary itself")
)

// Ask finds out once how new the replica is, and says why it may not be read
// from.
func (r *Replica) Ask(ctx context.Context) error {
	r.asking.Lock()
	defer r.asking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	err := r.compare(ctx)
	if err == nil {
		r.fresh.Store(r.at)
		r.awaited = ""
	} else if !errors.Is(err, errBehind) { // who is behind grows old by itself
		r.fresh.Store(-1)
		r.awaited = ""
	}
	return err
}

func (r *Replica) compare(ctx context.Context) error {
	if r.awaited == "" {
		r.at = int64(r.now().Sub(r.begin)) // before it is asked
		if err := r.primary.DB.QueryRowContext(ctx, `SELECT pg_current_wal_lsn()`).Scan(&r.awaited); err != nil {
			return fmt.Errorf("ask the primary for its position: %w", err)
		}
	}
	var replays, has bool
	err := r.replica.DB.QueryRowContext(ctx, `SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false)`, r.awaited).Scan(&replays, &has)
	switch {
	case err != nil:
		return fmt.Errorf("ask the replica for its position: %w", err)
	case !replays:
		return errPromoted
	case !has:
		return errBehind
	}
	return nil
}

// Wrote sends reads to the primary until the replica has what was written before.
func (r *Replica) Wrote() { r.wrote.Store(int64(r.now().Sub(r.begin))) }

// Lag is how long ago the replica was last as new as the primary, and whether it
// is read from.
func (r *Replica) Lag() (lag time.Duration, used bool) {
	fresh := time.Duration(r.fresh.Load())
	lag = r.now().Sub(r.begin) - max(fresh, 0)
	return lag, fresh >= 0 && lag <= staleAfter && int64(fresh) > r.wrote.Load()
}

// Reads is a database whose SELECTs may go to a replica.
type Reads struct{ *bun.DB }

// NewReads returns reads from r, or from primary alone when r is nil.
func NewReads(primary *bun.DB, r *Replica) Reads {
	if r == nil {
		return Reads{primary}
	}
	return Reads{bun.NewDB(primary.DB, pgdialect.New(), bun.WithConnResolver(r))}
}

var _ bun.ConnResolver = (*Replica)(nil)

// ResolveConn implements [bun.ConnResolver].
func (r *Replica) ResolveConn(context.Context, bun.Query) bun.IConn {
	if _, used := r.Lag(); used {
		return backed{r.replica.DB, r.primary.DB, r}
	}
	return nil
}

// backed asks the replica, and the primary when the replica has just gone. It is
// for reads, which may be asked twice. What changes anything goes to the primary.
type backed struct {
	replica, primary *sql.DB
	of               *Replica
}

// QueryContext implements [bun.IConn].
func (b backed) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := b.replica.QueryContext(ctx, query, args...)
	if err == nil || ctx.Err() != nil {
		return rows, err
	}
	b.of.fresh.Store(-1)
	return b.primary.QueryContext(ctx, query, args...)
}

// QueryRowContext implements [bun.IConn].
func (b backed) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	row := b.replica.QueryRowContext(ctx, query, args...)
	if row.Err() == nil || ctx.Err() != nil {
		return row
	}
	b.of.fresh.Store(-1)
	return b.primary.QueryRowContext(ctx, query, args...)
}

// ExecContext implements [bun.IConn].
func (b backed) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return b.primary.ExecContext(ctx, query, args...)
}

// writes marks when this process has changed something, so that it reads what
// it wrote.
type writes struct{ of *Replica }

// BeforeQuery implements [bun.QueryHook].
func (writes) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery implements [bun.QueryHook]. What begins with SELECT may call a
// function that writes, but those write nothing that all tenants share.
func (w writes) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if e.Operation() != "SELECT" {
		w.of.Wrote()
	}
}
