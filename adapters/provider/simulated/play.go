package simulated

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// rho is Dixon and Coles's dependence of low scores (1997); real leagues have
// about this much.
const rho = -0.06

// maxGoals bounds the grid that scores are drawn from.
const maxGoals = 12

// random is a source of its own for each thing that is drawn, so that nothing
// depends on the order of drawing.
func random(seed uint64, what ...string) *rand.Rand {
	hash := fnv.New64a()
	for _, w := range what {
		_, _ = hash.Write([]byte(w))
		_, _ = hash.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(seed, hash.Sum64()))
}

// rates are the expected goals of both sides.
func (l *league) rates(seed uint64, f fixture) (home, away float64) {
	h, a := l.strength(seed, f.home, f.kickOff), l.strength(seed, f.away, f.kickOff)
	return l.goals * math.Exp(l.homeEdge+h.Attack-a.Defence), l.goals * math.Exp(a.Attack-h.Defence)
}

// grid is the probability of each score, row by row of home goals.
func grid(home, away float64) []float64 {
	homeGoals, awayGoals := poisson(home), poisson(away)
	cells := make([]float64, 0, (maxGoals+1)*(maxGoals+1))
	sum := 0.0
	for h, ph := range homeGoals {
		for a, pa := range awayGoals {
			p := ph * pa * tau(h, a, home, away)
			cells = append(cells, p)
			sum += p
		}
	}
	for i := range cells {
		cells[i] /= sum
	}
	return cells
}

// poisson is the probability of each number of goals at a rate.
func poisson(rate float64) (p [maxGoals + 1]float64) {
	p[0] = math.Exp(-rate)
	for k := 1; k <= maxGoals; k++ {
		p[k] = p[k-1] * rate / float64(k)
	}
	return p
}

func tau(home, away int, homeRate, awayRate float64) float64 {
	switch {
	case home == 0 && away == 0:
		return 1 - rho*homeRate*awayRate
	case home == 0 && away == 1:
		return 1 + rho*homeRate
	case home == 1 && away == 0:
		return 1 + rho*awayRate
	case home == 1 && away == 1:
		return 1 - rho
	}
	return 1
}

// draw picks a cell of the grid.
func draw(cells []float64, source *rand.Rand) (home, away int) {
	u := source.Float64()
	for i, p := range cells {
		if u -= p; u < 0 {
			return i / (maxGoals + 1), i % (maxGoals + 1)
		}
	}
	return 0, 0 // rounding left a crumb
}

// record is the match as a source tells it: with odds always, with a result
// once it is over.
func (l *league) record(seed uint64, season football.Season, f fixture, now time.Time) (ingesting.Record, error) {
	name := string(l.competition.Code) + "/" + season.String() + "/" + football.Slug(l.clubs[f.home]) + "/" + football.Slug(l.clubs[f.away])
	r := ingesting.Record{
		Home: l.clubs[f.home], Away: l.clubs[f.away], KickOff: f.kickOff, TimeKnown: true,
		Round: roundName(f.round), Status: football.Scheduled, ExternalID: name,
	}
	home, away := l.rates(seed, f)
	cells := grid(home, away)
	source := random(seed, name)
	odds, err := market(cells, source)
	if err != nil {
		return r, err
	}
	r.Odds = []football.Odds{odds}
	if !over(f, now) {
		return r, nil
	}
	return r, finish(&r, cells, home, away, source)
}

// over reports whether a match that kicked off at its time has ended.
func over(f fixture, now time.Time) bool { return f.kickOff.Add(2 * time.Hour).Before(now) }

// finish draws the result and what was counted.
func finish(r *ingesting.Record, cells []float64, homeRate, awayRate float64, source *rand.Rand) error {
	home, away := draw(cells, source)
	full, err := football.NewScore(home, away)
	if err != nil {
		return err
	}
	half, err := football.NewScore(binomial(home, 0.45, source), binomial(away, 0.45, source))
	if err != nil {
		return err
	}
	r.Status, r.FullTime, r.HalfTime = football.Finished, &full, &half
	onTargetHome, onTargetAway := home+count(2.2*homeRate, source), away+count(2.2*awayRate, source)
	for _, c := range []struct {
		into       **football.Count
		home, away int
	}{
		{&r.Stats.ShotsOnTarget, onTargetHome, onTargetAway},
		{&r.Stats.Shots, onTargetHome + count(7+2*homeRate, source), onTargetAway + count(7+2*awayRate, source)},
		{&r.Stats.Corners, count(4+homeRate, source), count(4+awayRate, source)},
		{&r.Stats.YellowCards, count(1.6, source), count(1.9, source)},
		{&r.Stats.RedCards, binomial(1, 0.04, source), binomial(1, 0.05, source)},
	} {
		pair, err := football.NewCount(c.home, c.away)
		if err != nil {
			return err
		}
		*c.into = &pair
	}
	return nil
}

// market is a bookmaker who knows the truth but for a little noise, and keeps
// a margin of five per cent.
func market(cells []float64, source *rand.Rand) (football.Odds, error) {
	var chances [3]float64
	for i, p := range cells {
		home, away := i/(maxGoals+1), i%(maxGoals+1)
		switch {
		case home > away:
			chances[0] += p
		case home == away:
			chances[1] += p
		default:
			chances[2] += p
		}
	}
	sum := 0.0
	for i := range chances {
		chances[i] *= math.Exp(0.05 * source.NormFloat64())
		sum += chances[i]
	}
	price := func(i int) float64 {
		return min(max(football.MinPrice, math.Round(100*sum/(1.05*chances[i]))/100), football.MaxPrice)
	}
	return football.NewOdds("simulated-market", football.PreMatch, time.Time{}, price(0), price(1), price(2))
}

func binomial(n int, p float64, source *rand.Rand) int {
	k := 0
	for range n {
		if source.Float64() < p {
			k++
		}
	}
	return k
}

// count draws from a Poisson distribution, by Knuth's method.
func count(rate float64, source *rand.Rand) int {
	limit, product, k := math.Exp(-rate), source.Float64(), 0
	for ; product > limit; k++ {
		product *= source.Float64()
	}
	return k
}
