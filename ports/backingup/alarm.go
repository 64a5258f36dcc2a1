package backingup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// Recipients are those who look after backups.
type Recipients interface {
	// Operators returns the addresses of the people who run the platform.
	Operators(ctx context.Context) ([]string, error)
}

// Alarm tells people of backups that failed. A nil Alarm tells nobody.
type Alarm struct {
	recipients Recipients
	notifier   notifying.Notifier
	crier      *notifying.Crier
	unsent     func(error)
}

// NewAlarm returns an Alarm, by mail and in the channels of crier. What cannot be told is given to unsent, since a
// mail server that is away must not hold up what is done about the backup.
func NewAlarm(r Recipients, n notifying.Notifier, c *notifying.Crier, unsent func(error)) *Alarm {
	return &Alarm{recipients: r, notifier: n, crier: c, unsent: unsent}
}

// sameTrouble is how long another failure of a kind is the same news: attempts
// may follow each other fast, and a backup a day is told each day.
const sameTrouble = 12 * time.Hour

// failed tells of b, unless that was told, or another failure of its kind since
// the last backup that was verified.
func (a *Alarm) failed(ctx context.Context, b operation.Backup, before []operation.Backup) {
	if a == nil {
		return
	}
	for _, other := range before {
		if other.Kind != b.Kind {
			continue
		}
		if other.Status == operation.Verified && other.TakenAt.After(b.TakenAt.Add(-sameTrouble)) {
			break // newest first: what failed before that is over
		}
		if other.Fault != "" && b.TakenAt.Sub(other.TakenAt).Abs() < sameTrouble {
			return
		}
	}
	n := notifying.Notice{
		Subject: fmt.Sprintf("The backup of %s failed", b.Kind),
		Body: fmt.Sprintf("The backup %s of %s, begun at %s, does not count:\n\n  %s\n\n"+
			"Older backups that were verified are kept. Begin with docs/runbooks/backup.md:\n\n"+
			"  footballctl backup list --kind %s\n  footballctl backup create --kind %s\n",
			b.ID, b.Kind, b.TakenAt.UTC().Format(time.RFC3339), b.Fault, b.Kind, b.Kind),
	}
	if err := errors.Join(a.crier.Cry(ctx, n), a.mail(ctx, n)); err != nil {
		a.unsent(fmt.Errorf("tell of the failed backup of %s: %w", b.Kind, err))
	}
}

func (a *Alarm) mail(ctx context.Context, n notifying.Notice) error {
	people, err := a.recipients.Operators(ctx)
	if err != nil {
		return err
	}
	for _, to := range people {
		if err := a.notifier.Send(ctx, notifying.Message{To: to, Subject: n.Subject, Body: n.Body}); err != nil {
			return err
		}
	}
	return nil
}
