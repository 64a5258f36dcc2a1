package maintaining

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// unusedBytes is from which size an index that nobody uses costs anything.
const unusedBytes = 1 << 20

// known returns the indexes with the best that was seen of each.
func (m *Maintainer) known(ctx context.Context) ([]operation.Index, error) {
	indexes, err := m.Inspection.Indexes(ctx)
	if err != nil {
		return nil, fmt.Errorf("weigh indexes: %w", err)
	}
	best, err := m.Samples.Best(ctx, sampleEntry)
	if err != nil {
		return nil, fmt.Errorf("read earlier sizes of indexes: %w", err)
	}
	for i := range indexes {
		indexes[i].Best = best[indexes[i].Name]
	}
	return indexes, nil
}

// indexes lists what is wrong with indexes.
func (m *Maintainer) indexes(ctx context.Context, s *session) error {
	indexes, err := m.known(ctx)
	if err != nil {
		return err
	}
	db, err := m.Inspection.Database(ctx)
	if err != nil {
		return fmt.Errorf("look at the database: %w", err)
	}
	s.bloat(indexes)
	s.usage(indexes, db.StatsSince)
	s.doubles(indexes)
	var bytes int64
	for _, i := range indexes {
		bytes += i.Bytes
		if !i.Valid {
			s.warn("The step leftovers drops it, if nothing builds it just now.", "%s on %s is invalid: every change pays for it, and no query uses it.", i.Name, i.Table)
		}
	}
	s.say("%s of %s looked at.", many(len(indexes), "index", "indexes"), size(float64(bytes)))
	return nil
}

func (s *session) bloat(indexes []operation.Index) {
	var rows [][]string
	unknown, bloated, total := 0, 0, 0.0
	for _, i := range indexes {
		waste, share, known := i.Waste()
		switch {
		case !known && i.Bytes > unusedBytes:
			unknown++
		case i.Bloated():
			bloated++
			total += waste
			fallthrough
		case waste > unusedBytes:
			rows = append(rows, []string{i.Name, i.Table, size(float64(i.Bytes)), size(i.Expected()), percent(share)})
		}
	}
	s.list("Indexes by what rebuilding would give back", "Index|Table|Size|Expected|Waste", rows)
	s.figure("Bloated indexes", float64(bloated), operation.Count)
	s.figure("Waste in them", total, operation.Bytes)
	if bloated > 0 {
		s.inform("%s bloated; the step reindex sees to it.", many(bloated, "index is", "indexes are"))
	}
	if unknown > 0 {
		s.inform("Of %s it is not known yet how large they should be: keys of varying length are compared with their own best, which the daily step sizes notes.",
			many(unknown, "index", "indexes"))
	}
}

func (s *session) usage(indexes []operation.Index, since time.Time) {
	var rows [][]string
	for _, i := range indexes {
		if i.Scans == 0 && i.Valid && !i.Unique && !i.Constraint && i.Bytes > unusedBytes {
			rows = append(rows, []string{i.Name, i.Table, size(float64(i.Bytes)), i.Definition})
		}
	}
	from := "ever"
	if !since.IsZero() {
		from = "since " + moment(since)
	}
	s.list("Not used "+from+", by this server", "Index|Table|Size|Definition", rows)
	if len(rows) > 0 && !since.IsZero() && s.at.Sub(since) > 30*24*time.Hour {
		s.warn("If no replica uses them either, have a migration drop them.", "%s used for a month.", many(len(rows), "index was not", "indexes were not"))
	}
}

// doubles lists indexes of one table with the same definition but for the name.
func (s *session) doubles(indexes []operation.Index) {
	seen := make(map[string]string)
	for _, i := range slices.Backward(indexes) {
		_, rest, found := strings.Cut(i.Definition, " USING ")
		if !found {
			continue
		}
		key := i.Table + " " + rest
		if other, double := seen[key]; double && i.Valid {
			s.warn("Have a migration drop one of them.", "%s and %s on %s are the same.", i.Name, other, i.Table)
		}
		seen[key] = i.Name
	}
}
