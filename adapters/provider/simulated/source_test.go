package simulated_test

import (
	"math"
	"reflect"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/football-prediction/football-prediction/adapters/provider/simulated"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

func source(seed uint64, seasons int, now time.Time) *simulated.Source {
	return simulated.New(simulated.Config{Seed: seed, Seasons: seasons, Calendar: func() time.Time { return now }})
}

func read(t *testing.T, s *simulated.Source) (all []ingesting.Batch, editions []ingesting.Edition) {
	t.Helper()
	editions, err := s.Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range editions {
		batch, err := s.Read(t.Context(), e, "")
		if err != nil || batch.Fingerprint != e.Fingerprint {
			t.Fatalf("%s: %q when listed, %q when read, %v", e.Locator, e.Fingerprint, batch.Fingerprint, err)
		}
		all = append(all, batch)
	}
	return all, editions
}

var winter = time.Date(2026, 3, 7, 17, 30, 0, 0, time.UTC)

func TestSeasonsAreWhole(t *testing.T) {
	batches, editions := read(t, source(1, 3, winter))
	if len(editions) != 6 {
		t.Fatalf("%d editions", len(editions))
	}
	for i, b := range batches {
		e := editions[i]
		meetings, teams, perRound := make(map[[2]string]bool), make(map[string]int), make(map[string]map[string]bool)
		for _, r := range b.Records {
			match := football.Match{
				Home: football.TeamID(r.Home), Away: football.TeamID(r.Away), KickOff: r.KickOff,
				Status: r.Status, FullTime: r.FullTime, HalfTime: r.HalfTime,
			}
			if err := match.Validate(); err != nil || !e.Season.Covers(r.KickOff) {
				t.Errorf("%+v: %v", r, err)
			}
			if over := r.KickOff.Add(2 * time.Hour).Before(winter); over != (r.Status == football.Finished) {
				t.Errorf("kick-off %s is %s", r.KickOff, r.Status)
			}
			meetings[[2]string{r.Home, r.Away}] = true
			teams[r.Home]++
			if perRound[r.Round] == nil {
				perRound[r.Round] = make(map[string]bool)
			}
			perRound[r.Round][r.Home], perRound[r.Round][r.Away] = true, true
		}
		n := len(teams)
		if n != 20 && n != 18 || len(meetings) != n*(n-1) || len(b.Records) != n*(n-1) || b.Rows != len(b.Records) {
			t.Errorf("%s: %d teams, %d meetings, %d records", e.Locator, n, len(meetings), len(b.Records))
		}
		for team, home := range teams {
			if home != n-1 {
				t.Errorf("%s: %s is at home %d times", e.Locator, team, home)
			}
		}
		for round, playing := range perRound {
			if len(playing) != n {
				t.Errorf("%s: %d teams play in %s", e.Locator, len(playing), round)
			}
		}
	}
}

func TestTheSameSeedTellsTheSame(t *testing.T) {
	first, _ := read(t, source(1, 2, winter))
	again, _ := read(t, source(1, 2, winter))
	// A thousand records: go-cmp would take a second to see that they are equal.
	if !reflect.DeepEqual(first, again) {
		t.Error("the same seed tells something else")
	}
	other, _ := read(t, source(2, 2, winter))
	if reflect.DeepEqual(first, other) {
		t.Error("another seed tells the same")
	}
	// Time adds results and changes none.
	later, _ := read(t, source(1, 2, winter.AddDate(0, 0, 14)))
	news := 0
	for i := range first {
		for j, r := range first[i].Records {
			switch next := later[i].Records[j]; {
			case r.Status == football.Finished && *r.FullTime != *next.FullTime:
				t.Errorf("%s changed from %s to %s", r.ExternalID, r.FullTime, next.FullTime)
			case r.Status != next.Status:
				news++
			}
		}
	}
	if news < 19 || news > 38 { // a round or two of both leagues
		t.Errorf("%d matches ended in two weeks", news)
	}
}

func TestThereAreAlwaysFixtures(t *testing.T) {
	for week := range 53 {
		now := winter.AddDate(0, 0, 7*week)
		batches, editions := read(t, source(1, 1, now))
		coming := make(map[football.CompetitionCode]int)
		for i, b := range batches {
			for _, r := range b.Records {
				if r.KickOff.After(now) {
					coming[editions[i].Competition.Code]++
				}
			}
		}
		for _, code := range []football.CompetitionCode{"simulated-premier", "simulated-liga"} {
			if coming[code] < 9 {
				t.Fatalf("%s: %d fixtures of %s to come", now, coming[code], code)
			}
		}
	}
}

func TestFingerprintFollowsTheResults(t *testing.T) {
	s, next := source(1, 1, winter), source(1, 1, winter.AddDate(0, 0, 14))
	editions, _ := s.Editions(t.Context())
	later, _ := next.Editions(t.Context())
	if editions[0].Fingerprint == later[0].Fingerprint {
		t.Error("two weeks change nothing")
	}
	got, err := s.Read(t.Context(), editions[0], editions[0].Fingerprint)
	if err != nil || !got.Unchanged || got.Records != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestScoresFollowTheStrengths compares ten seasons with what the true
// strengths make of them: goals on the whole, and of the stronger half.
func TestScoresFollowTheStrengths(t *testing.T) {
	s := source(1, 10, winter)
	batches, editions := read(t, s)
	played, goals, draws := 0, 0, 0
	var strong, strongGoals float64
	for i, b := range batches {
		for _, r := range b.Records {
			if r.FullTime == nil {
				continue
			}
			played++
			goals += r.FullTime.Home() + r.FullTime.Away()
			if r.FullTime.Outcome() == football.Draw {
				draws++
			}
			home, okHome := s.Strength(editions[i].Competition.Code, r.Home, r.KickOff)
			away, okAway := s.Strength(editions[i].Competition.Code, r.Away, r.KickOff)
			if !okHome || !okAway {
				t.Fatalf("no strength of %s or %s", r.Home, r.Away)
			}
			if home.Attack-away.Defence > 0.3 {
				strong++
				strongGoals += float64(r.FullTime.Home())
			}
		}
	}
	perMatch, share := float64(goals)/float64(played), float64(draws)/float64(played)
	t.Logf("%d matches, %.2f goals each, %.1f %% drawn; %.0f of strong attacks with %.2f home goals each", played, perMatch, 100*share, strong, strongGoals/strong)
	if math.Abs(perMatch-2.75) > 0.35 || share < 0.19 || share > 0.3 || strongGoals/strong < 1.9 {
		t.Error("that is no football")
	}
	if _, ok := s.Strength("simulated-premier", "Nobody", winter); ok {
		t.Error("nobody has a strength")
	}
}
