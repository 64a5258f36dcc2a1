package backingup_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// ward keeps records, newest first, and what operators were sent.
type ward struct {
	records []operation.Backup
	sent    []notifying.Message
	away    error
}

func (w *ward) Save(_ context.Context, b operation.Backup) error {
	for i := range w.records {
		if w.records[i].ID == b.ID {
			w.records[i] = b
			return nil
		}
	}
	w.records = append([]operation.Backup{b}, w.records...)
	return nil
}

func (w *ward) Get(_ context.Context, id string) (operation.Backup, error) {
	for _, b := range w.records {
		if b.ID == id {
			return b, nil
		}
	}
	return operation.Backup{}, backingup.ErrUnknown
}

func (w *ward) List(context.Context, operation.Kind) ([]operation.Backup, error) {
	return append([]operation.Backup{}, w.records...), nil
}

func (w *ward) Record(context.Context, auditing.Event) error { return nil }

func (w *ward) Operators(context.Context) ([]string, error) {
	return []string{"ada@example.com", "bob@example.com"}, nil
}

func (w *ward) Send(_ context.Context, m notifying.Message) error {
	w.sent = append(w.sent, m)
	return w.away
}

// Operators are told of a failed backup once, again a day later, and at once
// when one had succeeded in between; whether mail goes out decides nothing.
func TestOperatorsAreToldOfFailedBackups(t *testing.T) {
	start := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	fails := func(id string, after time.Duration) func(*testing.T, *ward, *backingup.Keeper) {
		return func(t *testing.T, w *ward, k *backingup.Keeper) {
			t.Helper()
			b := operation.Backup{ID: id, Kind: operation.Redis, Status: operation.Made, TakenAt: start.Add(after)}
			if _, err := w.Get(t.Context(), id); err != nil {
				_ = w.Save(t.Context(), b)
			}
			if err := k.Fail(t.Context(), backingup.Order{ID: id, Kind: operation.Redis}, "S3 answers 403"); err != nil {
				t.Fatal(err)
			}
		}
	}
	succeeds := func(id string, after time.Duration) func(*testing.T, *ward, *backingup.Keeper) {
		return func(t *testing.T, w *ward, _ *backingup.Keeper) {
			t.Helper()
			_ = w.Save(t.Context(), operation.Backup{ID: id, Kind: operation.Redis, Status: operation.Verified, TakenAt: start.Add(after)})
		}
	}
	type happening = func(*testing.T, *ward, *backingup.Keeper)
	tests := map[string]struct {
		happens []happening
		mails   int // to each
	}{
		"one fails":                       {[]happening{fails("a", 0)}, 1},
		"the same fails twice":            {[]happening{fails("a", 0), fails("a", 0)}, 1},
		"another soon":                    {[]happening{fails("a", 0), fails("b", time.Hour)}, 1},
		"another after a success":         {[]happening{fails("a", 0), succeeds("b", time.Hour), fails("c", 2*time.Hour)}, 2},
		"another a day later":             {[]happening{fails("a", 0), fails("b", 24*time.Hour)}, 2},
		"one after a success of long ago": {[]happening{succeeds("a", -48*time.Hour), fails("b", 0)}, 1},
		"two days in a row, thrice a day": {[]happening{fails("a", 0), fails("b", time.Hour), fails("c", 24*time.Hour), fails("d", 25*time.Hour)}, 2},
	}
	for name, test := range tests {
		for _, away := range []error{nil, errors.New("the mail server is away")} {
			t.Run(name, func(t *testing.T) {
				w, unsent := &ward{away: away}, 0
				k := backingup.NewKeeper(backingup.Parts{Records: w, Audit: w, Alarm: backingup.NewAlarm(w, w, notifying.NewCrier(notifying.CrierParts{}), func(error) { unsent++ })})
				for _, happens := range test.happens {
					happens(t, w, k)
				}
				each := 2
				if away != nil {
					each = 1 // the first that cannot be sent ends it
				}
				if len(w.sent) != each*test.mails || away != nil && unsent != test.mails {
					t.Fatalf("%d mails, %d times not sent", len(w.sent), unsent)
				}
				if m := w.sent[0]; m.To != "ada@example.com" || !strings.Contains(m.Subject, "redis") || !strings.Contains(m.Body, "S3 answers 403") {
					t.Errorf("sent %+v", m)
				}
			})
		}
	}
}
