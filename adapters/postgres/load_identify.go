package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// pair is two teams at the first one's ground.
type pair struct{ home, away string }

// known is a match of the season that the table has.
type known struct {
	id       string
	leg      int
	day      time.Time
	finished bool
}

// identified is a record that knows which match it tells of.
type identified struct {
	record ingesting.Record
	pair   pair
	id     string
	leg    int
}

// maxLegs is how often two teams may meet at one ground in a season; the most
// that any league plays is two. More is a broken file.
const maxLegs = 9

// sameMatch is how far apart two dates of one finished match may lie when the
// sources disagree; further apart, they are two meetings.
const sameMatch = 30 * 24 * time.Hour

// identify finds for each record the match that it tells of, or makes a new
// one. Records that tell of no possible match are left aside with a finding.
//
// Where a pair meets twice at one ground, a rank by date would not do: when
// the first meeting is put off until after the second, they would change
// places. So a record is the match of its day, if there is one; else the next
// match of the pair that nothing else is.
func (l *load) identify(ctx context.Context, teams map[string]string) ([]identified, error) {
	there, err := l.knownMatches(ctx)
	if err != nil {
		return nil, err
	}
	records := make(map[pair][]ingesting.Record)
	var order []pair
	for _, r := range chronological(l.batch.Records) {
		p := pair{home: teams[r.Home], away: teams[r.Away]}
		switch {
		case p.home == p.away:
			l.leaveAside(r, fmt.Sprintf("%q and %q are one team, and a team cannot play itself.", r.Home, r.Away))
			continue
		case len(records[p]) == 0:
			order = append(order, p)
		case len(records[p]) == maxLegs:
			l.leaveAside(r, fmt.Sprintf("%s have met %s %d times at home already in this season.", r.Home, r.Away, maxLegs))
			continue
		}
		records[p] = append(records[p], r)
	}
	var all []identified
	for _, p := range order {
		all = append(all, meetings(p, records[p], there[p])...)
	}
	return all, nil
}

// meetings identifies the records of one pair.
func meetings(p pair, records []ingesting.Record, there []known) []identified {
	all := make([]identified, len(records))
	taken := make([]bool, len(there))
	used := make(map[int]bool, len(there))
	for _, k := range there {
		used[k.leg] = true
	}
	claim := func(may func(ingesting.Record, known) bool) {
		for i, r := range records {
			for k := 0; k < len(there) && all[i].id == ""; k++ {
				if !taken[k] && may(r, there[k]) {
					taken[k] = true
					all[i] = identified{record: r, pair: p, id: there[k].id, leg: there[k].leg}
				}
			}
		}
	}
	claim(func(r ingesting.Record, k known) bool { return midnight(r.KickOff).Equal(k.day) })
	claim(func(r ingesting.Record, k known) bool {
		return !k.finished || midnight(r.KickOff).Sub(k.day).Abs() <= sameMatch
	})
	leg := 1
	for i, r := range records {
		for all[i].id == "" && used[leg] {
			leg++
		}
		if all[i].id == "" {
			used[leg] = true
			all[i] = identified{record: r, pair: p, id: NewID(), leg: leg}
		}
	}
	return all
}

// knownMatches are the season's matches in the table, by pair and leg. No
// other load of the season adds to them meanwhile; see [load.enter].
func (l *load) knownMatches(ctx context.Context) (map[pair][]known, error) {
	rows, err := l.tx.Query(ctx, `
		SELECT id::text, home_team_id::text, away_team_id::text, leg, kick_off, status = 'finished'
		FROM matches WHERE competition_code = $1 AND season = $2`,
		string(l.edition.Competition.Code), l.edition.Season.String())
	if err != nil {
		return nil, fmt.Errorf("select known matches: %w", err)
	}
	there := make(map[pair][]known)
	var (
		p pair
		k known
	)
	_, err = pgx.ForEachRow(rows, []any{&k.id, &p.home, &p.away, &k.leg, &k.day, &k.finished}, func() error {
		k.day = midnight(k.day)
		there[p] = append(there[p], k)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read known matches: %w", err)
	}
	for _, meetings := range there {
		slices.SortFunc(meetings, func(a, b known) int { return cmp.Compare(a.leg, b.leg) })
	}
	return there, nil
}

// chronological orders records by kick-off, so that meetings are told apart
// the same way whatever order the source lists them in.
func chronological(records []ingesting.Record) []ingesting.Record {
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b ingesting.Record) int {
		return cmp.Or(a.KickOff.Compare(b.KickOff), cmp.Compare(a.Place.Line, b.Place.Line))
	})
	return sorted
}

func (l *load) leaveAside(r ingesting.Record, reason string) {
	l.batch.Findings = append(l.batch.Findings, quality.Finding{
		Rule: quality.UnreadableRow, Competition: l.edition.Competition.Code, Season: l.edition.Season,
		Source: l.edition.Source, Place: r.Place, Reason: reason,
	})
}
