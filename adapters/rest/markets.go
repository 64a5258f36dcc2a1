package rest

import (
	"cmp"
	"slices"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

// lines are the totals that every forecast is given for.
var lines = []float64{0.5, 1.5, 2.5, 3.5, 4.5, 5.5}

func totalsOf(g forecast.Grid) ([]totalJSON, error) {
	totals := make([]totalJSON, len(lines))
	for i, line := range lines {
		t, err := g.Total(line)
		if err != nil {
			return nil, err
		}
		totals[i] = totalJSON{Line: line, Over: t.Over, Under: t.Under}
	}
	return totals, nil
}

func bothToScoreOf(g forecast.Grid) bothToScoreJSON {
	yes := g.BothToScore()
	return bothToScoreJSON{Yes: yes, No: 1 - yes}
}

// listedScores is how many scores a forecast lists; they hold about 80 % of
// the probability.
const listedScores = 10

func likeliestScores(g forecast.Grid) []scoreJSON {
	rows, columns := g.Size()
	scores := make([]scoreJSON, 0, rows*columns)
	for home := range rows {
		for away := range columns {
			scores = append(scores, scoreJSON{Home: home, Away: away, Probability: g.At(home, away)})
		}
	}
	slices.SortStableFunc(scores, func(a, b scoreJSON) int { return cmp.Compare(b.Probability, a.Probability) })
	return scores[:min(len(scores), listedScores)]
}
