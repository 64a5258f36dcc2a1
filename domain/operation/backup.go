// Package operation holds what operators do with the system as a whole. What a
// backup is, when it counts, and when it may go is decided here.
package operation

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Kind is what a backup is of.
type Kind string

// The kinds.
const (
	Database    Kind = "database"
	Redis       Kind = "redis"
	Application Kind = "application"
	// Temporal and TemporalVisibility are Temporal's own databases, where they can
	// be reached.
	Temporal           Kind = "temporal"
	TemporalVisibility Kind = "temporal-visibility"
)

// Kinds are all kinds, the most important first.
var Kinds = []Kind{Database, Redis, Application, Temporal, TemporalVisibility}

// Expected are the kinds that every system backs up. Of the others it is no
// fault that there is no backup.
var Expected = Kinds[:3]

// ErrKind is about a kind of backup that there is not.
var ErrKind = &domain.Error{Kind: domain.Invalid, Code: "backup.kind"}

// ParseKind returns the kind that text names.
func ParseKind(text string) (Kind, error) {
	for _, k := range Kinds {
		if string(k) == text {
			return k, nil
		}
	}
	return "", domain.Errorf(domain.Invalid, ErrKind.Code, "%q cannot be backed up; say one of database, redis, application, temporal and temporal-visibility", text).In("kinds")
}

// Status is how far a backup is trusted.
type Status string

// The statuses. Only a verified backup counts.
const (
	Making   Status = "making"   // parts may be missing
	Made     Status = "made"     // complete, and not restored yet
	Verified Status = "verified" // restored and compared
	Broken   Status = "broken"   // verification found faults
	Deleted  Status = "deleted"  // by retention; the record stays
)

// Backup is the record of a backup.
type Backup struct {
	ID       string
	Kind     Kind
	Engine   string // what made it, such as pg_dump
	Location string // the bucket and folder, such as s3://backups/football/database/0197…
	Run      string // the workflow that made it
	Status   Status
	TakenAt  time.Time // when the data were as they are in it
	Size     int64     // bytes as stored
	Parts    int
	Rows     int64
	// Manifest is the SHA-256 of the manifest as stored.
	Manifest   string
	MakingTook time.Duration
	// RestoreTook is how long restoring took when it was verified: what an
	// operator can expect of the real thing.
	RestoreTook time.Duration
	VerifiedAt  time.Time
	DeletedAt   time.Time
	Fault       string // what verification found, or why there is no backup
}
