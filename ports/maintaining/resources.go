package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Machine is the computer that the worker runs on.
type Machine interface {
	// Look reads load, memory and disks.
	Look(ctx context.Context) (State, error)
}

// State is how a machine stands. Bytes are zero where the system does not tell.
type State struct {
	Host      string
	CPUs      int
	Load      float64 // mean number of processes that would run, over 15 minutes
	Memory    int64
	Available int64 // memory that can be had without swapping
	Disks     []Disk
}

// Disk is a file system.
type Disk struct {
	Path        string
	Total, Free int64
}

// Used is the share that is taken.
func (d Disk) Used() float64 {
	if d.Total == 0 {
		return 0
	}
	return 1 - float64(d.Free)/float64(d.Total)
}

// Database is how the database server stands.
type Database struct {
	Version     string
	Bytes       int64 // of our database
	Connections int
	Most        int // connections that the server admits
	Oldest      time.Duration
	// Age is how many transactions ago the oldest row was frozen; the server
	// stops at two thousand million.
	Age       int64
	HitShare  float64 // of blocks that were in memory, since StatsSince
	Deadlocks int64
	// StatsSince is when statistics were last reset, zero for never.
	StatsSince time.Time
}

// From which state on somebody should look.
const (
	fullDisk        = 0.85
	fullMemory      = 0.92
	busyCPU         = 1.5 // load for each processor
	fullConnections = 0.8
	longTransaction = time.Hour
	oldTransactions = 500_000_000
)

// resources looks at the worker's own machine and at the database's server. The
// machine of the database, should it be another, is not seen from here.
func (m *Maintainer) resources(ctx context.Context, s *session) error {
	state, err := m.Machine.Look(ctx)
	if err != nil {
		return fmt.Errorf("look at the machine: %w", err)
	}
	s.machine(state)
	db, err := m.Inspection.Database(ctx)
	if err != nil {
		return fmt.Errorf("look at the database: %w", err)
	}
	s.database(db)
	fullest := 0.0
	for _, d := range state.Disks {
		fullest = max(fullest, d.Used())
	}
	s.say("On %s the fullest disk is at %s; the database has %d of %d connections in use.", state.Host, percent(fullest), db.Connections, db.Most)
	return nil
}

func (s *session) machine(state State) {
	s.figure("Load for each processor", state.Load/float64(max(1, state.CPUs)), operation.Count)
	if state.Load > busyCPU*float64(state.CPUs) {
		s.warn("See what runs there, or give it more processors.", "%s is busy: a load of %.1f on %s.", state.Host, state.Load, many(state.CPUs, "processor", "processors"))
	}
	if state.Memory > 0 {
		used := 1 - float64(state.Available)/float64(state.Memory)
		s.figure("Memory in use", used, operation.Share)
		if used > fullMemory {
			s.warn("See what takes it: footballctl profile heap.", "%s has %s of its memory in use.", state.Host, percent(used))
		}
	}
	var rows [][]string
	for _, d := range state.Disks {
		rows = append(rows, []string{d.Path, size(float64(d.Total)), size(float64(d.Free)), percent(d.Used())})
		if d.Used() > fullDisk {
			s.warn("Make room or a larger disk; the capacity step says how long it lasts.", "The disk of %s on %s is at %s.", d.Path, state.Host, percent(d.Used()))
		}
	}
	s.list("Disks of "+state.Host, "Where|Size|Free|Used", rows)
}

func (s *session) database(db Database) {
	s.figure("Database", float64(db.Bytes), operation.Bytes)
	s.figure("Blocks found in memory", db.HitShare, operation.Share)
	s.figure("Deadlocks", float64(db.Deadlocks), operation.Count)
	if db.Most > 0 {
		s.figure("Connections in use", float64(db.Connections)/float64(db.Most), operation.Share)
		if used := float64(db.Connections) / float64(db.Most); used > fullConnections {
			s.warn("See whose they are: footballctl check pool.", "%s of the database's connections are in use.", percent(used))
		}
	}
	if db.Oldest > longTransaction {
		s.warn("Find it with footballctl queries list. While it goes on, nothing that was deleted since gives its place back.",
			"A transaction has been open for %s.", db.Oldest.Round(time.Minute))
	}
	if db.Age > oldTransactions {
		s.warn("Run the monthly step vacuum now, and see why autovacuum does not come round.", "The oldest row was frozen %d million transactions ago.", db.Age/1_000_000)
	}
	s.inform("PostgreSQL %s.", db.Version)
}
