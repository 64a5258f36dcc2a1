package pgtools

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// Flush implements [backingup.Timeline]. Recovery to a time ends where it meets
// a transaction that is later, so there must be one: an empty one with a number.
func (a *Archive) Flush(ctx context.Context) (at time.Time, err error) {
	if _, err := a.server(ctx); err != nil {
		return at, err
	}
	conn, err := dial(ctx, a.source)
	if err != nil {
		return at, err
	}
	defer hangUp(ctx, conn)
	if err := conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&at); err != nil {
		return at, err
	}
	var segment string
	if err := conn.QueryRow(ctx, `SELECT pg_walfile_name(pg_current_wal_insert_lsn()) FROM pg_current_xact_id()`).Scan(&segment); err != nil {
		return at, fmt.Errorf("commit an empty transaction: %w", err)
	}
	return at.UTC(), a.awaitArchived(ctx, segment)
}

// Inspect implements [backingup.Timeline].
func (a *Archive) Inspect(ctx context.Context, id string, target backingup.Target, folder string, report backingup.Progress) (backingup.Arrival, error) {
	var arrival backingup.Arrival
	r, err := a.recovery(ctx, target)
	if err != nil {
		return arrival, err
	}
	began := a.now()
	err = a.recovered(ctx, id, r, report, func(s *scratchServer) error {
		arrival.Took = a.now().Sub(began)
		if arrival.Last, err = s.replayed(ctx); err != nil {
			return fmt.Errorf("ask how far recovery went: %w", err)
		}
		if folder == "" {
			var seen backingup.Rehearsal
			err := takeStock(ctx, s.as(s.reader), a.jobs, &seen, report)
			arrival.Inventory = seen.Inventory
			return err
		}
		dumps := &Dumps{source: s.at, jobs: a.jobs, programs: a.programs, now: a.now}
		arrival.Inventory, err = dumps.Capture(ctx, folder, report)
		return err
	})
	return arrival, unreachable(err, target)
}

// unreachable tells that a time lies beyond the log from what is damaged.
func unreachable(err error, t backingup.Target) error {
	var d damage
	if errors.As(err, &d) && !t.Time.IsZero() && strings.HasPrefix(string(d), "recovery ends before its target") {
		return outside("%s cannot be reached: %s", t.Time.UTC().Format(time.RFC3339Nano), d)
	}
	return asError(err)
}

func (a *Archive) recovery(ctx context.Context, t backingup.Target) (recovery, error) {
	all, err := a.copies(ctx)
	if err != nil {
		return recovery{}, asError(err)
	}
	return recoveryTo(all, t)
}

// RestoreTo implements [backingup.Timeline].
func (a *Archive) RestoreTo(ctx context.Context, target backingup.Target, dir string, report backingup.Progress) error {
	r, err := a.recovery(ctx, target)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return domain.Errorf(domain.Conflict, "backup.not_empty", "%s is not empty; nothing is written over the files of a server", dir)
	}
	if err := a.backrest.folder(dir); err != nil {
		return err
	}
	report(0, 0, "restoring the server's files")
	return asError(a.lay(ctx, r, dir))
}

// Check implements [backingup.Timeline].
func (a *Archive) Check(ctx context.Context) ([]string, error) {
	text, err := a.run(ctx, "verify", "--output=text")
	if fault, err := asFault(err); err != nil || fault != "" {
		return []string{fault}, err
	}
	faults := damages(text)
	all, err := a.copies(ctx)
	if err != nil {
		return nil, asError(err)
	}
	for _, c := range all {
		if c.damaged {
			faults = append(faults, fmt.Sprintf("copy %s: pages of the server's own files were damaged when they were copied", c.label))
		}
	}
	spans, err := a.Spans(ctx)
	for _, s := range spans {
		if s.Missing != "" {
			faults = append(faults, fmt.Sprintf("the log lacks %s: what was written from %s to the next copy cannot be restored", s.Missing, s.To.Format(time.RFC3339)))
		}
	}
	return faults, err
}

// damages are the lines of pgBackRest's report that tell of some, each with the
// line after it, which counts.
func damages(report string) []string {
	var faults []string
	of := ""
	for line := range strings.Lines(report) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "backup:"), strings.HasPrefix(line, "archiveId:"):
			of = line
		case strings.Contains(line, "invalid:"), strings.HasPrefix(line, "missing:"), strings.HasPrefix(line, "other:"):
			if strings.Trim(line, "abcdefghijklmnopqrstuvwxyz:, 0") != "" {
				faults = append(faults, of+": "+line)
			}
		}
	}
	return faults
}
