package provider

import (
	"github.com/football-prediction/football-prediction/adapters/provider/folder"
	"github.com/football-prediction/football-prediction/adapters/provider/footballdatacouk"
	"github.com/football-prediction/football-prediction/adapters/provider/footballdataorg"
	"github.com/football-prediction/football-prediction/adapters/provider/openfootball"
	"github.com/football-prediction/football-prediction/adapters/provider/simulated"
)

// Licence is the terms that a source gives its data under.
type Licence struct{ Source, Address, Terms string }

// Licences lists the terms of every source, for the notice to users.
var Licences = []Licence{
	{
		openfootball.Name, "https://github.com/openfootball/football.json",
		"Dedicated to the public domain (CC0 1.0): free for any use, with no rights reserved.",
	},
	{
		footballdatacouk.Name, "https://www.football-data.co.uk/data.php",
		"Offered free of charge by its owner, who keeps the copyright. No licence to redistribute is given: " +
			"keep the data to yourself, and ask the site before using it commercially or showing its odds to others.",
	},
	{
		footballdataorg.Name, "https://www.football-data.org/terms",
		"Used under the terms of the account that the token belongs to, within its limit of requests. " +
			"Those terms ask for a credit: \"Football data provided by the Football-Data.org API\".",
	},
	{simulated.Name, "", "Made up by this program. Any likeness to real clubs is an accident."},
	{folder.Name, "", "The terms of whoever made the files apply."},
}
