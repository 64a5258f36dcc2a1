package football

import "slices"

// entry is a competition with the names that sources give it.
type entry struct {
	Competition
	aliases []string
}

// catalogue lists the competitions the platform knows by name: openfootball's
// file names, football-data.co.uk's divisions, football-data.org's codes.
var catalogue = []entry{
	{Competition{"premier-league", "Premier League", "England", "Europe/London"}, []string{"en.1", "E0", "PL"}},
	{Competition{"championship", "Championship", "England", "Europe/London"}, []string{"en.2", "E1", "ELC"}},
	{Competition{"league-one", "League One", "England", "Europe/London"}, []string{"en.3", "E2"}},
	{Competition{"league-two", "League Two", "England", "Europe/London"}, []string{"en.4", "E3"}},
	{Competition{"la-liga", "La Liga", "Spain", "Europe/Madrid"}, []string{"es.1", "SP1", "PD"}},
	{Competition{"segunda-division", "Segunda División", "Spain", "Europe/Madrid"}, []string{"es.2", "SP2"}},
	{Competition{"serie-a", "Serie A", "Italy", "Europe/Rome"}, []string{"it.1", "I1", "SA"}},
	{Competition{"serie-b", "Serie B", "Italy", "Europe/Rome"}, []string{"it.2", "I2"}},
	{Competition{"bundesliga", "Bundesliga", "Germany", "Europe/Berlin"}, []string{"de.1", "D1", "BL1"}},
	{Competition{"2-bundesliga", "2. Bundesliga", "Germany", "Europe/Berlin"}, []string{"de.2", "D2"}},
	{Competition{"ligue-1", "Ligue 1", "France", "Europe/Paris"}, []string{"fr.1", "F1", "FL1"}},
	{Competition{"ligue-2", "Ligue 2", "France", "Europe/Paris"}, []string{"fr.2", "F2"}},
	{Competition{"eredivisie", "Eredivisie", "Netherlands", "Europe/Amsterdam"}, []string{"nl.1", "N1", "DED"}},
	{Competition{"primeira-liga", "Primeira Liga", "Portugal", "Europe/Lisbon"}, []string{"pt.1", "P1", "PPL"}},
	{Competition{"pro-league", "Pro League", "Belgium", "Europe/Brussels"}, []string{"be.1", "B1"}},
	{Competition{"scottish-premiership", "Scottish Premiership", "Scotland", "Europe/London"}, []string{"sco.1", "SC0"}},
	{Competition{"super-lig", "Süper Lig", "Turkey", "Europe/Istanbul"}, []string{"tr.1", "T1"}},
	{Competition{"super-league-greece", "Super League Greece", "Greece", "Europe/Athens"}, []string{"gr.1", "G1"}},
	{Competition{"austrian-bundesliga", "Austrian Bundesliga", "Austria", "Europe/Vienna"}, []string{"at.1"}},
	{Competition{"swiss-super-league", "Swiss Super League", "Switzerland", "Europe/Zurich"}, []string{"ch.1"}},
	{Competition{"serie-a-brazil", "Série A", "Brazil", "America/Sao_Paulo"}, []string{"br.1", "BSA"}},
}

// FindCompetition is the competition that name stands for: its code, or a
// name that a known source gives it. The second value is false for others.
func FindCompetition(name string) (Competition, bool) {
	for _, e := range catalogue {
		if string(e.Code) == name || slices.Contains(e.aliases, name) {
			return e.Competition, true
		}
	}
	return Competition{}, false
}
