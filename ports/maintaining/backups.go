package maintaining

import (
	"context"
	"fmt"
	"time"
)

// Backups tells when what was last backed up.
type Backups interface {
	// Newest returns each kind of data with its newest backups, also a kind
	// that was never backed up and should be.
	Newest(ctx context.Context) ([]BackedUp, error)
}

// BackedUp is a kind of data and when it was last backed up.
type BackedUp struct {
	Kind     string
	Taken    time.Time // of the newest, zero for never
	Verified time.Time // when the newest that was verified was taken, zero for never
	Bytes    int64
}

// oldBackup is how old the newest verified backup may be: a day, and the time
// that one takes.
const oldBackup = 26 * time.Hour

// backups looks whether each kind of data has a backup that counts.
func (m *Maintainer) backups(ctx context.Context, s *session) error {
	if m.Backups == nil {
		s.skip("Run the worker of a version that makes backups, and footballctl backup create.", "Nothing here records backups, so none was looked at.")
		return nil
	}
	all, err := m.Backups.Newest(ctx)
	if err != nil {
		return fmt.Errorf("read backups: %w", err)
	}
	rows, good := make([][]string, len(all)), 0
	for i, b := range all {
		rows[i] = []string{b.Kind, moment(b.Taken), moment(b.Verified), size(float64(b.Bytes))}
		switch {
		case b.Verified.IsZero():
			s.warn("footballctl backup create", "There is no verified backup of %s.", b.Kind)
		case s.at.Sub(b.Verified) > oldBackup:
			s.warn("footballctl backup create, and see why the schedule did not.", "The newest verified backup of %s is of %s.", b.Kind, moment(b.Verified))
		default:
			good++
		}
	}
	s.list("Newest backups", "What|Taken|Verified one taken|Size", rows)
	s.say("%d of %s a verified backup of the last day.", good, many(len(all), "kind has", "kinds have"))
	return nil
}
