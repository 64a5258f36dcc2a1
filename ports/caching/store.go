package caching

import (
	"context"
	"time"
)

// Memory keeps answers in this process. It bounds their weight in all and
// forgets whatever it likes.
type Memory interface {
	Get(Slot) (value any, ok bool)
	// Set keeps a value of a weight in bytes.
	Set(s Slot, value any, weight int)
	Delete(Slot)
}

// Nothing is a [Memory] that keeps nothing.
type Nothing struct{}

// Get implements [Memory].
func (Nothing) Get(Slot) (any, bool) { return nil, false }

// Set implements [Memory].
func (Nothing) Set(Slot, any, int) {}

// Delete implements [Memory].
func (Nothing) Delete(Slot) {}

// Store keeps answers for all processes, each for its time.
type Store interface {
	// Find looks for an answer and, unless one is there that has more than
	// d.Fresh left, for the right to look it up: of many who ask at once, one
	// has it, for the time of the lease.
	Find(ctx context.Context, d Demand) (Found, error)
	// Keep keeps an answer that was looked up under a token, and ends the lease,
	// unless the lease is over or the answer was dropped since. No value only
	// ends the lease.
	Keep(ctx context.Context, address, token string, value []byte, life time.Duration) error
	// Ping is nil while the store answers.
	Ping(ctx context.Context) error
}

// Demand asks a [Store] for an answer.
type Demand struct {
	Address string
	Token   string // of the lease, if it is granted
	Fresh   time.Duration
	Lease   time.Duration
}

// Found is what a [Store] has.
type Found struct {
	Value  []byte        // nil when there is none
	Left   time.Duration // that it may still be told
	Leased bool          // the asker is to look it up
}

// Bus tells all processes what is wrong from now on.
type Bus interface {
	// Poll adds what was counted since it was last called, and returns the
	// generations of the areas; one that is missing is zero.
	Poll(ctx context.Context, counted []Count) (map[Area]int64, error)
	// Tell begins new generations of areas, drops answers, tells everybody who
	// listens and returns the new generations.
	Tell(ctx context.Context, w Wrong) (map[Area]int64, error)
	// Listen calls heard with what is told, until ctx ends or the connection
	// breaks. What is told between two calls is not heard.
	Listen(ctx context.Context, heard func(Heard)) error
}

// Wrong is what may not be told again.
type Wrong struct {
	Areas     []Area
	Slots     []Slot
	Addresses []string // where the slots are in the store
}

// Heard is what a [Bus] tells.
type Heard struct {
	Generations map[Area]int64
	Slots       []Slot
}

// Count is how often looking ended with a result.
type Count struct {
	Area   Area
	Result Result
	N      int64
}

// Result is how looking for an answer ended.
type Result string

// The results.
const (
	Hit    Result = "hit"    // it was in memory
	Stale  Result = "stale"  // it was, and is being renewed in the background
	Waited Result = "waited" // another caller of this process was looking it up
	Remote Result = "remote" // the shared store had it
	Miss   Result = "miss"   // it was looked up
	Error  Result = "error"  // looking it up failed
)

// Results are all results.
var Results = []Result{Hit, Stale, Waited, Remote, Miss, Error}

// Observer is told how looking ended, to count it.
type Observer interface {
	Looked(a Area, r Result)
}
