package ingestion

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// Edition is the input of IngestSeason: one season of one competition in one
// source. Whoever starts it by hand gives the first four; the others are known
// for the competitions of the catalogue.
type Edition struct {
	Source      string `json:"source"`
	Competition string `json:"competition"` // code, such as premier-league
	Season      string `json:"season"`      // such as 2021-22
	Locator     string `json:"locator"`     // where in the source
	Name        string `json:"name,omitempty"`
	Country     string `json:"country,omitempty"`
	TimeZone    string `json:"time_zone,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

func toEdition(e ingesting.Edition) Edition {
	return Edition{
		Source: e.Source, Competition: string(e.Competition.Code), Season: e.Season.String(), Locator: e.Locator,
		Name: e.Competition.Name, Country: e.Competition.Country, TimeZone: e.Competition.TimeZone, Fingerprint: e.Fingerprint,
	}
}

func fromEdition(e Edition) (ingesting.Edition, error) {
	season, err := football.ParseSeason(e.Season)
	if err != nil {
		return ingesting.Edition{}, err
	}
	competition := football.Competition{
		Code: football.CompetitionCode(e.Competition), Name: e.Name, Country: e.Country, TimeZone: e.TimeZone,
	}
	if known, ok := football.FindCompetition(e.Competition); ok && e.Name == "" {
		competition = known
	}
	if competition.Name == "" {
		return ingesting.Edition{}, domain.Errorf(domain.Invalid, football.ErrCompetition.Code,
			"no competition is called %q; give its name, country and time_zone too", e.Competition)
	}
	return ingesting.Edition{
		Source: e.Source, Competition: competition, Season: season, Locator: e.Locator, Fingerprint: e.Fingerprint,
	}, nil
}

// complete returns an error that names every field an edition lacks.
func (e Edition) complete() error {
	var missing []string
	for _, field := range []struct{ name, value string }{
		{"source", e.Source}, {"competition", e.Competition}, {"season", e.Season}, {"locator", e.Locator},
	} {
		if strings.TrimSpace(field.value) == "" {
			missing = append(missing, field.name)
		}
	}
	if missing != nil {
		return process.Missing(missing...)
	}
	return nil
}

// path identifies the edition, also within a workflow's id. Locators may be
// long and hold anything, so a digest stands for them.
func (e Edition) path() string {
	sum := sha256.Sum256([]byte(e.Locator))
	return strings.Join([]string{e.Source, e.Competition, e.Season, hex.EncodeToString(sum[:4])}, "/")
}

func (e Edition) String() string {
	return e.Competition + " " + e.Season + " from " + e.Source + " (" + e.Locator + ")"
}

// compare puts editions in the one order in which runs go through them: oldest
// season first, so that teams are known before they are promoted.
func compare(a, b Edition) int {
	return cmp.Or(
		cmp.Compare(a.Season, b.Season),
		cmp.Compare(a.Competition, b.Competition),
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.Locator, b.Locator),
	)
}
