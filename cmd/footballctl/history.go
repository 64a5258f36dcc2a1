package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/folder"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// history is what a folder says has been played.
type history struct {
	results []forecast.Result
	names   map[meeting]pair // as the files spell them
	leftOut []quality.Finding
	ignored int // matches told before by another file
}

// meeting identifies a match: two teams meet once a day.
type meeting struct {
	competition football.CompetitionCode
	day         time.Time
	home, away  football.TeamID
}

type pair struct{ home, away string }

// readHistory reads the finished matches of the competitions in a folder, of
// all when none is named.
func readHistory(ctx context.Context, path string, competitions []string, meter *meter) (*history, error) {
	source := folder.New(path)
	editions, err := source.Editions(ctx)
	if err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	if editions, err = chosen(editions, competitions); err != nil {
		return nil, err
	}
	h := &history{names: make(map[meeting]pair)}
	for i, e := range editions {
		meter.show(i, len(editions), "reading matches")
		batch, err := source.Read(ctx, e, "")
		switch {
		case errors.Is(err, ingesting.ErrNoEdition):
			continue // gone since it was listed
		case err != nil:
			return nil, fmt.Errorf("read %s: %w", e.Locator, err)
		}
		h.add(e, batch)
	}
	meter.show(len(editions), len(editions), "reading matches")
	return h, nil
}

func chosen(editions []ingesting.Edition, names []string) ([]ingesting.Edition, error) {
	if len(names) == 0 {
		return editions, nil
	}
	wanted := make(map[football.CompetitionCode]bool)
	for _, name := range names {
		code := football.CompetitionCode(football.Slug(name))
		if known, ok := football.FindCompetition(name); ok {
			code = known.Code
		}
		if !slices.ContainsFunc(editions, func(e ingesting.Edition) bool { return e.Competition.Code == code }) {
			return nil, usagef("--competition %q is not in the folder; there are %s", name, strings.Join(codes(editions), ", "))
		}
		wanted[code] = true
	}
	return slices.DeleteFunc(editions, func(e ingesting.Edition) bool { return !wanted[e.Competition.Code] }), nil
}

func codes(editions []ingesting.Edition) []string {
	var all []string
	for _, e := range editions {
		all = append(all, string(e.Competition.Code))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (h *history) add(e ingesting.Edition, b ingesting.Batch) {
	zone, err := time.LoadLocation(e.Competition.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	for _, f := range b.Findings {
		if f.Rule.Severity() == quality.Error {
			h.leftOut = append(h.leftOut, f)
		}
	}
	for _, r := range b.Records {
		if r.Status != football.Finished || r.FullTime == nil {
			continue
		}
		m := meeting{
			competition: e.Competition.Code, day: matchday(r, zone),
			home: teamID(e.Competition, r.Home), away: teamID(e.Competition, r.Away),
		}
		if _, told := h.names[m]; told {
			h.ignored++
			continue
		}
		h.names[m] = pair{home: r.Home, away: r.Away}
		h.results = append(h.results, forecast.Result{
			Competition: m.competition, Season: e.Season, Date: m.day, Home: m.home, Away: m.away,
			HomeGoals: r.FullTime.Home(), AwayGoals: r.FullTime.Away(), Stats: r.Stats,
		})
	}
}

// matchday is the date that the file gives the match, as midnight in UTC. With
// a time, that is the date on the ground.
func matchday(r ingesting.Record, zone *time.Location) time.Time {
	t := r.KickOff.UTC()
	if r.TimeKnown {
		t = r.KickOff.In(zone)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// teamID needs no database: the key is unique within a country, and every
// competition is a stream of its own.
func teamID(c football.Competition, name string) football.TeamID {
	return football.TeamID(football.ResolveTeam(c.Country, name).Key)
}

// covers says whether there is anything to test.
func (h *history) covers(from, to time.Time) error {
	if len(h.results) == 0 {
		return errors.New("--data: the folder holds no finished match" + h.firstLeftOut())
	}
	first, last := h.results[0].Date, h.results[0].Date
	for _, r := range h.results {
		if !r.Date.Before(from) && (to.IsZero() || !r.Date.After(to)) {
			return nil
		}
		if r.Date.Before(first) {
			first = r.Date
		}
		if r.Date.After(last) {
			last = r.Date
		}
	}
	until := "on"
	if !to.IsZero() {
		until = "to " + date(to)
	}
	return fmt.Errorf("no match lies from %s %s; the folder's lie from %s to %s", date(from), until, date(first), date(last))
}

func (h *history) firstLeftOut() string {
	if len(h.leftOut) == 0 {
		return ""
	}
	return "; the first row left out: " + place(h.leftOut[0].Place) + ": " + h.leftOut[0].Reason
}
