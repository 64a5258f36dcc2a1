package forecast

import (
	"context"
	"fmt"
	"time"
)

// Walk replays history through f, day by day, and calls visit with each match
// of the days from…to and the forecast that f gave for it having seen only
// matches of earlier days. Both days are included; a zero bound is none.
// Matches after to are not observed. The order within a day is fixed, so the
// order of history makes no difference. A nil visit brings f up to date.
//
// It ends early with the error of ctx or of visit.
func Walk(ctx context.Context, f Forecaster, history []Result, from, to time.Time, visit func(Result, Forecast) error) error {
	return walk(ctx, f, chronological(history), from, to, visit)
}

// walk is [Walk] over a history that is already chronological.
func walk(ctx context.Context, f Forecaster, history []Result, from, to time.Time, visit func(Result, Forecast) error) error {
	for len(history) > 0 {
		today := day(history[0].Date)
		if !to.IsZero() && today > day(to) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("walk forward at %s: %w", history[0].Date.Format(time.DateOnly), err)
		}
		n := 1
		for n < len(history) && day(history[n].Date) == today {
			n++
		}
		if visit != nil && (from.IsZero() || today >= day(from)) {
			for _, r := range history[:n] {
				if err := visit(r, f.Forecast(r.Fixture())); err != nil {
					return err
				}
			}
		}
		f.Observe(history[:n])
		history = history[n:]
	}
	return nil
}
