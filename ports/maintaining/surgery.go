package maintaining

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// ownerRemedy is what steps need that work on tables and indexes.
const ownerRemedy = "Give one worker, which serves the queue operations, MIGRATE_DATABASE_URL: only the owner of tables may vacuum and rebuild them."

// operate runs use as the only surgery, or skips the step where there is no
// owner's connection.
func (m *Maintainer) operate(ctx context.Context, s *session, what string, use func(context.Context, Surgeon) error) error {
	if m.Surgery == nil {
		s.skip(ownerRemedy, "%s: this worker does not have the owner's rights.", what)
		return nil
	}
	return m.Surgery.Alone(ctx, use)
}

// leftovers drops what killed builds left.
func (m *Maintainer) leftovers(ctx context.Context, s *session) error {
	return m.operate(ctx, s, "No index was dropped", func(ctx context.Context, surgeon Surgeon) error {
		names, err := surgeon.LeftOver(ctx)
		if err != nil {
			return fmt.Errorf("look for left-over indexes: %w", err)
		}
		rows := make([][]string, len(names))
		for i, name := range names {
			rows[i] = []string{name}
			s.report(i, len(names), name)
			if s.dry {
				continue
			}
			if err := surgeon.Drop(ctx, name); err != nil {
				return fmt.Errorf("drop %s: %w", name, err)
			}
		}
		s.list("Indexes that "+s.would("were")+" dropped", "Index", rows)
		s.say("%s %s dropped.", many(len(names), "invalid index", "invalid indexes"), s.would(was(len(names))))
		return nil
	})
}

// reindex rebuilds bloated indexes, the most wasteful first. What a killed
// attempt left is dropped before, and one that is in the way of others is left
// for the next time.
func (m *Maintainer) reindex(ctx context.Context, s *session) error {
	indexes, err := m.known(ctx)
	if err != nil {
		return err
	}
	var bloated []operation.Index
	for _, i := range indexes {
		if i.Bloated() {
			bloated = append(bloated, i)
		}
	}
	return m.operate(ctx, s, fmt.Sprintf("No index was rebuilt, %d are bloated", len(bloated)), func(ctx context.Context, surgeon Surgeon) error {
		if !s.dry {
			if err := dropLeftOver(ctx, surgeon); err != nil {
				return err
			}
		}
		return m.rebuild(ctx, s, surgeon, bloated)
	})
}

func dropLeftOver(ctx context.Context, surgeon Surgeon) error {
	names, err := surgeon.LeftOver(ctx)
	if err != nil {
		return fmt.Errorf("look for left-over indexes: %w", err)
	}
	for _, name := range names {
		if err := surgeon.Drop(ctx, name); err != nil {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	return nil
}

func (m *Maintainer) rebuild(ctx context.Context, s *session, surgeon Surgeon, bloated []operation.Index) error {
	var (
		rows  [][]string
		freed float64
	)
	for n, i := range bloated {
		s.report(n, len(bloated), i.Name)
		after := int64(i.Expected())
		if !s.dry {
			var err error
			after, err = surgeon.Rebuild(ctx, i.Name)
			if errors.Is(err, ErrInTheWay) {
				s.warn("Find what is open for long with footballctl queries list, and run this step again.", "%s was not rebuilt: %s.", i.Name, detail(err))
				continue
			}
			if err != nil {
				return fmt.Errorf("rebuild %s: %w", i.Name, err)
			}
		}
		freed += float64(i.Bytes - after)
		rows = append(rows, []string{i.Name, i.Table, size(float64(i.Bytes)), size(float64(after))})
	}
	s.list("Indexes that "+s.would("were")+" rebuilt", "Index|Table|Before|After", rows)
	s.figure("Given back", freed, operation.Bytes)
	s.say("%s %s rebuilt, %s given back.", many(len(rows), "bloated index", "bloated indexes"), s.would(was(len(rows))), size(freed))
	return nil
}

// vacuum vacuums and analyses tables that need it, one by one.
func (m *Maintainer) vacuum(ctx context.Context, s *session) error {
	tables, err := m.Inspection.Tables(ctx)
	if err != nil {
		return fmt.Errorf("weigh tables: %w", err)
	}
	var needy []Table
	for _, t := range tables {
		if t.needsVacuum() || t.needsAnalyze() {
			needy = append(needy, t)
		}
	}
	return m.operate(ctx, s, fmt.Sprintf("No table was vacuumed, %d need it", len(needy)), func(ctx context.Context, surgeon Surgeon) error {
		var rows [][]string
		for n, t := range needy {
			s.report(n, len(needy), t.Name)
			if !s.dry {
				err := surgeon.Vacuum(ctx, t.Name)
				if errors.Is(err, ErrInTheWay) {
					s.warn("It is tried again the next time; autovacuum may be at it.", "%s was not vacuumed: %s.", t.Name, detail(err))
					continue
				}
				if err != nil {
					return fmt.Errorf("vacuum %s: %w", t.Name, err)
				}
			}
			rows = append(rows, []string{t.Name, fmt.Sprint(t.Live), fmt.Sprint(t.Dead), fmt.Sprint(t.Changed)})
		}
		s.list("Tables that "+s.would("were")+" vacuumed and analysed", "Table|Live rows|Dead rows|Changed since analysed", rows)
		s.say("Of %s, %d %s vacuumed and analysed.", many(len(tables), "table", "tables"), len(rows), s.would(was(len(rows))))
		return nil
	})
}
