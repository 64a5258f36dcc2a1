package openfootball

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Name is the source's name.
const Name = "openfootball"

// DefaultBaseURL is where the files are.
const DefaultBaseURL = "https://raw.githubusercontent.com/openfootball/football.json/master"

// leagues are the project's names of the leagues it has files of.
var leagues = []string{
	"en.1", "en.2", "en.3", "en.4", "es.1", "es.2", "it.1", "it.2", "de.1", "de.2", "fr.1", "fr.2",
	"nl.1", "pt.1", "be.1", "sco.1", "tr.1", "gr.1", "at.1", "ch.1",
}

var _ ingesting.Source = (*Source)(nil)

// Config says what a [Source] offers.
type Config struct {
	BaseURL  string // default [DefaultBaseURL]
	Seasons  int    // how many, the running one included
	Calendar football.Calendar
	Client   *fetch.Client
}

// Source gets the files of openfootball/football.json.
type Source struct{ config Config }

// New returns a Source.
func New(c Config) *Source {
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return &Source{config: c}
}

// Name implements [ingesting.Source].
func (s *Source) Name() string { return Name }

// Editions lists the seasons that there may be. The project has no index, and
// some leagues lack some seasons: reading those finds no edition.
func (s *Source) Editions(context.Context) ([]ingesting.Edition, error) {
	var editions []ingesting.Edition
	newest := football.SeasonOf(s.config.Calendar())
	for year := newest.FirstYear() - s.config.Seasons + 1; year <= newest.FirstYear(); year++ {
		season, err := football.NewSeason(year, year+1)
		if err != nil {
			return nil, err
		}
		for _, league := range leagues {
			competition, ok := football.FindCompetition(league)
			if !ok {
				return nil, fmt.Errorf("league %s is not in the catalogue", league)
			}
			editions = append(editions, ingesting.Edition{
				Source: Name, Competition: competition, Season: season,
				Locator: season.String() + "/" + league + ".json",
			})
		}
	}
	return editions, nil
}

// Read implements [ingesting.Source].
func (s *Source) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	response, err := s.config.Client.Get(ctx, fetch.Request{URL: s.config.BaseURL + "/" + e.Locator, Known: known})
	if err != nil {
		return ingesting.Batch{}, err
	}
	if response.Unchanged {
		return ingesting.Batch{Unchanged: true, Fingerprint: response.Fingerprint}, nil
	}
	batch, err := Parse(ctx, bytes.NewReader(response.Body), e, e.Locator)
	batch.Fingerprint = response.Fingerprint
	return batch, err
}
