package modelling_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// registry keeps models in memory.
type registry struct {
	entries  map[string]modelling.Entry
	champion string
	former   []string
	added    int
}

func newRegistry() *registry { return &registry{entries: map[string]modelling.Entry{}} }

func (r *registry) Add(_ context.Context, e modelling.Entry) error {
	r.entries[e.Version] = e
	r.added++
	return nil
}

func (r *registry) Get(_ context.Context, version string) (modelling.Entry, error) {
	e, ok := r.entries[version]
	if !ok {
		return e, modelling.ErrNoModel
	}
	e.Champion = version == r.champion
	return e, nil
}

func (r *registry) Champion(ctx context.Context) (modelling.Entry, error) {
	if r.champion == "" {
		return modelling.Entry{}, modelling.ErrNoChampion
	}
	return r.Get(ctx, r.champion)
}

func (r *registry) Evaluated(_ context.Context, version string, e modelling.Evaluation) error {
	entry := r.entries[version]
	entry.Evaluation = &e
	r.entries[version] = entry
	return nil
}

func (r *registry) Promote(_ context.Context, p modelling.Promotion) error {
	if _, ok := r.entries[p.Version]; !ok {
		return modelling.ErrNoModel
	}
	r.former = append(r.former, r.champion)
	r.champion = p.Version
	return nil
}

func (r *registry) Former(context.Context) (string, error) {
	if len(r.former) == 0 || r.former[len(r.former)-1] == "" {
		return "", modelling.ErrNoFormer
	}
	return r.former[len(r.former)-1], nil
}

// republisher remembers what it was asked for.
type republisher struct{ champions []string }

func (r *republisher) PublishSoon(_ context.Context, champion string) {
	r.champions = append(r.champions, champion)
}

// history is made of results.
type history []forecast.Result

func (h history) Results(context.Context, []football.CompetitionCode, time.Time) ([]forecast.Result, error) {
	return h, nil
}

// seasons are made-up seasons of ten teams; the better team mostly wins.
func seasons(n int) history {
	const teams = 10
	var all history
	for s := range n {
		season, _ := football.NewSeason(2010+s, 2011+s)
		start := time.Date(2010+s, time.August, 1, 0, 0, 0, 0, time.UTC)
		for home := range teams {
			for away := range teams {
				if home == away {
					continue
				}
				turn := (home*7 + away*3 + s) % 5
				r := forecast.Result{
					Competition: "made", Season: season, Date: start.AddDate(0, 0, (home*teams+away)*2),
					Home: football.TeamID(fmt.Sprint(home)), Away: football.TeamID(fmt.Sprint(away)), HomeGoals: 1,
				}
				if turn < 3 && home < away {
					r.HomeGoals += 1 + turn
				}
				if turn < 3 && home > away {
					r.AwayGoals += 2
				}
				all = append(all, r)
			}
		}
	}
	return all
}

func today() time.Time { return time.Date(2014, 8, 1, 0, 0, 0, 0, time.UTC) }

func train(t *testing.T, trainer *modelling.Trainer, key, name string) string {
	t.Helper()
	version, err := trainer.Train(t.Context(), modelling.Order{Key: key, Name: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func TestTrainingTwiceWithOneKeyLeavesOneModel(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	trainer := modelling.NewTrainer(r, seasons(4), today)
	first, again, other := train(t, trainer, "run", "base-rates"), train(t, trainer, "run", "base-rates"), train(t, trainer, "next", "base-rates")
	if first != again || first == other || r.added != 2 {
		t.Errorf("versions %q, %q, %q; %d added", first, again, other, r.added)
	}
	if _, to := r.entries[first].Model.Range(); !to.Before(today().Add(-modelling.Holdout)) {
		t.Errorf("trained up to %v: the held-out year was seen", to)
	}
}

func TestTrainingNeedsResults(t *testing.T) {
	t.Parallel()
	trainer := modelling.NewTrainer(newRegistry(), history{}, today)
	if _, err := trainer.Train(t.Context(), modelling.Order{Name: forecast.Default}, nil); !errors.Is(err, modelling.ErrNoResults) {
		t.Error(err)
	}
}

func TestOnlyANotWorseCandidateIsPromoted(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	trainer := modelling.NewTrainer(r, seasons(4), today)
	decide := func(key, name string) modelling.Decision {
		t.Helper()
		version := train(t, trainer, key, name)
		if _, err := trainer.Evaluate(t.Context(), version, nil); err != nil {
			t.Fatal(err)
		}
		d, err := trainer.Decide(t.Context(), version)
		if err != nil || d.Reason == "" {
			t.Fatal(d, err)
		}
		return d
	}
	if d := decide("1", forecast.Default); !d.Promoted {
		t.Errorf("the first model stayed out: %s", d.Reason)
	}
	if d := decide("2", "base-rates"); d.Promoted {
		t.Errorf("base rates beat a champion: %s", d.Reason)
	}
	if d := decide("3", forecast.Default); !d.Promoted {
		t.Errorf("a model as good as the champion stayed out: %s", d.Reason)
	}
	unevaluated := train(t, trainer, "4", forecast.Default)
	if d, err := trainer.Decide(t.Context(), unevaluated); err != nil || d.Promoted {
		t.Errorf("promoted without evaluation: %+v, %v", d, err)
	}
}

func TestAnEvaluationAgainstAFormerChampionDoesNotCount(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	trainer := modelling.NewTrainer(r, seasons(4), today)
	candidate := train(t, trainer, "1", forecast.Default)
	if _, err := trainer.Evaluate(t.Context(), candidate, nil); err != nil {
		t.Fatal(err)
	}
	r.champion = train(t, trainer, "2", forecast.Default)
	if d, err := trainer.Decide(t.Context(), candidate); err != nil || d.Promoted {
		t.Errorf("decision = %+v, %v", d, err)
	}
}

func TestPromotingByHand(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	trainer := modelling.NewTrainer(r, seasons(2), today)
	one, two := train(t, trainer, "1", "base-rates"), train(t, trainer, "2", "base-rates")
	soon := &republisher{}
	promoter := modelling.NewPromoter(r, soon, today)
	reader := access.With(t.Context(), access.Principal{Subject: "reader", Scopes: []access.Scope{access.Read}})
	operator := access.With(t.Context(), access.Principal{Subject: "operator", Scopes: []access.Scope{access.Operate}})

	if _, err := promoter.Promote(t.Context(), one, ""); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := promoter.Promote(reader, one, ""); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("reader: %v", err)
	}
	if _, err := promoter.Rollback(operator, ""); !errors.Is(err, modelling.ErrNoFormer) {
		t.Errorf("rollback of nothing: %v", err)
	}
	for _, version := range []string{one, two} {
		if e, err := promoter.Promote(operator, version, "by hand"); err != nil || !e.Champion {
			t.Fatal(e, err)
		}
	}
	if e, err := promoter.Rollback(operator, "worse"); err != nil || e.Version != one {
		t.Errorf("rolled back to %q, %v", e.Version, err)
	}
	if want := []string{one, two, one}; !slices.Equal(soon.champions, want) {
		t.Errorf("published with %v, want %v", soon.champions, want)
	}
	if _, err := promoter.Promote(operator, "nothing", ""); !errors.Is(err, modelling.ErrNoModel) {
		t.Errorf("promotion of nothing: %v", err)
	}
}
