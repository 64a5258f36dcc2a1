package pgtools

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// recovery is where to begin, and where to go.
type recovery struct {
	from copied
	// arguments are pgBackRest's for the target.
	arguments []string
}

// toPoint goes to the moment that a copy was compared at.
func toPoint(c copied) recovery {
	return recovery{from: c, arguments: []string{"--type=name", "--target=" + c.point, "--target-action=promote"}}
}

// recoveryTo chooses the copy that the way to target begins with.
func recoveryTo(all []copied, t backingup.Target) (recovery, error) {
	from, err := beginning(all, t)
	switch {
	case err != nil:
		return recovery{}, err
	case !t.Time.IsZero():
		return recovery{from: from, arguments: []string{
			"--type=time", "--target=" + t.Time.UTC().Format("2006-01-02 15:04:05.999999+00"), "--target-action=promote",
		}}, nil
	case t.Backup != "":
		return toPoint(from), nil
	default:
		return recovery{from: from, arguments: []string{"--type=default"}}, nil
	}
}

func beginning(all []copied, t backingup.Target) (copied, error) {
	if t.Backup != "" {
		c := copyOf(all, t.Backup)
		switch {
		case c == nil:
			return copied{}, backingup.ErrUnknown
		case t.Time.IsZero() && c.point == "":
			return copied{}, domain.Errorf(domain.Conflict, backingup.ErrNotThere.Code, "backup %s was not completed", t.Backup)
		case !t.Time.IsZero() && t.Time.Before(c.stop):
			return copied{}, outside("backup %s is of %s, and cannot go back before it", t.Backup, c.stop.Format(time.RFC3339))
		}
		return *c, nil
	}
	if len(all) == 0 {
		return copied{}, outside("the repository holds no copy yet")
	}
	for i := len(all) - 1; i >= 0; i-- {
		if t.Time.IsZero() || !t.Time.Before(all[i].stop) {
			return all[i], nil
		}
	}
	return copied{}, outside("the oldest moment that can be restored is %s", all[0].stop.Format(time.RFC3339))
}

func outside(format string, args ...any) error {
	return domain.Errorf(domain.Invalid, backingup.ErrOutside.Code, format, args...)
}

// lay has pgBackRest write a server's files into dir.
func (a *Archive) lay(ctx context.Context, r recovery, dir string, more ...string) error {
	args := append([]string{"restore", "--set=" + r.from.label, "--pg1-path=" + dir, "--tablespace-map-all=" + dir + ".tablespaces"}, r.arguments...)
	_, err := a.run(ctx, append(args, more...)...)
	return err
}

// scratchFolder begins the names of folders that servers are recovered in, and
// longestScratch leaves room for an id and a socket in the 107 bytes of its path.
const (
	scratchFolder  = "football-recovery-"
	longestScratch = 107 - len("/"+scratchFolder+"01234567-89ab-cdef-0123-456789abcdef/.s.PGSQL.5432") - 1
)

// recovered lends a server that was recovered in a scratch folder, and removes
// it whatever happens.
func (a *Archive) recovered(ctx context.Context, id string, r recovery, report backingup.Progress, use func(*scratchServer) error) (err error) {
	folder := filepath.Join(a.scratch, scratchFolder+id)
	// An attempt before may have left it.
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := a.backrest.folder(folder); err != nil {
		return domain.Errorf(domain.Unavailable, backingup.ErrScratch.Code, "no folder can be made to recover in: %s", err)
	}
	s := &scratchServer{folder: folder, data: filepath.Join(folder, "data"), programs: a.programs, reader: a.source.url.User.Username(), database: a.source.database()}
	s.programs.As = a.backrest.As
	report(0, 0, "restoring the server's files")
	if err := a.lay(ctx, r, s.data, "--archive-mode=off"); err != nil {
		return err
	}
	report(0, 0, "going through the log")
	if err := s.start(ctx); err != nil {
		if !errors.Is(err, errEnded) {
			return err
		}
		return a.stranded(ctx, r, s, err)
	}
	defer s.kill()
	return use(s)
}

// stranded tells why recovery did not reach its target.
func (a *Archive) stranded(ctx context.Context, r recovery, s *scratchServer, err error) error {
	said := s.log.String()
	if match := complaint.FindStringSubmatch(said); match != nil && !strings.Contains(said, "info file") {
		// The way to the repository is at fault, and not what is in it.
		if _, passes := asFault(meaning(&failure{complaint: said})); passes != nil {
			return passes
		}
	}
	if !strings.Contains(said, "recovery ended before configured recovery target was reached") {
		return damage("the server cannot be started on what was restored: " + err.Error())
	}
	segments, failed := a.segments(ctx)
	if failed != nil {
		return failed
	}
	last := "where the log of the repository ends"
	if gap := segments.run(r.from); gap.missing != "" {
		last = "since the repository's log lacks " + gap.missing
	}
	if at := s.lastTransaction(); at != "" {
		last += ", after the transaction of " + at
	}
	return damage("recovery ends before its target, " + last)
}

// rested has the server stop in order, and checks all pages when they carry
// checksums.
func (a *Archive) rested(ctx context.Context, s *scratchServer) error {
	if err := s.stop(ctx); err != nil {
		return err
	}
	state, err := s.programs.run(ctx, a.source.environment(""), "pg_controldata", s.data)
	if err != nil || !strings.Contains(state, "Data page checksum version:           1") {
		return err
	}
	_, err = s.programs.run(ctx, a.source.environment(""), "pg_checksums", "--check", "--pgdata="+s.data)
	fault, other := told(err)
	if fault != "" {
		return damage("pg_checksums finds it corrupt: " + fault)
	}
	return other
}

// Rehearse implements [backingup.Repository]. The server is recovered to the
// moment at which its rows were counted and hashed, so whatever log is needed to
// get there is proven with it.
func (a *Archive) Rehearse(ctx context.Context, id string, report backingup.Progress) (r backingup.Rehearsal, err error) {
	err = a.rehearse(ctx, id, &r, report)
	fault, err := asFault(err)
	if fault != "" {
		r.Faults = append(r.Faults, fault)
	}
	return r, err
}

func (a *Archive) rehearse(ctx context.Context, id string, r *backingup.Rehearsal, report backingup.Progress) error {
	all, err := a.copies(ctx)
	if err != nil {
		return err
	}
	c := copyOf(all, id)
	switch {
	case c == nil:
		return damage("the repository has no copy of this backup")
	case c.point == "":
		return damage("the copy was never completed")
	case c.damaged:
		r.Faults = append(r.Faults, "pages of the server's own files were damaged when they were copied: their checksums were wrong")
	}
	began := a.now()
	return a.recovered(ctx, id, toPoint(*c), report, func(s *scratchServer) error {
		r.Took = a.now().Sub(began)
		if err := takeStock(ctx, s.as(s.reader), a.jobs, r, report); err != nil {
			return err
		}
		if err := a.programs.amcheck(ctx, s.at, r, report, "--all", "--install-missing", fmt.Sprintf("--jobs=%d", a.jobs), "--maintenance-db="+s.at.url.String()); err != nil {
			return err
		}
		return a.rested(ctx, s)
	})
}
