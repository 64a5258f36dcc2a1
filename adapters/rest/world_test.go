package rest_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// now is when every test takes place.
var now = time.Date(2026, 8, 14, 12, 0, 0, 0, time.UTC)

const (
	champion   = "score-driven-8fc4c7a122"
	unmeasured = "dixon-coles-f4db125a07"
)

// world is all that the API reads, in memory. When err is set, everything
// fails with it.
type world struct {
	err       error
	stall     bool // wait until the request is given up
	crash     bool
	asked     int
	teams     []football.Team
	matches   []catalogue.Match
	forecasts []catalogue.Forecast
	ratings   []catalogue.RatingPoint
	findings  []catalogue.Finding
	reports   []catalogue.Report
	models    []modelling.Entry
	former    string
}

// id makes UUIDs that are easy to tell apart.
func id(kind, n int) string { return fmt.Sprintf("0197f3a2-%04x-7000-8000-%012x", kind, n) }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{}
	for i := range 20 {
		w.teams = append(w.teams, football.Team{ID: football.TeamID(id(1, i)), Name: fmt.Sprintf("Team %02d", i/2), Country: "England"})
	}
	for i := range 230 {
		w.addMatch(t, i)
	}
	for i := range 120 {
		w.ratings = append(w.ratings, catalogue.RatingPoint{
			Competition: "premier-league", Model: champion, On: now.Truncate(24*time.Hour).AddDate(0, 0, -i),
			Rating: forecast.Rating{Team: w.teams[0].ID, Attack: 0.2, Defence: 0.1, Matches: 200 - i},
		})
		w.findings = append(w.findings, catalogue.Finding{ID: id(5, 1000-i), FoundAt: now.Add(-time.Duration(i/7) * time.Hour), Finding: quality.Finding{
			Rule: quality.ImpossibleDate, Competition: "premier-league", Season: season(2025), Source: "football-data.co.uk",
			Place: quality.Place{File: "premier-league/season-2526.csv", Line: i + 2, Column: 3, Field: "Date"}, Reason: "31/02/2026 does not exist.", Raw: "E0,31/02/2026,\xff,B",
		}})
	}
	for _, code := range []football.CompetitionCode{"bundesliga", "premier-league"} {
		w.reports = append(w.reports, catalogue.Report{Threshold: 0.9, Report: quality.Report{
			Competition: code, MeasuredAt: now, Rows: 100, Broken: map[quality.Rule]int{quality.DuplicateMatch: 2, quality.MissingTeam: 1}, Newest: now.AddDate(0, 0, -2),
		}})
	}
	w.addModels(t)
	return w
}

func season(first int) football.Season {
	s, _ := football.NewSeason(first, first+1)
	return s
}

// addMatch makes finished matches and, from the hundredth on, fixtures; two
// kick off at each moment, so that pages must use ids.
func (w *world) addMatch(t testing.TB, i int) {
	t.Helper()
	m := catalogue.Match{
		Match: football.Match{
			ID: football.MatchID(id(2, i)), Competition: "premier-league", Season: season(2026), Leg: 1,
			Home: w.teams[i%20].ID, Away: w.teams[(i+1)%20].ID, KickOff: now.Add(time.Duration(i/2-50) * time.Hour), TimeKnown: true, Status: football.Scheduled,
		},
		CompetitionName: "Premier League", HomeName: w.teams[i%20].Name, AwayName: w.teams[(i+1)%20].Name,
		Round: "Matchday 1", Source: "openfootball", SourceRef: "2026-27/en.1.json", UpdatedAt: now,
	}
	if i < 100 {
		full, _ := football.NewScore(2, 1)
		half, _ := football.NewScore(1, 1)
		shots, _ := football.NewCount(14, 9)
		m.Status, m.FullTime, m.HalfTime, m.Stats.Shots = football.Finished, &full, &half, &shots
	}
	w.matches = append(w.matches, m)
	if i == 229 {
		return // a match that has no forecast
	}
	f := catalogue.Forecast{
		ID: id(3, i), Match: m, Model: champion, At: now.Add(-time.Hour), DataUntil: now.AddDate(0, 0, -3),
		Forecast: newForecast(t), Pick: football.HomeWin, HasPick: i%2 == 0,
	}
	if i < 100 {
		f.Settlement = &catalogue.Settlement{At: now, Result: *m.FullTime, RPS: 0.14, LogLoss: 0.7, PickRight: true}
	}
	w.forecasts = append(w.forecasts, f)
}

func newForecast(t testing.TB) forecast.Forecast {
	t.Helper()
	f, err := forecast.New(forecast.Parameters{LambdaHome: 1.5387123456789, LambdaAway: 1.09, Rho: -0.05, Home: 0.4817329, Draw: 0.2701844, Away: 0.2480827})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (w *world) addModels(t testing.TB) {
	t.Helper()
	model, err := forecast.Train(context.Background(), forecast.Default, nil, forecast.TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	scores := forecast.NewEvaluator(0.5)
	scores.Add(newForecast(t), football.HomeWin)
	scores.Add(newForecast(t), football.Draw)
	w.models = append(w.models,
		modelling.Entry{Version: champion, Model: model, TrainedAt: now, Champion: true, Evaluation: &modelling.Evaluation{
			EvaluatedAt: now, From: now.AddDate(-1, 0, 0), To: now, Scores: scores.Evaluation(), Baseline: scores.Evaluation(), Against: unmeasured,
		}},
		modelling.Entry{Version: unmeasured, Model: model, TrainedAt: now.Add(-time.Hour)})
	for i := range 60 {
		w.models = append(w.models, modelling.Entry{Version: fmt.Sprintf("base-rates-%02d", 99-i), Model: model, TrainedAt: now.Add(-time.Duration(2+i/3) * time.Hour)})
	}
}

// fails is called by every method first.
func (w *world) fails(ctx context.Context) error {
	w.asked++
	if w.crash {
		panic("secret: the sky fell")
	}
	if w.stall {
		<-ctx.Done()
		return fmt.Errorf("select: %w", ctx.Err())
	}
	return w.err
}

// cut is the page of all, which are in order, that p asks for.
func cut[T any](all []T, p catalogue.Page, compare func(T, catalogue.Position) int) []T {
	if p.Limit < 1 || p.Limit > catalogue.MaxLimit {
		panic(fmt.Sprintf("limit %d breaks the port's contract", p.Limit))
	}
	if p.After != nil {
		all = slices.DeleteFunc(slices.Clone(all), func(x T) bool { return compare(x, *p.After) <= 0 })
	}
	return all[:min(len(all), p.Limit)]
}

func newest(at time.Time, id string, p catalogue.Position) int {
	return cmp.Or(p.Time.Compare(at), strings.Compare(p.ID, id))
}

func oldest(at time.Time, id string, p catalogue.Position) int { return -newest(at, id, p) }
