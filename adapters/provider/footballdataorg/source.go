// Package footballdataorg gets matches from the API of football-data.org,
// version 4, within its limit of requests.
package footballdataorg

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Name is the source's name.
const Name = "football-data.org"

// DefaultBaseURL is where the service is.
const DefaultBaseURL = "https://api.football-data.org"

// leagues are the service's codes of the leagues in its free plan. Those that
// are played within a calendar year are marked.
var leagues = []struct {
	code   string
	summer bool
}{
	{"PL", false},
	{"ELC", false},
	{"PD", false},
	{"SA", false},
	{"BL1", false},
	{"FL1", false},
	{"DED", false},
	{"PPL", false},
	{"BSA", true},
}

var _ ingesting.Source = (*Source)(nil)

// Config says what a [Source] offers.
type Config struct {
	BaseURL  string // default [DefaultBaseURL]
	Token    string // sent in X-Auth-Token and nowhere else
	Seasons  int    // how many, the running one included
	Calendar football.Calendar
	Now      domain.Clock // the real time: the limit runs by it
	Client   *fetch.Client
}

// Source asks football-data.org.
type Source struct {
	config   Config
	throttle *throttle
}

// New returns a Source.
func New(c Config) *Source {
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return &Source{config: c, throttle: newThrottle(c.Now)}
}

// Name implements [ingesting.Source].
func (s *Source) Name() string { return Name }

// Editions lists the seasons that there may be. Which of them the token's plan
// holds shows when they are read.
func (s *Source) Editions(context.Context) ([]ingesting.Edition, error) {
	var editions []ingesting.Edition
	now := s.config.Calendar()
	for back := s.config.Seasons - 1; back >= 0; back-- {
		for _, league := range leagues {
			competition, ok := football.FindCompetition(league.code)
			if !ok {
				return nil, fmt.Errorf("league %s is not in the catalogue", league.code)
			}
			first := football.SeasonOf(now).FirstYear() - back
			last := first + 1
			if league.summer {
				first = now.UTC().Year() - back
				last = first
			}
			season, err := football.NewSeason(first, last)
			if err != nil {
				return nil, err
			}
			editions = append(editions, ingesting.Edition{
				Source: Name, Competition: competition, Season: season,
				Locator: fmt.Sprintf("v4/competitions/%s/matches?season=%d", league.code, first),
			})
		}
	}
	return editions, nil
}

// Read implements [ingesting.Source].
func (s *Source) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	response, err := s.config.Client.Get(ctx, fetch.Request{
		URL:     s.config.BaseURL + "/" + e.Locator,
		Header:  http.Header{"X-Auth-Token": {s.config.Token}},
		Known:   known,
		Limiter: s.throttle,
		// What the token's plan doesn't hold is forbidden.
		Missing: []int{http.StatusForbidden},
	})
	if err != nil {
		return ingesting.Batch{}, err
	}
	if response.Unchanged {
		return ingesting.Batch{Unchanged: true, Fingerprint: response.Fingerprint}, nil
	}
	batch, err := Parse(ctx, response.Body, e, e.Locator)
	batch.Fingerprint = response.Fingerprint
	return batch, err
}
