// Package quality holds the rules that football data must keep, what breaking
// one costs, and the gate that training must pass.
package quality

import "github.com/football-prediction/football-prediction/domain/football"

// Severity is how much a finding matters.
type Severity string

// The severities. An Error keeps a row out; a Warning lets it in and lowers
// the score; an Info is worth reading and costs nothing.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// Rule names what was broken. Rules are stored and shown, so they never change.
type Rule string

// The rules.
const (
	UnreadableRow   Rule = "unreadable_row"    // the row's shape or text cannot be read
	ImpossibleDate  Rule = "impossible_date"   // 31/02, or far outside its season
	MissingTeam     Rule = "missing_team"      // no name where a team belongs
	UnknownTeam     Rule = "unknown_team"      // a name no source used before
	ImpossibleScore Rule = "impossible_score"  // outside 0…40, or half time above full time
	MissingScore    Rule = "missing_score"     // finished, or long past, without a score
	DuplicateMatch  Rule = "duplicate_match"   // the same match twice, told alike
	ConflictResult  Rule = "conflicting_match" // the same match twice, told differently
	TwiceInADay     Rule = "team_twice_a_day"  // a team in two matches on a date
	PastFixture     Rule = "past_fixture"      // still scheduled although its date has gone
	OddsOutOfRange  Rule = "odds_out_of_range" // a price outside 1.01–1000
	CountOutOfRange Rule = "count_out_of_range"
	SourcesDisagree Rule = "sources_disagree" // two sources, two scores
	StaleSource     Rule = "stale_source"     // nothing new for longer than expected
	SourceUnread    Rule = "source_unread"    // a file or an address that could not be read
)

// rules says for each rule how severe it is and how many clean rows one broken
// row weighs up against.
var rules = map[Rule]struct {
	severity Severity
	weight   float64
	meaning  string
}{
	UnreadableRow:   {Error, 1, "the row cannot be read"},
	ImpossibleDate:  {Error, 1, "the date does not exist or lies outside the season"},
	MissingTeam:     {Error, 1, "a team's name is missing"},
	UnknownTeam:     {Info, 0, "a team that was not known before"},
	ImpossibleScore: {Error, 1, "no match ends with this score"},
	MissingScore:    {Warning, 0.5, "the match is over but has no score"},
	DuplicateMatch:  {Warning, 0.25, "the match is given twice"},
	ConflictResult:  {Error, 1, "the match is given twice with different results"},
	TwiceInADay:     {Warning, 0.5, "a team plays twice on one day"},
	PastFixture:     {Warning, 0.25, "the fixture's date has passed"},
	OddsOutOfRange:  {Warning, 0.1, "a price outside 1.01–1000 was left out"},
	CountOutOfRange: {Warning, 0.1, "an impossible count was left out"},
	SourcesDisagree: {Warning, 0.5, "two sources give different scores"},
	StaleSource:     {Warning, 0, "the source has had nothing new for too long"},
	SourceUnread:    {Error, 1, "the source could not be read"},
}

// Severity is how much breaking r matters.
func (r Rule) Severity() Severity { return rules[r].severity }

// Meaning says in words what is wrong when r is broken.
func (r Rule) Meaning() string { return rules[r].meaning }

// Finding is one broken rule, and where.
type Finding struct {
	Rule        Rule
	Competition football.CompetitionCode
	Season      football.Season
	Source      string // the provider, such as "openfootball"
	Place       Place
	Reason      string // whole sentence for a person
	Raw         string // the row as it was read, cut to MaxRaw bytes
}

// MaxRaw bounds how much of a bad row is kept.
const MaxRaw = 512

// Place points into a file. Line and Column count from one; zero is unknown.
type Place struct {
	File         string
	Line, Column int
	Field        string // the column's name or the JSON member
}
