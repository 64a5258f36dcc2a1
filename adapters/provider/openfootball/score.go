package openfootball

import (
	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
)

// scores reads both scores of m; nil is none.
func scores(m wireMatch) (full, half *football.Score, bad *fault) {
	fullPair, halfPair := m.pairs()
	member := "score"
	if m.Score1 != nil || m.Score2 != nil {
		member = "score1"
	}
	if full, bad = score(fullPair, member); bad != nil || full == nil {
		return nil, nil, bad
	}
	if half, bad = score(halfPair, member); bad != nil || half == nil {
		return full, nil, bad
	}
	if err := intake.Halves(*half, *full); err != nil {
		return nil, nil, faultf(quality.ImpossibleScore, member, "%v", err)
	}
	return full, half, nil
}

func score(pair []*int, member string) (*football.Score, *fault) {
	switch {
	case len(pair) == 0:
		return nil, nil
	case len(pair) != 2:
		return nil, faultf(quality.UnreadableRow, member, "a score has two numbers, not %d", len(pair))
	case pair[0] == nil && pair[1] == nil:
		return nil, nil
	case pair[0] == nil || pair[1] == nil:
		return nil, faultf(quality.UnreadableRow, member, "the goals of one side are missing")
	}
	s, err := football.NewScore(*pair[0], *pair[1])
	if err != nil {
		return nil, faultf(quality.ImpossibleScore, member, "the score %d-%d is impossible: goals lie between 0 and %d",
			*pair[0], *pair[1], football.MaxGoals)
	}
	return &s, nil
}
