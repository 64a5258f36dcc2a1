package backingup

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// Target is a moment to go back to. Without anything, it is the newest that
// there is.
type Target struct {
	// Time is the moment: what was committed later is not there.
	Time time.Time
	// Backup, without a time, is the moment that the backup of this id was
	// compared at when it was verified. With a time, it is the backup to go
	// forward from, instead of the newest before the time.
	Backup string
}

// Arrival is what recovery has come to.
type Arrival struct {
	// Last is when the last transaction was committed that is there; zero when
	// there was none after the backup that recovery began with.
	Last      time.Time
	Inventory operation.Inventory
	Took      time.Duration
}

// Timeline is a [Repository] that has the log between its copies as well, and
// so restores any moment.
type Timeline interface {
	// Spans are the ranges of time that can be restored, oldest first. Where the
	// log lacks something, one ends and the next begins. It reads the repository
	// only, and works when the server is lost.
	Spans(ctx context.Context) ([]operation.Span, error)
	// Flush has the server send what has happened until now, and returns the
	// newest moment that can then be restored.
	Flush(ctx context.Context) (time.Time, error)
	// Inspect recovers a scratch of that id to target, writes the database's
	// files into folder as the engine of dumps would have at that moment, for
	// restoring into a fresh database of a running server, and removes the
	// scratch whatever happens. Without a folder it only takes stock, as a preview.
	Inspect(ctx context.Context, id string, target Target, folder string, report Progress) (Arrival, error)
	// RestoreTo writes the files of the whole server into dir, which is empty or
	// not there. A server that is started on them goes on to target by itself and
	// then opens for writing.
	RestoreTo(ctx context.Context, target Target, dir string, report Progress) error
	// Check reads all that the repository holds and tells what is wrong with it:
	// what is damaged, and where the log lacks something.
	Check(ctx context.Context) (faults []string, err error)
}

// ErrOutside is about a moment that cannot be restored; the detail says which
// can.
var ErrOutside = &domain.Error{Kind: domain.Invalid, Code: "backup.outside"}

// ErrUnarchived is about a server that does not send its log to the repository;
// the detail says what to set.
var ErrUnarchived = &domain.Error{Kind: domain.Conflict, Code: "backup.unarchived"}

// ErrBusy passes: writers left no moment in which all tables stood still.
var ErrBusy = &domain.Error{Kind: domain.Unavailable, Code: "backup.busy"}
