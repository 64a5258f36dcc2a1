package publishing

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// late is how long after its day a result may come in or be corrected and
// still be seen in the ratings that are kept. Forecasts always see it.
const late = 60 * 24 * time.Hour

// follow lets the champion see every result day by day, and keeps the ratings
// of the days that are new or may have changed.
func (p *Publisher) follow(ctx context.Context, champion modelling.Entry, results []forecast.Result) (forecast.Forecaster, error) {
	since, err := p.ratings.Since(ctx, champion.Version)
	if err != nil {
		return nil, fmt.Errorf("read kept ratings: %w", err)
	}
	since = since.Add(-late)
	forecaster := champion.Model.Start()
	var fresh []Rating
	for len(results) > 0 {
		day := firstDay(results)
		forecaster.Observe(results[:day])
		if on := results[0].Date; on.After(since) {
			fresh = append(fresh, rated(forecaster, results[:day], on)...)
		}
		results = results[day:]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for start := 0; start < len(fresh); start += 10 * chunk {
		end := min(start+10*chunk, len(fresh))
		if err := p.ratings.Keep(ctx, champion.Version, fresh[start:end]); err != nil {
			return nil, fmt.Errorf("keep ratings: %w", err)
		}
	}
	return forecaster, nil
}

// firstDay is how many of results share the date of the first.
func firstDay(results []forecast.Result) int {
	n := 1
	for n < len(results) && results[n].Date.Equal(results[0].Date) {
		n++
	}
	return n
}

// rated are the ratings of the teams that played on a day.
func rated(f forecast.Forecaster, day []forecast.Result, on time.Time) []Rating {
	played := make(map[football.TeamID]football.CompetitionCode, 2*len(day))
	for _, r := range day {
		played[r.Home], played[r.Away] = r.Competition, r.Competition
	}
	seen := make(map[football.CompetitionCode]bool)
	var all []Rating
	for _, r := range day {
		if seen[r.Competition] {
			continue
		}
		seen[r.Competition] = true
		for _, rating := range f.Ratings(r.Competition) {
			if played[rating.Team] == r.Competition {
				all = append(all, Rating{Team: rating.Team, Competition: r.Competition, On: on, Rating: rating})
			}
		}
	}
	return all
}
