package operation

import "time"

// Retention is how long backups of a kind are kept.
type Retention map[Kind]time.Duration

const day = 24 * time.Hour

// Kept are the operations manual's times.
var Kept = Retention{Database: 30 * day, Redis: 7 * day, Application: 30 * day, Temporal: 30 * day, TemporalVisibility: 30 * day}

// unverified is how long a backup that was never verified, or is broken, is
// kept for those who want to know why.
const unverified = 7 * day

// Newest is the newest verified backup of each kind that has one.
func Newest(backups []Backup) map[Kind]Backup {
	newest := make(map[Kind]Backup)
	for _, b := range backups {
		if b.Status == Verified && b.TakenAt.After(newest[b.Kind].TakenAt) {
			newest[b.Kind] = b
		}
	}
	return newest
}

// Expired returns those of backups that may go: a verified one when it is
// older than its time and a newer one of its kind is verified, so that the
// newest verified backup always stays; one that cannot be relied on when it is
// a week old and its kind has a verified one. The order is kept.
func (r Retention) Expired(backups []Backup, now time.Time) []Backup {
	newest := Newest(backups)
	var expired []Backup
	for _, b := range backups {
		keeper, safe := newest[b.Kind]
		if !safe || b.Status == Deleted || b.ID == keeper.ID {
			continue
		}
		limit := unverified
		if b.Status == Verified {
			limit = r[b.Kind]
		}
		if now.Sub(b.TakenAt) > limit {
			expired = append(expired, b)
		}
	}
	return expired
}
