package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/pausing"
)

var (
	_ exclusion.Leases = (*Leases)(nil)
	_ pausing.Pauses   = (*Leases)(nil)
)

// Leases are claims on resources, timed by PostgreSQL's clock.
type Leases struct{ db *bun.DB }

// NewLeases returns the claims in db.
func NewLeases(db *bun.DB) *Leases { return &Leases{db: db} }

// Acquire implements [exclusion.Leases] in one statement: of two that come at
// once, one waits for the other's row and finds it taken.
func (l *Leases) Acquire(ctx context.Context, c exclusion.Claim, ttl time.Duration) error {
	result, err := l.db.ExecContext(ctx, `
		INSERT INTO leases AS l (resource, holder, purpose, acquired_at, expires_at)
		VALUES (?, ?, ?, clock_timestamp(), clock_timestamp() + make_interval(secs => ?))
		ON CONFLICT (resource) DO UPDATE SET
			acquired_at = CASE WHEN l.holder = excluded.holder AND l.expires_at > clock_timestamp() THEN l.acquired_at ELSE excluded.acquired_at END,
			holder = excluded.holder, purpose = excluded.purpose, expires_at = excluded.expires_at
		WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()`,
		c.Resource, c.Holder, c.Purpose, ttl.Seconds())
	if err != nil {
		return fmt.Errorf("acquire %s: %w", c.Resource, err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return l.held(ctx, c.Resource)
}

// held says who has it.
func (l *Leases) held(ctx context.Context, resource string) error {
	var (
		holder, purpose string
		since           time.Time
	)
	err := l.db.NewRaw(`SELECT holder, purpose, acquired_at FROM leases WHERE resource = ?`, resource).Scan(ctx, &holder, &purpose, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Errorf(domain.Unavailable, exclusion.ErrHeld.Code, "the %s was just given back", resource)
	}
	if err != nil {
		return fmt.Errorf("who holds %s: %w", resource, err)
	}
	return domain.Errorf(domain.Unavailable, exclusion.ErrHeld.Code,
		"the %s is in use since %s: %s (%s)", resource, since.UTC().Format(time.RFC3339), purpose, holder)
}

// Release implements [exclusion.Leases].
func (l *Leases) Release(ctx context.Context, c exclusion.Claim) error {
	if _, err := l.db.ExecContext(ctx, `UPDATE leases SET expires_at = clock_timestamp() WHERE resource = ? AND holder = ? AND expires_at > clock_timestamp()`, c.Resource, c.Holder); err != nil {
		return fmt.Errorf("release %s: %w", c.Resource, err)
	}
	return nil
}

// skew is how much the clock that a backup's moment was taken from may be behind
// PostgreSQL's.
const skew = 5 * time.Second

// Void implements [exclusion.Leases].
func (l *Leases) Void(ctx context.Context, until time.Time) error {
	if _, err := l.db.ExecContext(ctx, `DELETE FROM leases WHERE acquired_at <= ?`, until.Add(skew)); err != nil {
		return fmt.Errorf("end claims of the past: %w", err)
	}
	return nil
}

// Last implements [pausing.Pauses].
func (l *Leases) Last(ctx context.Context) (p pausing.Pause, ok bool, err error) {
	var row struct {
		Holder, Purpose string
		AcquiredAt      time.Time
		Seconds         float64
	}
	err = l.db.NewRaw(`
		SELECT holder, purpose, acquired_at, extract(epoch FROM expires_at - clock_timestamp())::float8 AS seconds
		FROM leases WHERE resource = ?`, exclusion.Service).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("who has paused the service: %w", err)
	}
	left := time.Duration(row.Seconds * float64(time.Second))
	return pausing.Pause{Holder: row.Holder, Purpose: row.Purpose, Since: row.AcquiredAt.UTC(), Left: left}, true, nil
}
