package provider

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/asof"
	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/adapters/provider/folder"
	"github.com/football-prediction/football-prediction/adapters/provider/footballdatacouk"
	"github.com/football-prediction/football-prediction/adapters/provider/footballdataorg"
	"github.com/football-prediction/football-prediction/adapters/provider/openfootball"
	"github.com/football-prediction/football-prediction/adapters/provider/simulated"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// DefaultSeasons is how many seasons the sources with no end offer.
const DefaultSeasons = 5

// Config names the sources.
type Config struct {
	// Data is openfootball, football-data.co.uk, football-data.org, simulated,
	// the path of a folder, or several of these divided by commas. A path that
	// looks like a name is written ./name.
	Data string
	// AsOf hides what happened after that date, a midnight in UTC; zero hides
	// nothing.
	AsOf time.Time
	// FootballDataOrgToken adds football-data.org to any source from the
	// network.
	FootballDataOrgToken string
	Now                  domain.Clock // default the real time
	Seasons              int          // how many seasons, the running one included; default [DefaultSeasons]
	Seed                 uint64       // of the simulated leagues

	// The addresses of the sources, where they aren't the usual ones.
	OpenFootballURL, FootballDataCoUKURL, FootballDataOrgURL string
	Fetch                                                    fetch.Options
}

// ErrConfig is returned for sources that don't exist.
var ErrConfig = &domain.Error{Kind: domain.Invalid, Code: "provider.config"}

// NewSources returns the sources that c names, each once.
func NewSources(c Config) ([]ingesting.Source, error) {
	if c.Seasons <= 0 {
		c.Seasons = DefaultSeasons
	}
	if c.Now == nil {
		c.Now = time.Now //nolint:forbidigo // the default of what tests and programs may give
	}
	var sources []ingesting.Source
	seen, folders := make(map[string]bool), 0
	for _, name := range c.names() {
		if seen[name] {
			continue
		}
		seen[name] = true
		source, err := c.source(name)
		if err != nil {
			return nil, err
		}
		if f, ok := source.(*folder.Source); ok {
			if folders++; folders > 1 {
				source = f.Named(fmt.Sprintf("%s-%d", folder.Name, folders))
			}
		}
		if !c.AsOf.IsZero() {
			source = asof.New(source, c.AsOf)
		}
		sources = append(sources, source)
	}
	if len(sources) == 0 {
		return nil, domain.Errorf(ErrConfig.Kind, ErrConfig.Code, "DATA names no source; %s", choices)
	}
	return sources, nil
}

const choices = "say openfootball, football-data.co.uk, football-data.org, simulated or the path of a folder"

// names parts Data. A folder whose own path has a comma is taken whole.
func (c Config) names() []string {
	whole := strings.TrimSpace(c.Data)
	if info, err := os.Stat(whole); err == nil && info.IsDir() && !isName(whole) {
		return []string{whole}
	}
	var names []string
	network := false
	for name := range strings.SplitSeq(c.Data, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
			network = network || name == openfootball.Name || name == footballdatacouk.Name
		}
	}
	if network && c.FootballDataOrgToken != "" {
		names = append(names, footballdataorg.Name)
	}
	return names
}

// calendar stands on AsOf: the world of that day has its seasons, too.
func (c Config) calendar() football.Calendar {
	if c.AsOf.IsZero() {
		return football.Today(c.Now)
	}
	return football.AsOf(c.AsOf)
}

func isName(text string) bool {
	switch text {
	case openfootball.Name, footballdatacouk.Name, footballdataorg.Name, simulated.Name:
		return true
	}
	return false
}

func (c Config) source(name string) (ingesting.Source, error) {
	switch name {
	case openfootball.Name:
		return openfootball.New(openfootball.Config{
			BaseURL: c.OpenFootballURL, Seasons: c.Seasons, Calendar: c.calendar(), Client: fetch.New(c.Fetch),
		}), nil
	case footballdatacouk.Name:
		return footballdatacouk.New(footballdatacouk.Config{
			BaseURL: c.FootballDataCoUKURL, Seasons: c.Seasons, Calendar: c.calendar(), Client: fetch.New(c.Fetch),
		}), nil
	case footballdataorg.Name:
		if c.FootballDataOrgToken == "" {
			return nil, domain.Errorf(ErrConfig.Kind, ErrConfig.Code, "football-data.org needs a token; set FOOTBALL_DATA_ORG_TOKEN")
		}
		return footballdataorg.New(footballdataorg.Config{
			BaseURL: c.FootballDataOrgURL, Token: c.FootballDataOrgToken, Seasons: c.Seasons,
			Calendar: c.calendar(), Now: c.Now, Client: fetch.New(c.Fetch),
		}), nil
	case simulated.Name:
		return simulated.New(simulated.Config{Seed: c.Seed, Seasons: c.Seasons, Calendar: c.calendar()}), nil
	}
	if _, err := os.Stat(name); err != nil && !strings.ContainsAny(name, "/\\.") {
		return nil, domain.Errorf(ErrConfig.Kind, ErrConfig.Code, "DATA names %q, which is neither a source nor a folder; %s", name, choices)
	}
	return folder.New(name), nil
}
