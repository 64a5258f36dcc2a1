package rest_test

import (
	"context"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

var (
	_ catalogue.Catalogue = (*world)(nil)
	_ catalogue.Models    = (*world)(nil)
)

func (w *world) Competitions(ctx context.Context) ([]catalogue.Competition, error) {
	var all []catalogue.Competition
	for _, code := range []string{"bundesliga", "la-liga", "premier-league"} {
		known, _ := football.FindCompetition(code)
		all = append(all, catalogue.Competition{Competition: known, Seasons: []football.Season{season(2026)}, Matches: 230, Finished: 100, Newest: now})
	}
	return all, w.fails(ctx)
}

func (w *world) Season(ctx context.Context, code football.CompetitionCode, s football.Season) (football.Season, []football.Match, error) {
	if err := w.fails(ctx); err != nil {
		return s, nil, err
	}
	if code != "premier-league" {
		return s, nil, catalogue.ErrNoCompetition
	}
	if s != (football.Season{}) && s != season(2026) {
		return s, nil, catalogue.ErrNoSeason
	}
	var matches []football.Match
	for _, m := range w.matches {
		matches = append(matches, m.Match)
	}
	return season(2026), matches, nil
}

func (w *world) Teams(ctx context.Context, f catalogue.TeamFilter, p catalogue.Page) ([]football.Team, error) {
	all := slices.DeleteFunc(slices.Clone(w.teams), func(t football.Team) bool {
		return !strings.Contains(strings.ToLower(t.Name), strings.ToLower(f.Name))
	})
	return cut(all, p, func(t football.Team, p catalogue.Position) int {
		if d := strings.Compare(t.Name, p.Name); d != 0 {
			return d
		}
		return strings.Compare(string(t.ID), p.ID)
	}), w.fails(ctx)
}

func (w *world) Team(ctx context.Context, id football.TeamID) (football.Team, error) {
	for _, t := range w.teams {
		if t.ID == id {
			return t, w.fails(ctx)
		}
	}
	return football.Team{}, catalogue.ErrNoTeam
}

func (w *world) TeamsByID(ctx context.Context, ids []football.TeamID) (map[football.TeamID]football.Team, error) {
	found := make(map[football.TeamID]football.Team)
	for _, t := range w.teams {
		if slices.Contains(ids, t.ID) {
			found[t.ID] = t
		}
	}
	return found, w.fails(ctx)
}

func (w *world) Ratings(ctx context.Context, id football.TeamID, _ string, p catalogue.Page) ([]catalogue.RatingPoint, error) {
	if _, err := w.Team(ctx, id); err != nil {
		return nil, err
	}
	return cut(w.ratings, p, func(r catalogue.RatingPoint, p catalogue.Position) int {
		return newest(r.On, string(r.Competition), p)
	}), nil
}

// fits is the filter, as an adapter would apply it.
func fits(m catalogue.Match, f catalogue.MatchFilter) bool {
	return (f.Competition == "" || f.Competition == m.Competition) &&
		(f.Season == football.Season{} || f.Season == m.Season) &&
		(f.Team == "" || f.Team == m.Home || f.Team == m.Away) &&
		(f.Status == "" || f.Status == m.Status) &&
		(f.From.IsZero() || !m.KickOff.Before(f.From)) &&
		(f.To.IsZero() || m.KickOff.Before(f.To)) &&
		(f.IDs == nil || slices.Contains(f.IDs, m.ID))
}

func (w *world) Matches(ctx context.Context, f catalogue.MatchFilter, p catalogue.Page) ([]catalogue.Match, error) {
	all := slices.DeleteFunc(slices.Clone(w.matches), func(m catalogue.Match) bool { return !fits(m, f) })
	return cut(all, p, func(m catalogue.Match, p catalogue.Position) int { return oldest(m.KickOff, string(m.ID), p) }), w.fails(ctx)
}

func (w *world) Match(ctx context.Context, id football.MatchID) (catalogue.Match, error) {
	for _, m := range w.matches {
		if m.ID == id {
			return m, w.fails(ctx)
		}
	}
	return catalogue.Match{}, catalogue.ErrNoMatch
}

func (w *world) Odds(ctx context.Context, id football.MatchID) ([]catalogue.Quote, error) {
	if _, err := w.Match(ctx, id); err != nil {
		return nil, err
	}
	var quotes []catalogue.Quote
	for _, bookmaker := range []string{"bet365", "pinnacle"} {
		o, err := football.NewOdds(bookmaker, football.Closing, now, 1.95, 3.6, 4.2)
		if err != nil {
			return nil, err
		}
		quotes = append(quotes, catalogue.Quote{Odds: o, Source: "football-data.co.uk"})
	}
	return quotes, nil
}

func (w *world) Forecasts(ctx context.Context, f catalogue.MatchFilter, p catalogue.Page) ([]catalogue.Forecast, error) {
	all := slices.DeleteFunc(slices.Clone(w.forecasts), func(x catalogue.Forecast) bool { return !fits(x.Match, f) })
	return cut(all, p, func(x catalogue.Forecast, p catalogue.Position) int {
		return oldest(x.Match.KickOff, string(x.Match.ID), p)
	}), w.fails(ctx)
}

func (w *world) Forecast(ctx context.Context, id football.MatchID) (catalogue.Forecast, error) {
	if _, err := w.Match(ctx, id); err != nil {
		return catalogue.Forecast{}, err
	}
	for _, f := range w.forecasts {
		if f.Match.ID == id {
			return f, nil
		}
	}
	return catalogue.Forecast{}, catalogue.ErrNoForecast
}

func (w *world) ForecastHistory(ctx context.Context, match football.MatchID, p catalogue.Page) ([]catalogue.Forecast, error) {
	current, err := w.Forecast(ctx, match)
	if err != nil {
		return nil, err
	}
	all := []catalogue.Forecast{current}
	for i := range 80 {
		former := current
		former.ID, former.At, former.SupersededAt, former.Settlement = id(4, 500-i), now.AddDate(0, 0, -1-i/5), now, nil
		all = append(all, former)
	}
	return cut(all, p, func(f catalogue.Forecast, p catalogue.Position) int { return newest(f.At, f.ID, p) }), nil
}

func (w *world) Models(ctx context.Context, p catalogue.Page) ([]modelling.Entry, error) {
	return cut(w.models, p, func(e modelling.Entry, p catalogue.Position) int { return newest(e.TrainedAt, e.Version, p) }), w.fails(ctx)
}

func (w *world) Reports(ctx context.Context) ([]catalogue.Report, error) {
	return w.reports, w.fails(ctx)
}

func (w *world) Findings(ctx context.Context, f catalogue.FindingFilter, p catalogue.Page) ([]catalogue.Finding, error) {
	all := slices.DeleteFunc(slices.Clone(w.findings), func(x catalogue.Finding) bool { return f.Rule != "" && f.Rule != x.Rule })
	return cut(all, p, func(x catalogue.Finding, p catalogue.Position) int { return newest(x.FoundAt, x.ID, p) }), w.fails(ctx)
}

func (w *world) Freshness(ctx context.Context) ([]catalogue.Freshness, error) {
	return nil, w.fails(ctx)
}
