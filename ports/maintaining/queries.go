package maintaining

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// statementsRemedy turns statistics of statements on.
const statementsRemedy = "As superuser: ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'; restart PostgreSQL; CREATE EXTENSION pg_stat_statements in this database."

const (
	statementsShown = 20
	// slowMean is from which mean time on a statement should be looked at: a
	// request has a tenth of a second for all it does.
	slowMean = 0.1
	// statementText bounds how much of a statement is shown.
	statementText = 300
)

// queries lists the statements that take the most time.
func (m *Maintainer) queries(ctx context.Context, s *session) error {
	statements, total, err := m.Inspection.Statements(ctx, statementsShown)
	if errors.Is(err, ErrNoStatements) {
		s.skip(statementsRemedy, "Slow queries were not looked at: %s", detail(err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read statistics of statements: %w", err)
	}
	rows := make([][]string, len(statements))
	slow := 0
	for i, q := range statements {
		share := 0.0
		if total.Total > 0 {
			share = q.Total / total.Total
		}
		rows[i] = []string{brief(q.Text), fmt.Sprint(q.Calls), fmt.Sprintf("%.2f ms", 1000*q.Mean), fmt.Sprintf("%.1f s", q.Total), percent(share), fmt.Sprint(q.Rows), percent(q.HitShare)}
		if q.Mean > slowMean {
			slow++
		}
	}
	s.list("Statements by the time they took in all", "Statement|Calls|Mean|In all|Share|Rows|In memory", rows)
	s.figure("Mean time of a statement", total.Mean, operation.Seconds)
	s.figure("Statements run", float64(total.Calls), operation.Count)
	if slow > 0 {
		s.warn("EXPLAIN (ANALYZE, BUFFERS) tells why.", "%s more than %.0f ms in the mean.", many(slow, "of the costliest statements takes", "of the costliest statements take"), 1000*slowMean)
	}
	s.say("%d statements were run, in %.2f ms in the mean.", total.Calls, 1000*total.Mean)
	return nil
}

// brief is a statement on one line, cut.
func brief(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if runes := []rune(line); len(runes) > statementText {
		return string(runes[:statementText]) + "…"
	}
	return line
}
