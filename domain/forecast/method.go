package forecast

import (
	"strings"

	"github.com/football-prediction/football-prediction/domain"
)

// Default is the name of the recommended forecaster.
const Default = "score-driven"

// BaseRates is the name of the yardstick.
const BaseRates = "base-rates"

// ErrMethod is returned for the name of a forecaster that does not exist.
var ErrMethod = &domain.Error{Kind: domain.NotFound, Code: "forecast.model"}

// method is a way to forecast.
type method struct {
	Name
	settings func() settings // a fresh copy of the defaults
	effort   effort
}

// effort bounds what tuning may cost.
type effort struct {
	rounds  int // how often each dial is turned
	matches int // how many of the latest matches are walked through
}

// Name is what a forecaster is called, and what it is in one line.
type Name struct{ Name, Description string }

var methods = []method{
	{
		Name{Default, "Poisson goals; quality and style of each team follow every result (score-driven), fast and slow; recommended"},
		func() settings { s := scoreDrivenDefaults; return &s },
		effort{rounds: 5, matches: 100_000},
	},
	{
		Name{"dixon-coles", "Dixon & Coles (1997) with time decay and a ridge prior, refitted after every round; challenger"},
		func() settings { s := dixonColesDefaults; return &s },
		effort{rounds: 2, matches: 8_000},
	},
	{
		Name{BaseRates, "how often home sides won, drew and lost in the last five years of the league; yardstick"},
		func() settings { return &baseRateSettings{} },
		effort{},
	},
}

// Names lists the forecasters, the recommended one first.
func Names() []Name {
	names := make([]Name, len(methods))
	for i, m := range methods {
		names[i] = m.Name
	}
	return names
}

func findMethod(name string) (method, error) {
	known := make([]string, len(methods))
	for i, m := range methods {
		if m.Name.Name == name {
			return m, nil
		}
		known[i] = m.Name.Name
	}
	return method{}, domain.Errorf(domain.NotFound, ErrMethod.Code,
		"no model is called %q; there are %s", name, strings.Join(known, ", "))
}
