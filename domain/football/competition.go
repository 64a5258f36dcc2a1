// Package football models competitions, seasons, teams, matches, odds and
// tables. It knows nothing of forecasts, tenants or where data comes from.
package football

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
)

// CompetitionCode names a competition on every wire and in every file:
// lower case, words joined by hyphens, such as "premier-league".
type CompetitionCode string

// Competition is a league that is played in seasons.
type Competition struct {
	Code    CompetitionCode
	Name    string
	Country string // English name; teams are told apart within it
	// TimeZone is the IANA zone that local kick-off times are given in.
	TimeZone string
}

// ErrCompetition is returned for a competition that cannot exist.
var ErrCompetition = &domain.Error{Kind: domain.Invalid, Code: "football.competition"}

// UnknownCompetition makes a competition for a name that no catalogue lists,
// so that data of a league nobody foresaw is still taken in. Its country is
// its own name: teams of unknown leagues are never mixed with known ones.
func UnknownCompetition(name string) (Competition, error) {
	code := Slug(name)
	if code == "" || len(code) > 64 {
		return Competition{}, domain.Errorf(domain.Invalid, ErrCompetition.Code,
			"competition name %q must hold between 1 and 64 letters or digits", name)
	}
	return Competition{Code: CompetitionCode(code), Name: titled(code), Country: titled(code), TimeZone: "UTC"}, nil
}

// Slug is name in lower case with everything but letters and digits turned
// into single hyphens; accents are kept as they are written.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if !isWord(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func titled(slug string) string {
	words := strings.Split(slug, "-")
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + w[size:]
	}
	return strings.Join(words, " ")
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
