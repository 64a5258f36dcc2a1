package maintaining

import (
	"context"
	"fmt"
)

// health asks everything that the system stands on whether it answers.
func (m *Maintainer) health(ctx context.Context, s *session) error {
	var rows [][]string
	away := 0
	results := m.Checker.Check(ctx)
	for _, r := range results {
		answer := "answers"
		if r.Err != nil {
			away++
			answer = "away"
			s.warn("footballctl check all asks again from where you are.", "%s does not answer: %v", r.Name, r.Err)
		}
		rows = append(rows, []string{r.Name, answer, fmt.Sprintf("%.1f ms", float64(r.Latency.Microseconds())/1000)})
	}
	s.list("What the system stands on", "What|Answer|Took", rows)
	s.say("%d of %s.", len(results)-away, many(len(results), "server answers", "servers answer"))
	return nil
}
