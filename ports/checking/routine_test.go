package checking_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/checking"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// done is what was done of late, in a system whose parts may be away.
type done struct {
	backups []operation.Backup
	sources []catalogue.Freshness
	queues  []checking.Queue
	away    error // of Temporal
}

func (d done) List(context.Context, operation.Kind) ([]operation.Backup, error) {
	return d.backups, nil
}
func (d done) Freshness(context.Context) ([]catalogue.Freshness, error) { return d.sources, nil }
func (d done) Queues(context.Context) ([]checking.Queue, error)         { return d.queues, d.away }
func (d done) Timetables(context.Context) ([]checking.Timetable, error) { return nil, d.away }

func TestRoutine(t *testing.T) {
	verified := func(kind operation.Kind, age time.Duration) operation.Backup {
		return operation.Backup{Kind: kind, Status: operation.Verified, TakenAt: now.Add(-age)}
	}
	well := done{
		backups: []operation.Backup{verified(operation.Database, 26*time.Hour), verified(operation.Redis, time.Hour), verified(operation.Application, time.Second)},
		sources: []catalogue.Freshness{{Source: "openfootball", At: now.Add(-14 * 24 * time.Hour)}},
		queues:  []checking.Queue{{Name: "live", Pollers: 1}, {Name: "operations", Pollers: 2}},
	}
	late := done{
		backups: []operation.Backup{verified(operation.Database, 26*time.Hour+time.Second), {Kind: operation.Redis, Status: operation.Made, TakenAt: now}},
		sources: []catalogue.Freshness{{Source: "openfootball", At: now.Add(-14*24*time.Hour - time.Second)}},
		queues:  []checking.Queue{{Name: "live", Pollers: 1}, {Name: "operations"}},
	}
	const fine, warning = checking.Fine, checking.Warning
	for name, tt := range map[string]struct {
		done done
		want []checking.Verdict
	}{
		"well":          {well, []checking.Verdict{fine, fine, fine, fine, fine}},
		"late":          {late, []checking.Verdict{warning, warning, warning, warning, warning}},
		"never":         {done{}, []checking.Verdict{warning, warning, warning, warning, fine}},
		"Temporal away": {done{away: errors.New("away")}, []checking.Verdict{warning, warning, warning, warning}},
	} {
		facts, err := (&checking.Routine{Backups: tt.done, Sources: tt.done, Engine: tt.done, Now: func() time.Time { return now }}).Facts(t.Context())
		if (err != nil) != (tt.done.away != nil) {
			t.Errorf("%s: error %v", name, err)
		}
		var got []checking.Verdict
		for _, f := range facts {
			got = append(got, f.Verdict)
			if (f.Verdict == fine) != (f.Remedy == "") {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s in %+v", name, diff, facts)
		}
	}
}
