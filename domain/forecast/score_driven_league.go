package forecast

import (
	"math"
	"slices"

	"github.com/football-prediction/football-prediction/domain/football"
)

// scoreDrivenLeague is the state of one competition.
type scoreDrivenLeague struct {
	level, home float64         // μ and h, in logarithms of goals
	season      football.Season // the latest that was seen
	day         int             // the latest that was seen
	before      summary         // how the season before it ended
	teams       map[football.TeamID]*scoreDrivenTeam
}

// summary is how a season of a league ended.
type summary struct {
	season football.Season // zero when there was none
	mean   float64         // quality of its teams
	floor  float64         // mean quality of its three weakest teams
}

// rates are the logarithms of the goals expected of both sides. They change
// nothing, also when fixture opens a new season.
func (l *scoreDrivenLeague) rates(fixture Fixture, s *scoreDrivenSettings) (logHome, logAway float64) {
	season, before := seasonAt(fixture.Season, fixture.Date), l.before
	if later(season, l.season) {
		before = l.summarise()
	} else {
		season = l.season
	}
	date := max(day(fixture.Date), l.day)
	home := l.view(fixture.Home, season, before, date, s)
	away := l.view(fixture.Away, season, before, date, s)
	return l.between(&home, &away, fixture.Neutral)
}

// between are the logarithms of the rates of two teams.
func (l *scoreDrivenLeague) between(home, away *scoreDrivenTeam, neutral bool) (logHome, logAway float64) {
	margin, total := home.quality()-away.quality(), l.level+home.style+away.style
	if !neutral {
		margin += l.home
	}
	return total + margin, total - margin
}

// enter moves the league on to a match's season and day.
func (l *scoreDrivenLeague) enter(season football.Season, day int) {
	if l.season == (football.Season{}) {
		l.season, l.day = season, day
	}
	if later(season, l.season) {
		l.before = l.summarise()
		l.season = season
	}
	l.day = max(l.day, day)
}

// meet is the team as it stands on the league's day, kept from now on.
func (l *scoreDrivenLeague) meet(id football.TeamID, s *scoreDrivenSettings) *scoreDrivenTeam {
	t := l.teams[id]
	if t == nil {
		t = &scoreDrivenTeam{}
		l.teams[id] = t
	}
	*t = l.view(id, l.season, l.before, l.day, s)
	return t
}

// view is the team as it stands on day in season, which before went before.
func (l *scoreDrivenLeague) view(id football.TeamID, season football.Season, before summary, day int, s *scoreDrivenSettings) scoreDrivenTeam {
	var t scoreDrivenTeam
	if known := l.teams[id]; known != nil {
		t = *known
	}
	if t.season == season {
		t.fade(day, s)
		return t
	}
	if t.season == before.season && t.matches > 0 {
		t.fade(day, s)
		t.slow = before.toMean(t.slow, s.keepQuality)
		t.fast *= s.keepFast
		t.style *= s.keepStyle
		t.newcomer = false
	} else {
		t = t.comeUp(season, before, s)
	}
	t.season, t.day, t.played = season, day, 0
	return t
}

// toMean keeps a share of a quality's distance from the mean, and makes the
// mean zero, so that qualities mean the same in every season.
func (b summary) toMean(quality, share float64) float64 { return share * (quality - b.mean) }

// comeUp is the team as it joins the league, from its prior and, when it was
// here before, what is remembered of it.
func (t scoreDrivenTeam) comeUp(season football.Season, before summary, s *scoreDrivenSettings) scoreDrivenTeam {
	prior := 0.0
	if before.season != (football.Season{}) {
		prior = s.newcomerShare*before.toMean(before.floor, s.keepQuality) + s.newcomerOffset
	}
	remembered := 0.0
	if t.matches > 0 {
		years := max(season.FirstYear()-t.season.FirstYear(), 1)
		remembered = math.Pow(s.memory, float64(years))
	}
	return scoreDrivenTeam{
		slow:     prior + remembered*(t.slow-prior),
		style:    remembered * t.style,
		newcomer: true,
		matches:  t.matches,
	}
}

// summarise looks at the latest season as it stands.
func (l *scoreDrivenLeague) summarise() summary {
	var qualities []float64
	for _, t := range l.teams {
		if t.season == l.season {
			qualities = append(qualities, t.slow)
		}
	}
	// Sorted before they are added up: the order of a map is random, and a
	// sum in floating point depends on its order.
	slices.Sort(qualities)
	weakest := min(3, (len(qualities)+5)/6)
	return summary{season: l.season, mean: average(qualities), floor: average(qualities[:weakest])}
}

// average is the mean of values, 0 when there are none.
func average(values []float64) float64 {
	var m mean
	for _, v := range values {
		m.add(v)
	}
	return m.value()
}

// later reports whether season a comes after b; every season comes after none.
func later(a, b football.Season) bool {
	if a.FirstYear() != b.FirstYear() {
		return a.FirstYear() > b.FirstYear()
	}
	return a.LastYear() > b.LastYear()
}
