package backingup

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Progress hears how far a piece of work is; total is 0 while nobody knows.
type Progress func(done, total int, message string)

// Engine knows one kind of data: how to take a copy of them that is of one
// moment, and how to bring a copy to life beside the original.
type Engine interface {
	Kind() operation.Kind
	Name() string
	// Capture writes files into folder, which is empty, and returns what was in
	// the data at that same moment.
	Capture(ctx context.Context, folder string, report Progress) (operation.Inventory, error)
	// Rehearse restores the files in folder into a scratch of that id, looks at
	// what came out, and removes the scratch whatever happens.
	Rehearse(ctx context.Context, id, folder string, report Progress) (Rehearsal, error)
	// Sweep removes the scratches of all ids but those that keep holds: what
	// runs that died have left behind.
	Sweep(ctx context.Context, keep func(id string) bool) (removed int, err error)
}

// Sized is an [Engine] that can tell how much room a copy takes.
type Sized interface {
	// Size estimates, in bytes, what Capture would write. It costs little.
	Size(ctx context.Context) (int64, error)
}

// Rehearsal is what restoring brought.
type Rehearsal struct {
	Inventory operation.Inventory
	Faults    []string // what restoring itself complained of
	Took      time.Duration
}
