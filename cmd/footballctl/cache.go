package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	redisadapter "github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/ports/caching"
)

func (p *program) cache() *cobra.Command {
	return group("cache", "Look at what is cached, and make it wrong (REDIS_URL)",
		"  footballctl cache stats\n  footballctl cache flush forecasts",
		p.cacheStats(), p.cacheFlush(),
	)
}

// areaJSON is what is cached of an area, on the wire.
type areaJSON struct {
	Area        string           `json:"area"`
	Answers     int              `json:"answers"`
	Bytes       int64            `json:"bytes"`
	Invalidated *string          `json:"invalidated_at"`
	HitRatio    *float64         `json:"hit_ratio"`
	Looked      map[string]int64 `json:"looked"`
}

func (p *program) cacheStats() *cobra.Command {
	return &cobra.Command{
		Use: "stats", Short: "Show what Redis keeps and how often it was found", Args: cobra.NoArgs,
		Long: `Show of each area how many answers Redis keeps, how many bytes they take, when the area was last made wrong, and
how look-ups of all processes ended since Redis was started. The hit ratio is the share that found the answer in memory.`,
		Example: "  footballctl cache stats --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var bus *redisadapter.Bus
			return p.with(ctx, redisGraph, func() error {
				all, err := bus.Stats(ctx)
				if err != nil {
					return err
				}
				wire, rows := make([]areaJSON, len(all)), make([][]string, len(all))
				for i, s := range all {
					wire[i], rows[i] = toAreaJSON(s), areaRow(s)
				}
				return p.print(wire, func(w io.Writer) {
					table(w, "AREA ANSWERS KILOBYTES LOOK-UPS HIT-RATIO INVALIDATED", rows)
				})
			}, &bus)
		},
	}
}

func toAreaJSON(s redisadapter.AreaStats) areaJSON {
	out := areaJSON{Area: string(s.Area), Answers: s.Answers, Bytes: s.Bytes, Looked: make(map[string]int64)}
	for result, n := range s.Counted {
		out.Looked[string(result)] = n
	}
	if ratio, ok := s.HitRatio(); ok {
		out.HitRatio = &ratio
	}
	if !s.Since.IsZero() {
		text := s.Since.Format("2006-01-02T15:04:05.000Z")
		out.Invalidated = &text
	}
	return out
}

func areaRow(s redisadapter.AreaStats) []string {
	var lookups int64
	for _, n := range s.Counted {
		lookups += n
	}
	share := "-"
	if ratio, ok := s.HitRatio(); ok {
		share = fmt.Sprintf("%.1f%%", 100*ratio)
	}
	return []string{string(s.Area), fmt.Sprint(s.Answers), fmt.Sprintf("%.1f", float64(s.Bytes)/1024), fmt.Sprint(lookups), share, moment(s.Since)}
}

func (p *program) cacheFlush() *cobra.Command {
	names := make([]string, len(caching.Areas))
	for i, a := range caching.Areas {
		names[i] = string(a)
	}
	return &cobra.Command{
		Use: "flush [AREA]…", Short: "Make all answers of areas wrong, in every process", ValidArgs: names,
		Long: `Make all answers of the named areas, or of all, wrong: every process looks them up again. Nothing is lost, since
whatever is cached is read from the database. The areas are ` + strings.Join(names, ", ") + `.`,
		Example: "  footballctl cache flush forecasts football\n  footballctl cache flush",
		RunE: func(cmd *cobra.Command, args []string) error {
			areas := slices.Clone(caching.Areas)
			if len(args) > 0 {
				areas = nil
			}
			for _, name := range args {
				if !slices.Contains(names, name) {
					return usagef("%q is no area; there are %s", name, strings.Join(names, ", "))
				}
				areas = append(areas, caching.Area(name))
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			return p.flush(ctx, areas)
		},
	}
}

func (p *program) flush(ctx context.Context, areas []caching.Area) error {
	var bus *redisadapter.Bus
	return p.with(ctx, redisGraph, func() error {
		if _, err := bus.Tell(ctx, caching.Wrong{Areas: areas}); err != nil {
			return err
		}
		flushed := make([]string, len(areas))
		for i, a := range areas {
			flushed[i] = string(a)
		}
		return p.print(map[string][]string{"flushed": flushed}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: whatever was cached is looked up again\n", strings.Join(flushed, ", "))
		})
	}, &bus)
}
