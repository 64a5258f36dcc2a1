package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

func published(t testing.TB, match football.MatchID, model string, at time.Time) publishing.Published {
	t.Helper()
	f, err := forecast.New(forecast.Parameters{LambdaHome: 1.6, LambdaAway: 1.1, Rho: -0.05, Home: 0.5, Draw: 0.27, Away: 0.23})
	if err != nil {
		t.Fatal(err)
	}
	return publishing.Published{Match: match, Model: model, At: at, Forecast: f, Pick: football.HomeWin, HasPick: true}
}

func publish(t testing.TB, db *bun.DB, all ...publishing.Published) int {
	t.Helper()
	changed, err := postgres.NewForecasts(db).Publish(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestPublishSupersedesOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	db := open(t)
	load(t, db, edition("a", "1"), record("Arsenal", "Chelsea", 20, -1, -1))
	registry := postgres.NewRegistry(db)
	for _, version := range []string{"one", "two"} {
		add(t, registry, version)
	}
	crown(t, registry, "one", false)
	match := all(t, db)[0].ID
	read := postgres.NewCatalogue(db)
	if _, err := read.Forecast(t.Context(), match); !errors.Is(err, catalogue.ErrNoForecast) {
		t.Errorf("before publication: %v", err)
	}
	if _, err := read.Forecast(t.Context(), football.MatchID(postgres.NewID())); !errors.Is(err, catalogue.ErrNoMatch) {
		t.Errorf("of no match: %v", err)
	}
	if n := publish(t, db, published(t, match, "one", now)); n != 1 {
		t.Errorf("first publication changed %d", n)
	}
	if n := publish(t, db, published(t, match, "one", now.Add(time.Hour))); n != 0 {
		t.Errorf("the same again changed %d", n)
	}
	two := published(t, match, "two", now.Add(2*time.Hour))
	if _, err := postgres.NewForecasts(db).Publish(t.Context(), []publishing.Published{two}); !errors.Is(err, modelling.ErrOvertaken) {
		t.Errorf("publication of a model that is no champion: %v", err)
	}
	crown(t, registry, "two", false)
	if n := publish(t, db, two); n != 1 {
		t.Errorf("another model changed %d", n)
	}
	slow := published(t, match, "two", now.Add(time.Hour))
	slow.HasPick = false
	if n := publish(t, db, slow); n != 0 {
		t.Errorf("a slower run's older forecast changed %d", n)
	}
	current, err := read.Forecast(t.Context(), match)
	if err != nil || current.Model != "two" || !current.HasPick || current.Match.HomeName != "Arsenal" {
		t.Errorf("current = %+v, %v", current, err)
	}
	former, err := read.ForecastHistory(t.Context(), match, catalogue.Page{Limit: 10})
	if err != nil || len(former) != 2 || !former[1].SupersededAt.Equal(now.Add(2*time.Hour)) {
		t.Errorf("history = %+v, %v", former, err)
	}
	listed, err := read.Forecasts(t.Context(), catalogue.MatchFilter{Competition: "premier-league"}, catalogue.Page{Limit: 10})
	if err != nil || len(listed) != 1 {
		t.Errorf("listed %d, %v", len(listed), err)
	}
}

func TestSettlementTakesTheLastForecastBeforeKickOffAndFollowsCorrections(t *testing.T) {
	t.Parallel()
	db := open(t)
	fixture := record("Arsenal", "Chelsea", 20, -1, -1)
	load(t, db, edition("a", "1"), fixture)
	registry := postgres.NewRegistry(db)
	add(t, registry, "one")
	add(t, registry, "two")
	match := all(t, db)[0].ID
	crown(t, registry, "one", false)
	publish(t, db, published(t, match, "one", fixture.KickOff.Add(-time.Hour)))
	crown(t, registry, "two", false)
	publish(t, db, published(t, match, "two", fixture.KickOff.Add(time.Hour)))

	settler := publishing.NewSettler(postgres.NewSettlements(db), func() time.Time { return now })
	settle := func(want int) {
		t.Helper()
		if n, err := settler.Settle(t.Context(), nil); err != nil || n != want {
			t.Fatalf("settled %d, %v; want %d", n, err, want)
		}
	}
	settle(0)
	load(t, db, edition("a", "1"), record("Arsenal", "Chelsea", 20, 2, 0))
	settle(1)
	settle(0)
	accuracy := func() publishing.Accuracy {
		t.Helper()
		sums, err := postgres.NewSettlements(db).Accuracy(t.Context())
		if err != nil || len(sums) != 1 || sums[0].Model != "one" {
			t.Fatalf("accuracy = %+v, %v", sums, err)
		}
		return sums[0]
	}
	if a := accuracy(); a.Picks != 1 || a.PicksRight != 1 {
		t.Errorf("accuracy = %+v", a)
	}
	load(t, db, edition("a", "1"), record("Arsenal", "Chelsea", 20, 2, 2))
	settle(1)
	if a := accuracy(); a.Picks != 1 || a.PicksRight != 0 {
		t.Errorf("after the correction: %+v", a)
	}
}

func TestRatingsAreKeptOnceADay(t *testing.T) {
	t.Parallel()
	db := open(t)
	load(t, db, edition("a", "1"), record("Arsenal", "Chelsea", 20, 2, 0))
	add(t, postgres.NewRegistry(db), "one")
	ratings := postgres.NewRatings(db)
	if since, err := ratings.Since(t.Context(), "one"); err != nil || !since.IsZero() {
		t.Errorf("since = %v, %v", since, err)
	}
	team := all(t, db)[0].Home
	day := time.Date(2019, time.February, 20, 0, 0, 0, 0, time.UTC)
	for _, attack := range []float64{0.1, 0.2} {
		err := ratings.Keep(t.Context(), "one", []publishing.Rating{{
			Team: team, Competition: "premier-league", On: day, Rating: forecast.Rating{Team: team, Attack: attack},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if since, err := ratings.Since(t.Context(), "one"); err != nil || !since.Equal(day) {
		t.Errorf("since = %v, %v", since, err)
	}
	points, err := postgres.NewCatalogue(db).Ratings(t.Context(), team, "one", catalogue.Page{Limit: 10})
	if err != nil || len(points) != 1 || points[0].Rating.Attack != 0.2 {
		t.Errorf("points = %+v, %v", points, err)
	}
}
