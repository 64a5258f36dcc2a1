package postgres_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// untrained is a model that rests on defaults.
func untrained(t testing.TB) forecast.Model {
	t.Helper()
	m, err := forecast.Train(t.Context(), forecast.Default, nil, forecast.TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func add(t testing.TB, r *postgres.Registry, version string) {
	t.Helper()
	if err := r.Add(t.Context(), modelling.Entry{Version: version, Model: untrained(t), TrainedAt: now}); err != nil {
		t.Fatal(err)
	}
}

// crown makes version the champion, whichever is now.
func crown(t testing.TB, r *postgres.Registry, version string, rollback bool) {
	t.Helper()
	champion, err := r.Champion(t.Context())
	if err != nil && !errors.Is(err, modelling.ErrNoChampion) {
		t.Fatal(err)
	}
	err = r.Promote(t.Context(), modelling.Promotion{
		Version: version, Previous: champion.Version, At: now, By: "test", Rollback: rollback,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRegistryKeepsModels(t *testing.T) {
	t.Parallel()
	r := postgres.NewRegistry(open(t))
	if _, err := r.Champion(t.Context()); !errors.Is(err, modelling.ErrNoChampion) {
		t.Errorf("champion of none: %v", err)
	}
	if _, err := r.Get(t.Context(), "nothing"); !errors.Is(err, modelling.ErrNoModel) {
		t.Errorf("unknown model: %v", err)
	}
	add(t, r, "one")
	add(t, r, "one")
	evaluation := modelling.Evaluation{
		EvaluatedAt: now, Against: "zero", Difference: forecast.Paired{Mean: -0.001, StdErr: 0.0002},
		Scores: forecast.Evaluation{Matches: 380, RPS: forecast.Score{Mean: 0.199, StdErr: 0.001}, Picks: 90, Calibration: []forecast.Bin{{Count: 7, Predicted: 0.3, Observed: 0.28}}},
	}
	if err := r.Evaluated(t.Context(), "one", evaluation); err != nil {
		t.Fatal(err)
	}
	if err := r.Evaluated(t.Context(), "nothing", evaluation); !errors.Is(err, modelling.ErrNoModel) {
		t.Errorf("evaluation of nothing: %v", err)
	}
	got, err := r.Get(t.Context(), "one")
	if err != nil || !got.TrainedAt.Equal(now) || got.Champion {
		t.Fatalf("model = %+v, %v", got, err)
	}
	if diff := cmp.Diff(&evaluation, got.Evaluation); diff != "" {
		t.Errorf("evaluation (-want +got):\n%s", diff)
	}
	listed, err := r.Models(t.Context(), catalogue.Page{Limit: 10})
	if err != nil || len(listed) != 1 {
		t.Errorf("listed %d models, %v", len(listed), err)
	}
}

func TestPromotionsAndRollbacks(t *testing.T) {
	t.Parallel()
	r := postgres.NewRegistry(open(t))
	promote := func(version string, rollback bool) {
		t.Helper()
		crown(t, r, version, rollback)
		if champion, err := r.Champion(t.Context()); err != nil || champion.Version != version {
			t.Fatalf("champion is %q, %v; want %q", champion.Version, err, version)
		}
	}
	former := func(want string) {
		t.Helper()
		got, err := r.Former(t.Context())
		if want == "" {
			if !errors.Is(err, modelling.ErrNoFormer) {
				t.Errorf("former = %q, %v; want none", got, err)
			}
			return
		}
		if err != nil || got != want {
			t.Errorf("former = %q, %v; want %q", got, err, want)
		}
	}
	for _, version := range []string{"one", "two", "three"} {
		add(t, r, version)
	}
	former("")
	promote("one", false)
	former("")
	promote("two", false)
	promote("two", false) // changes nothing
	former("one")
	promote("three", false)
	former("two")
	promote("two", true)
	former("one")
	promote("one", true)
	former("")
	if err := r.Promote(t.Context(), modelling.Promotion{Version: "two", Previous: "three", At: now}); !errors.Is(err, modelling.ErrOvertaken) {
		t.Errorf("promotion in place of a model that is no champion: %v", err)
	}
	if err := r.Promote(t.Context(), modelling.Promotion{Version: "nothing", At: now}); !errors.Is(err, modelling.ErrNoModel) {
		t.Errorf("promotion of nothing: %v", err)
	}
}
