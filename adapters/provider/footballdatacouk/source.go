package footballdatacouk

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Name is the source's name.
const Name = "football-data.co.uk"

// DefaultBaseURL is where the site is.
const DefaultBaseURL = "https://www.football-data.co.uk"

// divisions are the site's names of the leagues it has files of.
var divisions = []string{
	"E0", "E1", "E2", "E3", "SC0", "D1", "D2", "I1", "I2", "SP1", "SP2", "F1", "F2", "N1", "B1", "P1", "T1", "G1",
}

var _ ingesting.Source = (*Source)(nil)

// Config says what a [Source] offers.
type Config struct {
	BaseURL  string // default [DefaultBaseURL]
	Seasons  int    // how many, the running one included
	Calendar football.Calendar
	Client   *fetch.Client
}

// Source gets the files of football-data.co.uk.
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

// Editions lists the seasons that there should be; the site has no index, so
// the newest may turn out to be missing when it is read.
func (s *Source) Editions(context.Context) ([]ingesting.Edition, error) {
	var editions []ingesting.Edition
	newest := football.SeasonOf(s.config.Calendar())
	for year := newest.FirstYear() - s.config.Seasons + 1; year <= newest.FirstYear(); year++ {
		season, err := football.NewSeason(year, year+1)
		if err != nil {
			return nil, err
		}
		for _, division := range divisions {
			competition, ok := football.FindCompetition(division)
			if !ok {
				return nil, fmt.Errorf("division %s is not in the catalogue", division)
			}
			editions = append(editions, ingesting.Edition{
				Source: Name, Competition: competition, Season: season,
				Locator: fmt.Sprintf("mmz4281/%02d%02d/%s.csv", season.FirstYear()%100, season.LastYear()%100, division),
			})
		}
	}
	return editions, nil
}

// Read implements [ingesting.Source].
func (s *Source) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	response, err := s.config.Client.Get(ctx, fetch.Request{
		URL: s.config.BaseURL + "/" + e.Locator, Known: known,
		// The server answers a missing file with a choice of similar names.
		Missing: []int{http.StatusMultipleChoices},
	})
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
