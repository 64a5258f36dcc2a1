// Package sources says where matches come from, for the programs that bring them in.
package sources

import (
	"github.com/football-prediction/football-prediction/adapters/provider"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// auto is the value of DATA that leaves the choice of the source open.
const auto = "auto"

// Config names the sources of matches. Where the choice is left open it is
// openfootball: falling back to simulated data is for whoever can say so to a
// person, and never for a worker on its own.
func Config(c config.Config) provider.Config {
	data := c.Data
	if data == auto || data == "" {
		data = "openfootball"
	}
	return provider.Config{
		Data: data, AsOf: c.AsOf, FootballDataOrgToken: string(c.FootballDataOrgToken),
		OpenFootballURL: string(c.OpenFootballURL), FootballDataCoUKURL: string(c.FootballDataCoUkURL),
		FootballDataOrgURL: string(c.FootballDataOrgURL),
	}
}
