package simulated

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Name is the source's name.
const Name = "simulated"

var _ ingesting.Source = (*Source)(nil)

// Config says what is simulated.
type Config struct {
	Seed     uint64
	Seasons  int // how many, the running one included
	Calendar football.Calendar
}

// Source plays the leagues. What it tells depends on the seed and on what the
// calendar says, and on nothing else.
type Source struct{ config Config }

// New returns a Source.
func New(c Config) *Source { return &Source{config: c} }

// Name implements [ingesting.Source].
func (s *Source) Name() string { return Name }

// Editions lists the seasons up to the running one and, when that nears its
// end, the next: there are always fixtures to come.
func (s *Source) Editions(context.Context) ([]ingesting.Edition, error) {
	now := s.config.Calendar()
	running := football.SeasonOf(now).FirstYear()
	var editions []ingesting.Edition
	for year := running - s.config.Seasons + 1; year <= running+1; year++ {
		season, err := football.NewSeason(year, year+1)
		if err != nil {
			return nil, err
		}
		for i := range leagues {
			l := &leagues[i]
			if year > running && now.Before(l.end(football.SeasonOf(now)).AddDate(0, 0, -28)) {
				continue
			}
			fingerprint, err := s.fingerprint(l, season, now)
			if err != nil {
				return nil, err
			}
			editions = append(editions, ingesting.Edition{
				Source: Name, Competition: l.competition, Season: season,
				Locator: string(l.competition.Code) + "/" + season.String(), Fingerprint: fingerprint,
			})
		}
	}
	return editions, nil
}

// Read implements [ingesting.Source].
func (s *Source) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	l := find(e.Competition.Code)
	if l == nil {
		return ingesting.Batch{}, domain.Errorf(ingesting.ErrNoEdition.Kind, ingesting.ErrNoEdition.Code,
			"no league %s is simulated", e.Competition.Code)
	}
	now := s.config.Calendar()
	fingerprint, err := s.fingerprint(l, e.Season, now)
	if err != nil {
		return ingesting.Batch{}, err
	}
	if fingerprint == known {
		return ingesting.Batch{Unchanged: true, Fingerprint: known}, nil
	}
	fixtures, err := l.fixtures(s.config.Seed, e.Season)
	if err != nil {
		return ingesting.Batch{}, err
	}
	batch := ingesting.Batch{Rows: len(fixtures), Fingerprint: fingerprint}
	for i, f := range fixtures {
		if ctx.Err() != nil {
			return ingesting.Batch{}, context.Cause(ctx)
		}
		record, err := l.record(s.config.Seed, e.Season, f, now)
		if err != nil {
			return ingesting.Batch{}, fmt.Errorf("simulate %s: %w", record.ExternalID, err)
		}
		record.Place.File, record.Place.Line = e.Locator, i+1
		batch.Records = append(batch.Records, record)
	}
	return batch, nil
}

// Strength is the true strength of a club of a competition at a moment; false
// for others.
func (s *Source) Strength(code football.CompetitionCode, club string, at time.Time) (Strength, bool) {
	if l := find(code); l != nil {
		for i, name := range l.clubs {
			if name == club {
				return l.strength(s.config.Seed, i, at), true
			}
		}
	}
	return Strength{}, false
}

// fingerprint changes whenever a match ends.
func (s *Source) fingerprint(l *league, season football.Season, now time.Time) (string, error) {
	fixtures, err := l.fixtures(s.config.Seed, season)
	if err != nil {
		return "", err
	}
	played := 0
	for _, f := range fixtures {
		if over(f, now) {
			played++
		}
	}
	return fmt.Sprintf("v1 seed %d, %d of %d played", s.config.Seed, played, len(fixtures)), nil
}

func find(code football.CompetitionCode) *league {
	for i := range leagues {
		if leagues[i].competition.Code == code {
			return &leagues[i]
		}
	}
	return nil
}

func roundName(round int) string { return fmt.Sprintf("Matchday %d", round) }
