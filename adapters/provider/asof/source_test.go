package asof_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/provider/asof"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// fake tells of one match on each day it is given.
type fake struct {
	days  []time.Time
	known string
	err   error
}

func (f *fake) Name() string { return "fake" }

func (f *fake) Editions(context.Context) ([]ingesting.Edition, error) {
	return []ingesting.Edition{{Source: "fake", Locator: "a", Fingerprint: "x"}, {Source: "fake", Locator: "b"}}, f.err
}

func (f *fake) Read(_ context.Context, _ ingesting.Edition, known string) (ingesting.Batch, error) {
	if f.known = known; known == "x" {
		return ingesting.Batch{Unchanged: true, Fingerprint: "x"}, f.err
	}
	batch := ingesting.Batch{Fingerprint: "x", Rows: len(f.days)}
	for _, day := range f.days {
		score, _ := football.NewScore(2, 1)
		count, _ := football.NewCount(9, 8)
		odds, _ := football.NewOdds("bet365", football.PreMatch, time.Time{}, 2, 3, 4)
		batch.Records = append(batch.Records, ingesting.Record{
			Home: "A", Away: "B", KickOff: day, TimeKnown: true, Round: "1", Status: football.Finished, FullTime: &score, HalfTime: &score,
			Stats: football.Stats{Shots: &count}, Odds: []football.Odds{odds}, ExternalID: "7", LastModified: day,
		})
	}
	return batch, f.err
}

func TestLaterMatchesAreFixtures(t *testing.T) {
	day := time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC)
	last, next := day.Add(24*time.Hour-time.Second), day.Add(24*time.Hour)
	source := asof.New(&fake{days: []time.Time{day, last, next}}, day)
	got, err := source.Read(t.Context(), ingesting.Edition{}, "")
	if err != nil || len(got.Records) != 3 || got.Rows != 3 {
		t.Fatal(got, err)
	}
	for _, r := range got.Records[:2] {
		if r.Status != football.Finished || r.FullTime == nil || len(r.Odds) != 1 {
			t.Errorf("%s: %+v", r.KickOff, r)
		}
	}
	want := ingesting.Record{Home: "A", Away: "B", KickOff: next, TimeKnown: true, Round: "1", Status: football.Scheduled, ExternalID: "7"}
	if diff := cmp.Diff(want, got.Records[2]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFingerprintsSayTheDay(t *testing.T) {
	inner := &fake{}
	source := asof.New(inner, time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC))
	editions, err := source.Editions(t.Context())
	if err != nil || editions[0].Fingerprint != "x@2019-03-01" || editions[1].Fingerprint != "" {
		t.Errorf("%+v, %v", editions, err)
	}
	for known, want := range map[string]struct {
		inner     string
		unchanged bool
	}{"": {"", false}, "x@2019-03-01": {"x", true}, "x@2019-03-02": {"", false}, "x": {"", false}} {
		got, err := source.Read(t.Context(), editions[0], known)
		if err != nil || inner.known != want.inner || got.Unchanged != want.unchanged || got.Fingerprint != "x@2019-03-01" {
			t.Errorf("%q: %+v, %v, asked with %q", known, got, err, inner.known)
		}
	}
	inner.err = ingesting.ErrUnavailable
	if _, err := source.Read(t.Context(), editions[0], ""); !errors.Is(err, ingesting.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	if _, err := source.Editions(t.Context()); !errors.Is(err, ingesting.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}
