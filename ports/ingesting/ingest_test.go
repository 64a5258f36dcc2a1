package ingesting_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// source answers from maps; a locator without a batch gives its error.
type source struct {
	name     string
	editions []ingesting.Edition
	away     error
	batches  map[string]ingesting.Batch
	errors   map[string]error
}

func (s source) Name() string { return s.name }

func (s source) Editions(context.Context) ([]ingesting.Edition, error) { return s.editions, s.away }

func (s source) Read(_ context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	batch := s.batches[e.Locator]
	if known != "" && known == batch.Fingerprint {
		return ingesting.Batch{Unchanged: true}, nil
	}
	return batch, s.errors[e.Locator]
}

// store remembers what was loaded.
type store struct {
	known  map[string]string
	loaded []ingesting.Batch
}

func (s *store) Fingerprints(context.Context, string) (map[string]string, error) { return s.known, nil }

func (s *store) Load(_ context.Context, _ ingesting.Edition, b ingesting.Batch, _ time.Time) (ingesting.Outcome, error) {
	s.loaded = append(s.loaded, b)
	return ingesting.Outcome{Rows: b.Rows, Inserted: len(b.Records)}, nil
}

func edition(source string, year int, locator, fingerprint string) ingesting.Edition {
	season, _ := football.NewSeason(year, year+1)
	return ingesting.Edition{Source: source, Season: season, Locator: locator, Fingerprint: fingerprint}
}

func TestPlan(t *testing.T) {
	away := fmt.Errorf("dial: %w", ingesting.ErrUnavailable)
	folder := source{name: "folder", editions: []ingesting.Edition{
		edition("folder", 2020, "new", "n1"), edition("folder", 2019, "changed", "c2"), edition("folder", 2018, "known", "k1"),
		edition("folder", 2017, "untold", ""),
	}}
	kept := &store{known: map[string]string{"changed": "c1", "known": "k1", "untold": "u1"}}

	t.Run("leaves out what is known and goes on without a source that is away", func(t *testing.T) {
		ingestor := ingesting.NewIngestor([]ingesting.Source{source{name: "web", away: away}, folder}, kept, time.Now)
		plan, err := ingestor.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var locators []string
		for _, e := range plan.Editions {
			locators = append(locators, e.Locator)
		}
		if diff := cmp.Diff([]string{"untold", "changed", "new"}, locators); diff != "" {
			t.Errorf("editions, oldest season first (-want +got):\n%s", diff)
		}
		if plan.Unchanged != 1 || len(plan.Failures) != 1 || plan.Failures[0].Source != "web" {
			t.Errorf("plan = %+v", plan)
		}
	})

	t.Run("fails when no source can be listed", func(t *testing.T) {
		_, err := ingesting.NewIngestor([]ingesting.Source{source{name: "web", away: away}}, kept, time.Now).Plan(t.Context())
		if !errors.Is(err, ingesting.ErrUnavailable) || !errors.Is(err, ingesting.ErrNothing) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestIngest(t *testing.T) {
	web := source{
		name:    "web",
		batches: map[string]ingesting.Batch{"good": {Records: make([]ingesting.Record, 2), Rows: 2, Fingerprint: "g1"}},
		errors: map[string]error{
			"gone":   ingesting.ErrNoEdition,
			"broken": fmt.Errorf("broken:3:7: %w", ingesting.ErrUnreadable),
			"away":   ingesting.ErrUnavailable,
		},
	}
	tests := map[string]struct {
		locator string
		known   map[string]string
		want    ingesting.Outcome
		err     error
		loads   int
	}{
		"loads what is new":               {locator: "good", want: ingesting.Outcome{Rows: 2, Inserted: 2}, loads: 1},
		"loads nothing that is known":     {locator: "good", known: map[string]string{"good": "g1"}},
		"counts a season that is missing": {locator: "gone", want: ingesting.Outcome{Missing: 1}},
		"keeps why a file is unreadable":  {locator: "broken", want: ingesting.Outcome{Rows: 1}, loads: 1},
		"fails when the source is away":   {locator: "away", err: ingesting.ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			kept := &store{known: tt.known}
			got, err := ingesting.NewIngestor([]ingesting.Source{web}, kept, time.Now).Ingest(t.Context(), edition("web", 2020, tt.locator, ""))
			if !errors.Is(err, tt.err) || len(kept.loaded) != tt.loads {
				t.Fatalf("error = %v with %d loads", err, len(kept.loaded))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if tt.locator == "broken" {
				f := kept.loaded[0].Findings[0]
				if f.Rule != quality.SourceUnread || !cmp.Equal(f.Reason, "broken:3:7: "+ingesting.ErrUnreadable.Error(), cmpopts.EquateEmpty()) {
					t.Errorf("finding = %+v", f)
				}
			}
		})
	}
	if _, err := ingesting.NewIngestor(nil, &store{}, time.Now).Ingest(t.Context(), edition("nobody", 2020, "x", "")); err == nil {
		t.Error("a source that is not configured was read")
	}
}
