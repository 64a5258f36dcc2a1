package checking

import (
	"context"
	"time"
)

// Queue is a task queue as it stands.
type Queue struct {
	Name    string
	Pollers int           // workers that asked for work lately
	Waiting int64         // tasks, about
	Oldest  time.Duration // how long the oldest of them has waited
}

// Timetable is a schedule as it stands, and what became of its runs.
type Timetable struct {
	ID      string
	Paused  bool
	Missed  int64 // runs that were due while the engine was away for too long
	Skipped int64 // runs that were due while the one before went on
}

// Engine tells of the engine that workflows run on.
type Engine interface {
	Queues(ctx context.Context) ([]Queue, error)
	Timetables(ctx context.Context) ([]Timetable, error)
}
