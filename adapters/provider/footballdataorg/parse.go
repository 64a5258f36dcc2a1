package footballdataorg

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// MaxMatches bounds an answer; a season has at most 552.
const MaxMatches = 20000

type wireMatch struct {
	ID          int64    `json:"id"`
	UTCDate     string   `json:"utcDate"`
	Status      string   `json:"status"`
	Matchday    *int     `json:"matchday"`
	Stage       string   `json:"stage"`
	LastUpdated string   `json:"lastUpdated"`
	HomeTeam    wireTeam `json:"homeTeam"`
	AwayTeam    wireTeam `json:"awayTeam"`
	Score       struct {
		FullTime    wireScore `json:"fullTime"`
		HalfTime    wireScore `json:"halfTime"`
		RegularTime wireScore `json:"regularTime"` // only after extra time
	} `json:"score"`
}

type wireTeam struct {
	Name string `json:"name"`
}

type wireScore struct {
	Home *int `json:"home"`
	Away *int `json:"away"`
}

// Parse reads an answer of the matches resource. Bad matches become findings.
// The answer is one line, so places are columns of it.
func Parse(ctx context.Context, data []byte, e ingesting.Edition, file string) (ingesting.Batch, error) {
	var answer struct {
		Matches []json.RawMessage `json:"matches"`
	}
	at := quality.Place{File: file}
	if err := json.Unmarshal(data, &answer); err != nil {
		return ingesting.Batch{}, intake.Unreadable(at, "the answer is no JSON of football-data.org: %v", err)
	}
	if answer.Matches == nil {
		return ingesting.Batch{}, intake.Unreadable(at, "the answer has no list of matches")
	}
	if len(answer.Matches) > MaxMatches {
		return ingesting.Batch{}, intake.Unreadable(at, "the answer has more than %d matches", MaxMatches)
	}
	to := intake.NewBuilder(e, file)
	offset := 0
	for _, raw := range answer.Matches {
		if ctx.Err() != nil {
			return ingesting.Batch{}, context.Cause(ctx)
		}
		// Each match stands in data after the one before it.
		offset += max(bytes.Index(data[offset:], raw), 0)
		place := placeOf(data, offset)
		offset += len(raw)
		to.Row()
		record, day, bad := recordOf(raw, e.Season)
		if bad != nil {
			place.Field = bad.member
			to.Report(bad.rule, place, string(raw), "%s", bad.reason)
			continue
		}
		record.Place = place
		to.Add(record, day, string(raw))
	}
	return to.Batch(""), nil
}

// placeOf is where offset lies. Answers are a single line but for the made
// ones of tests, so counting anew each time costs little.
func placeOf(data []byte, offset int) quality.Place {
	before := data[:offset]
	return quality.Place{Line: 1 + bytes.Count(before, []byte("\n")), Column: offset - bytes.LastIndexByte(before, '\n')}
}

type fault struct {
	rule           quality.Rule
	member, reason string
}

func recordOf(raw []byte, season football.Season) (r ingesting.Record, day time.Time, bad *fault) {
	var m wireMatch
	if err := json.Unmarshal(raw, &m); err != nil {
		return r, day, &fault{quality.UnreadableRow, "", fmt.Sprintf("the match can't be read: %v", err)}
	}
	r.Home, r.Away = strings.TrimSpace(m.HomeTeam.Name), strings.TrimSpace(m.AwayTeam.Name)
	switch {
	case r.Home == "":
		return r, day, &fault{quality.MissingTeam, "homeTeam", "the team's name is missing"}
	case r.Away == "":
		return r, day, &fault{quality.MissingTeam, "awayTeam", "the team's name is missing"}
	}
	kickOff, err := time.Parse(time.RFC3339, m.UTCDate)
	if err != nil {
		return r, day, &fault{quality.ImpossibleDate, "utcDate", fmt.Sprintf("%q is no time", intake.Cut(m.UTCDate))}
	}
	if !season.Covers(kickOff.UTC()) {
		return r, day, &fault{quality.ImpossibleDate, "utcDate", fmt.Sprintf("%s lies outside the season %s", m.UTCDate, season)}
	}
	day = kickOff.UTC().Truncate(24 * time.Hour)
	r.KickOff, r.TimeKnown = kickOff.UTC(), true
	if m.Status == "SCHEDULED" { // the day is set, the time isn't
		r.KickOff, r.TimeKnown = day, false
	}
	r.Round, r.ExternalID = m.round(), strconv.FormatInt(m.ID, 10)
	// A time that can't be read is no reason to lose the match.
	if at, err := time.Parse(time.RFC3339, m.LastUpdated); err == nil {
		r.LastModified = at.UTC()
	}
	bad = m.result(&r)
	return r, day, bad
}

func (m *wireMatch) round() string {
	if m.Matchday != nil {
		return fmt.Sprintf("Matchday %d", *m.Matchday)
	}
	return m.Stage
}

// result sets status and scores. A match in play has no score that counts yet.
func (m *wireMatch) result(r *ingesting.Record) *fault {
	r.Status = statusOf(m.Status)
	if r.Status != football.Finished {
		return nil
	}
	full, bad := m.Score.RegularTime.score("score")
	if full == nil && bad == nil {
		full, bad = m.Score.FullTime.score("score")
	}
	if bad != nil {
		return bad
	}
	if full == nil {
		return &fault{quality.MissingScore, "score", "the match is over but has no score"}
	}
	half, bad := m.Score.HalfTime.score("score")
	if bad != nil {
		return bad
	}
	if half != nil {
		if err := intake.Halves(*half, *full); err != nil {
			return &fault{quality.ImpossibleScore, "score", err.Error()}
		}
	}
	r.FullTime, r.HalfTime = full, half
	return nil
}

func (s wireScore) score(member string) (*football.Score, *fault) {
	if s.Home == nil || s.Away == nil {
		return nil, nil
	}
	score, err := football.NewScore(*s.Home, *s.Away)
	if err != nil {
		return nil, &fault{quality.ImpossibleScore, member, fmt.Sprintf(
			"the score %d-%d is impossible: goals lie between 0 and %d", *s.Home, *s.Away, football.MaxGoals)}
	}
	return &score, nil
}

// statusOf maps the service's statuses
// (https://docs.football-data.org/general/v4/match.html). What is in play, and
// what nobody has heard of yet, is still to be finished.
func statusOf(word string) football.Status {
	switch word {
	case "FINISHED", "AWARDED":
		return football.Finished
	case "POSTPONED":
		return football.Postponed
	case "CANCELLED", "CANCELED":
		return football.Cancelled
	case "SUSPENDED":
		return football.Abandoned
	}
	return football.Scheduled
}
