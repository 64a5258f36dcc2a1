package predicting

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Before a big match everybody asks for the same statistics, and nobody minds
// that they are a moment old: a prediction shows at once in the process that
// took it, soon in the others, and after two seconds at the latest.
var statisticsPolicy = caching.Policy{
	Area: caching.Statistics, Version: 1, Fresh: time.Second, Life: 2 * time.Second, Alone: 2 * time.Second,
}

// A leaderboard changes when predictions are settled, which is told.
var leaderboardPolicy = caching.Policy{
	Area: caching.Leaderboard, Version: 1, Fresh: 5 * time.Second, Life: 10 * time.Second, Alone: 2 * time.Second,
}

// kept are the answers that are told again, each to its tenant.
type kept struct {
	statistics  *caching.Cache[Statistics]
	leaderboard *caching.Cache[[]Standing]
}

func newKept(h *caching.House) kept {
	return kept{
		statistics:  caching.New(h, statisticsPolicy, caching.Codec[Statistics]{Encode: encodeStatistics, Decode: decodeStatistics}),
		leaderboard: caching.New(h, leaderboardPolicy, caching.JSON[[]Standing]()),
	}
}

func statisticsKey(tenantID string, match football.MatchID) caching.Key {
	return caching.Key{Tenant: tenantID, Name: string(match)}
}

func leaderboardKey(tenantID string, f Period, p catalogue.Page) caching.Key {
	parameters := url.Values{
		"from": {f.From.Format(time.RFC3339)}, "to": {f.To.Format(time.RFC3339)}, "competition": {string(f.Competition)},
		"limit": {strconv.Itoa(p.Limit)},
	}
	if a := p.After; a != nil {
		parameters["after"] = []string{a.Time.Format(time.RFC3339Nano), a.Name, a.ID}
	}
	return caching.Key{Tenant: tenantID, Name: caching.Name("standings", parameters)}
}

// statisticsJSON is what is kept of statistics; whoever changes it counts up
// the policy's version.
type statisticsJSON struct {
	Match      football.MatchID `json:"match"`
	Count      int              `json:"count"`
	ByOutcome  [3]int           `json:"by_outcome"`
	Confidence float64          `json:"confidence"`
	Scores     [][3]int         `json:"scores"` // home, away, how many
}

func encodeStatistics(s Statistics) ([]byte, error) {
	out := statisticsJSON{Match: s.Match, Count: s.Count, ByOutcome: s.ByOutcome, Confidence: s.Confidence}
	for _, c := range s.Scores {
		out.Scores = append(out.Scores, [3]int{c.Score.Home(), c.Score.Away(), c.Count})
	}
	return json.Marshal(out)
}

func decodeStatistics(text []byte) (Statistics, error) {
	var in statisticsJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return Statistics{}, err
	}
	out := Statistics{Match: in.Match, Count: in.Count, ByOutcome: in.ByOutcome, Confidence: in.Confidence}
	for _, c := range in.Scores {
		score, err := football.NewScore(c[0], c[1])
		if err != nil {
			return Statistics{}, fmt.Errorf("kept statistics of match %s: %w", in.Match, err)
		}
		out.Scores = append(out.Scores, ScoreCount{Score: score, Count: c[2]})
	}
	return out, nil
}
