package openfootball

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// fault is what keeps a match out.
type fault struct {
	rule   quality.Rule
	member string
	reason string
}

func faultf(rule quality.Rule, member, reason string, args ...any) *fault {
	return &fault{rule: rule, member: member, reason: fmt.Sprintf(reason, args...)}
}

// decodeMatch reads one match object.
func decodeMatch(raw []byte) (wireMatch, *fault) {
	var m wireMatch
	err := json.Unmarshal(raw, &m)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		member, _, _ := strings.Cut(wrong.Field, ".")
		return m, faultf(quality.UnreadableRow, member, "a %s is no value for %q", wrong.Value, wrong.Field)
	case err != nil:
		return m, faultf(quality.UnreadableRow, "", "the match can't be read: %v", err)
	}
	return m, nil
}

// record makes a record of m, and the date that the file gives it.
func (p *parser) record(m wireMatch, round string) (r ingesting.Record, day time.Time, bad *fault) {
	r.Home, r.Away = string(m.Team1), string(m.Team2)
	switch {
	case r.Home == "":
		return r, day, faultf(quality.MissingTeam, "team1", "the team's name is missing")
	case r.Away == "":
		return r, day, faultf(quality.MissingTeam, "team2", "the team's name is missing")
	}
	r.Round = string(m.Round)
	if r.Round == "" {
		r.Round = round
	}
	if r.Round == "" {
		r.Round = string(m.Stage) // play-offs have no other
	}
	if day, bad = p.kickOff(&r, m); bad != nil {
		return r, day, bad
	}
	full, half, bad := scores(m)
	if bad != nil {
		return r, day, bad
	}
	r.Status = status(string(m.Status), full != nil)
	if r.Status == football.Finished {
		r.FullTime, r.HalfTime = full, half
	}
	return r, day, nil
}

// kickOff reads date and time. Times are those of the league's country unless
// they say otherwise ("20:30 UTC+2").
func (p *parser) kickOff(r *ingesting.Record, m wireMatch) (time.Time, *fault) {
	if m.Date == "" {
		return time.Time{}, faultf(quality.ImpossibleDate, "date", "the date is missing")
	}
	day, err := time.Parse(time.DateOnly, string(m.Date))
	if err != nil {
		return day, faultf(quality.ImpossibleDate, "date", "the date %q does not exist; dates read YYYY-MM-DD", intake.Cut(string(m.Date)))
	}
	season := p.to.Edition().Season
	if !season.Covers(day) {
		return day, faultf(quality.ImpossibleDate, "date", "%s lies outside the season %s", m.Date, season)
	}
	r.KickOff = day
	if m.Time == "" {
		return day, nil
	}
	at, err := timeOfDay(day, string(m.Time), p.zone)
	if err != nil {
		return day, faultf(quality.ImpossibleDate, "time", "%v", err)
	}
	r.KickOff, r.TimeKnown = at, true
	return day, nil
}

var timePattern = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::\d{2})?(?:\s+UTC(?:([+-]\d{1,2})(?::(\d{2}))?)?)?$`)

func timeOfDay(day time.Time, text string, zone *time.Location) (time.Time, error) {
	parts := timePattern.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, fmt.Errorf("%q is no time of day; it should read HH:MM", intake.Cut(text))
	}
	// The pattern lets only digits through, so these can't fail.
	hour, _ := strconv.Atoi(parts[1])
	minute, _ := strconv.Atoi(parts[2])
	if hour > 23 || minute > 59 {
		return time.Time{}, fmt.Errorf("%q is no time of day; it should read HH:MM", intake.Cut(text))
	}
	if strings.Contains(text, "UTC") {
		zone = offsetZone(parts[3], parts[4])
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone).UTC(), nil
}

func offsetZone(hours, minutes string) *time.Location {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if strings.HasPrefix(hours, "-") {
		m = -m
	}
	return time.FixedZone("", h*3600+m*60)
}

// status maps the words of the files. An awarded match counts with the score
// it was given; a match with a score and no other word is over.
func status(word string, scored bool) football.Status {
	switch strings.ToLower(word) {
	case "postponed":
		return football.Postponed
	case "cancelled", "canceled", "annulled", "void", "voided":
		return football.Cancelled
	case "abandoned", "suspended", "interrupted":
		return football.Abandoned
	}
	if scored {
		return football.Finished
	}
	return football.Scheduled
}
