package footballdatacouk

import (
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// row is one row while it is read. The first thing that keeps it out ends the
// reading.
type row struct {
	to      *intake.Builder
	columns *columns
	fields  []field
	line    int
	raw     string
}

// read turns the row into a record; false when a finding says why not.
func (r *row) read() (record ingesting.Record, day time.Time, ok bool) {
	record.Place = quality.Place{Line: r.line, Column: 1}
	if record.Home, ok = r.team(r.columns.home); !ok {
		return record, day, false
	}
	if record.Away, ok = r.team(r.columns.away); !ok {
		return record, day, false
	}
	if day, ok = r.kickOff(&record); !ok {
		return record, day, false
	}
	if ok = r.result(&record); !ok {
		return record, day, false
	}
	r.stats(&record)
	r.odds(&record)
	return record, day, true
}

func (r *row) team(column int) (string, bool) {
	name := r.text(column)
	if name == "" {
		r.report(quality.MissingTeam, column, "the team's name is missing")
		return "", false
	}
	return name, true
}

func (r *row) kickOff(record *ingesting.Record) (day time.Time, ok bool) {
	text := r.text(r.columns.date)
	if text == "" {
		r.report(quality.ImpossibleDate, r.columns.date, "the date is missing")
		return day, false
	}
	day, err := parseDate(text)
	if err != nil {
		r.report(quality.ImpossibleDate, r.columns.date, "%v", err)
		return day, false
	}
	record.KickOff = day
	if text := r.text(r.columns.time); text != "" {
		if record.KickOff, err = parseTime(day, text); err != nil {
			r.report(quality.ImpossibleDate, r.columns.time, "%v", err)
			return day, false
		}
		record.TimeKnown = true
	}
	if season := r.to.Edition().Season; !season.Covers(day) {
		r.report(quality.ImpossibleDate, r.columns.date, "%s lies outside the season %s", day.Format(time.DateOnly), season)
		return day, false
	}
	return day, true
}

// result reads both scores. A row without goals is a fixture.
func (r *row) result(record *ingesting.Record) bool {
	full, ok := r.score(r.columns.homeGoals, r.columns.awayGoals)
	if !ok {
		return false
	}
	if full == nil {
		record.Status = football.Scheduled
		return true
	}
	record.Status, record.FullTime, record.HalfTime = football.Finished, full, r.half(*full)
	return true
}

// half reads the half-time score. A bad one is left out with a finding: the
// result is worth more than the way to it.
func (r *row) half(full football.Score) *football.Score {
	var goals [2]int
	for i, column := range [2]int{r.columns.homeHalf, r.columns.awayHalf} {
		text := r.text(column)
		if text == "" {
			return nil
		}
		n, err := intake.Goals(text)
		if err != nil {
			r.report(quality.CountOutOfRange, column, "the half-time score was left out: the goals %v", err)
			return nil
		}
		goals[i] = n
	}
	score, err := football.NewScore(goals[0], goals[1])
	if err == nil {
		err = intake.Halves(score, full)
	}
	if err != nil {
		r.report(quality.CountOutOfRange, r.columns.homeHalf, "the half-time score was left out: %v", err)
		return nil
	}
	return &score
}

// score reads the goals of both sides; nil when there are none. Half a score
// is told as missing, and the match is taken in without it.
func (r *row) score(home, away int) (*football.Score, bool) {
	var goals [2]int
	missing := 0
	for i, column := range [2]int{home, away} {
		text := r.text(column)
		if text == "" {
			missing++
			continue
		}
		n, err := intake.Goals(text)
		if err != nil {
			r.report(quality.UnreadableRow, column, "the goals %v", err)
			return nil, false
		}
		if _, err := football.NewScore(n, 0); err != nil {
			r.report(quality.ImpossibleScore, column, "%d goals are impossible: they lie between 0 and %d", n, football.MaxGoals)
			return nil, false
		}
		goals[i] = n
	}
	if missing == 1 {
		r.report(quality.MissingScore, home, "the goals of one side are missing, so the score was left out")
	}
	if missing > 0 {
		return nil, true
	}
	score, err := football.NewScore(goals[0], goals[1])
	return &score, err == nil
}

// stats reads the counts; a bad one is left out with a finding.
func (r *row) stats(record *ingesting.Record) {
	if record.FullTime == nil {
		return
	}
	for _, s := range r.columns.stats {
		home, away := r.text(s.home), r.text(s.away)
		if home == "" || away == "" {
			continue
		}
		h, errHome := intake.Goals(home)
		a, errAway := intake.Goals(away)
		count, err := football.NewCount(h, a)
		if errHome != nil || errAway != nil || err != nil {
			r.report(quality.CountOutOfRange, s.home, "%s and %s were left out: counts are whole numbers between 0 and %d",
				intake.Cut(home), intake.Cut(away), football.MaxCount)
			continue
		}
		*s.of(&record.Stats) = &count
	}
}

// odds reads the prices; a bad triple is left out with a finding.
func (r *row) odds(record *ingesting.Record) {
	for _, o := range r.columns.odds {
		home, draw, away := r.text(o.at[0]), r.text(o.at[1]), r.text(o.at[2])
		if home == "" && draw == "" && away == "" {
			continue
		}
		var prices [3]float64
		at := o.at[0]
		for i, text := range []string{home, draw, away} {
			// What is no number reads as zero, which is no price either.
			prices[i], _ = strconv.ParseFloat(text, 64)
			if ok := prices[i] >= football.MinPrice && prices[i] <= football.MaxPrice; !ok {
				at = o.at[i]
			}
		}
		odds, err := football.NewOdds(o.bookmaker, o.stage, time.Time{}, prices[0], prices[1], prices[2])
		if err != nil {
			r.report(quality.OddsOutOfRange, at, "the odds %s of %s were left out: three prices between %v and %v are needed",
				intake.Cut(strings.Join([]string{home, draw, away}, "/")), o.bookmaker, football.MinPrice, football.MaxPrice)
			continue
		}
		if record.Odds == nil {
			record.Odds = make([]football.Odds, 0, len(r.columns.odds))
		}
		record.Odds = append(record.Odds, odds)
	}
}

// text is the cell in a column, empty where the row has none.
func (r *row) text(column int) string {
	if column < 0 || column >= len(r.fields) {
		return ""
	}
	return r.fields[column].text
}

func (r *row) report(rule quality.Rule, column int, reason string, args ...any) {
	at := quality.Place{Line: r.line, Column: len(r.raw) + 1, Field: r.columns.name(column)}
	if column >= 0 && column < len(r.fields) {
		at.Column = r.fields[column].column
	}
	r.to.Report(rule, at, r.raw, reason, args...)
}
