package pgtools

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

const archivePoll = 100 * time.Millisecond

// awaitArchived has the server end the piece of the log that it writes, and
// waits until the repository has all up to segment.
func (a *Archive) awaitArchived(ctx context.Context, segment string) error {
	conn, err := dial(ctx, a.source.in(central))
	if err != nil {
		return err
	}
	defer hangUp(ctx, conn)
	if _, err := conn.Exec(ctx, `SELECT pg_switch_wal()`); err != nil {
		return fmt.Errorf("end a piece of the log: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, a.patience, errLate)
	defer cancel()
	tick := time.NewTicker(archivePoll)
	defer tick.Stop()
	for {
		done, failing, err := archived(ctx, conn, segment)
		if done {
			return nil
		}
		if err == nil {
			select {
			case <-tick.C:
				continue
			case <-ctx.Done():
			}
		}
		if context.Cause(ctx) == errLate { //nolint:errorlint // the very one
			return domain.Errorf(domain.Conflict, backingup.ErrUnarchived.Code,
				"the server's log does not reach the repository: %s was not there after %s%s; the server's own log tells what archive_command complains of", segment, a.patience, failing)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("ask whether the log was archived: %w", err)
	}
}

var errLate = errors.New("the log was not archived in time")

// archived asks the server. Names of pieces sort in the order of the log; those
// of other files in it begin with one.
func archived(ctx context.Context, conn *pgx.Conn, segment string) (done bool, failing string, err error) {
	err = conn.QueryRow(ctx, `
		SELECT coalesce(last_archived_wal ~ '^[0-9A-F]{24}' AND left(last_archived_wal, 24) >= $1, false),
			CASE WHEN last_failed_time > coalesce(last_archived_time, '-infinity') THEN ', and it fails to send ' || last_failed_wal ELSE '' END
		FROM pg_stat_archiver`, segment).Scan(&done, &failing)
	return done, failing, err
}
