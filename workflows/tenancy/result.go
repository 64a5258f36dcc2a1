package tenancy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/ports/removing"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// Deleted says what became of a tenant.
type Deleted struct {
	TenantID string         `json:"tenant_id"`
	Slug     string         `json:"slug"`
	Rows     int            `json:"rows"`    // removed
	Removed  map[string]int `json:"removed"` // by table
	Export   Export         `json:"export"`
	// Erased are audit events that lost their personal data; the events
	// themselves stay, so that the chain stays whole.
	Erased    int       `json:"audit_events_erased"`
	CacheKeys int       `json:"cache_keys"` // taken out of Redis
	Proof     Proof     `json:"proof"`
	DeletedAt time.Time `json:"deleted_at"`
	// BackupsUntil is when the last backup that holds the tenant is gone.
	BackupsUntil time.Time `json:"backups_until"`
	Notes        []string  `json:"notes"` // what is still somewhere, and until when
}

// Export is the archive of what the tenant owned.
type Export struct {
	Place  string `json:"place"` // on the worker's machine
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   int    `json:"rows"`
}

// Proof is what was found when the tenant was looked for.
type Proof struct {
	Gone       bool           `json:"gone"`
	Tables     int            `json:"tables"` // looked through
	Remains    map[string]int `json:"remains,omitempty"`
	Personal   int            `json:"personal,omitempty"` // audit events that still have personal data
	Events     int64          `json:"audit_events"`       // kept, without personal data
	ChainSound bool           `json:"audit_chain_sound"`
	Faults     []string       `json:"faults,omitempty"`
}

// named is how many faults a proof names.
const named = 20

func toProof(p removing.Proof) Proof {
	out := Proof{
		Gone: p.Gone(), Tables: p.Tables, Remains: p.Remains, Personal: p.Personal, Events: p.Events, ChainSound: len(p.Faults) == 0,
	}
	for _, f := range p.Faults[:min(len(p.Faults), named)] {
		out.Faults = append(out.Faults, f.Detail)
	}
	return out
}

// forgot notes what became of the keys in Redis, which may be away: then they
// expire by themselves.
func (r *Deleted) forgot(f Forgotten, err error) {
	const prefix = "Redis: "
	r.Notes = slices.DeleteFunc(r.Notes, func(note string) bool { return strings.HasPrefix(note, prefix) })
	r.CacheKeys += f.Keys
	if err != nil {
		r.Notes = append(r.Notes, prefix+"what it remembers of the tenant could not be taken out ("+process.Cause(err)+"); it expires by itself within hours.")
	}
	if err == nil && !f.Configured {
		r.Notes = append(r.Notes, prefix+"the worker knows none (REDIS_URL); what it may remember of the tenant expires by itself within hours.")
	}
}

// conclude says what is still somewhere, and until when.
func (r *Deleted) conclude(at time.Time) {
	r.DeletedAt, r.BackupsUntil = at, at.Add(removing.BackupRetention)
	r.Notes = append(r.Notes,
		"Backups made before hold the tenant until "+r.BackupsUntil.Format(time.DateOnly)+", when the last of them has aged out.",
		fmt.Sprintf("%d audit events stay, without personal data, so that the chain can be checked.", r.Proof.Events),
		"The archive holds personal data in the clear: hand it over, then delete it.",
		"The history of this run ages out by the retention of Temporal's namespace.",
	)
}

func sum(rows map[string]int) (n int) {
	for _, of := range rows {
		n += of
	}
	return n
}

// note is the result so far as a person reads it below the progress.
func (r *Deleted) note() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Archive: %s, %d rows, %d bytes, SHA-256 %s\n", r.Export.Place, r.Export.Rows, r.Export.Bytes, r.Export.SHA256)
	for _, table := range slices.Sorted(maps.Keys(r.Removed)) {
		fmt.Fprintf(&b, "- %s: %d rows removed\n", table, r.Removed[table])
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "- %s\n", note)
	}
	return b.String()
}
