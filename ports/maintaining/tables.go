package maintaining

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// tables lists the largest tables and what is dead in them.
func (m *Maintainer) tables(ctx context.Context, s *session) error {
	tables, err := m.Inspection.Tables(ctx)
	if err != nil {
		return fmt.Errorf("weigh tables: %w", err)
	}
	var bytes, indexes int64
	rows := make([][]string, len(tables))
	for i, t := range tables {
		bytes, indexes = bytes+t.Bytes, indexes+t.IndexBytes
		rows[i] = []string{t.Name, size(float64(t.Bytes)), size(float64(t.IndexBytes)), fmt.Sprint(t.Live), fmt.Sprint(t.Dead), moment(t.Vacuumed), moment(t.Analysed)}
		if t.needsVacuum() {
			s.inform("%s holds %d dead rows beside %d live ones; the step vacuum sees to it.", t.Name, t.Dead, t.Live)
		}
	}
	s.list("Tables", "Table|Size|Of it indexes|Live rows|Dead rows|Vacuumed|Analysed", rows)
	s.figure("Tables with their indexes", float64(bytes), operation.Bytes)
	s.figure("Of it indexes", float64(indexes), operation.Bytes)
	s.say("%s take %s, of it %s in indexes.", many(len(tables), "table", "tables"), size(float64(bytes)), size(float64(indexes)))
	return nil
}

// What vacuum is worth: autovacuum comes at a fifth of the rows dead, and never
// at a table that is only added to.
const (
	deadShare = 0.1
	deadRows  = 1_000
)

func (t Table) needsVacuum() bool {
	return t.Dead > deadRows && float64(t.Dead) > deadShare*float64(t.Live)
}

// needsAnalyze reports whether the planner's figures are of another table.
func (t Table) needsAnalyze() bool {
	return t.Changed > deadRows && float64(t.Changed) > deadShare*float64(t.Live) || t.Analysed.IsZero() && t.Live > 0
}
