package forecast

import (
	"context"
	"math"
	"slices"
)

// search turns dials one at a time to lower loss (coordinate search): a turn
// that helps is kept and the next one is longer, one that helps in neither
// direction is halved. It is deterministic, never leaves the bounds, and ends
// after rounds over all dials, or when ctx is done.
type search struct {
	loss   func(values []float64) float64
	dials  []dial
	rounds int
	done   func(evaluations int) // told after each turn; may be nil
}

// improvement is the least gain that counts; less is noise.
const improvement = 1e-7

// run starts at values and returns the best found.
func (s search) run(ctx context.Context, values []float64) []float64 {
	best := slices.Clone(values)
	least := s.loss(best)
	steps := make([]float64, len(s.dials))
	for i, d := range s.dials {
		steps[i] = d.step
	}
	for range s.rounds {
		for i := range s.dials {
			if ctx.Err() != nil {
				return best
			}
			if steps[i] == 0 {
				continue
			}
			at, loss := s.turn(best, i, steps[i], least)
			if loss < least {
				// A step that went down is tried first the same way next time.
				steps[i] = 1.5 * math.Copysign(steps[i], at-best[i])
				best[i], least = at, loss
			} else {
				steps[i] *= 0.5
			}
			if s.done != nil {
				s.done(1)
			}
		}
	}
	return best
}

// turn tries dial i one step each way, and returns the better place with its
// loss, or where it is when neither is better.
func (s search) turn(values []float64, i int, step, least float64) (at, loss float64) {
	d := s.dials[i]
	for _, to := range []float64{values[i] + step, values[i] - step} {
		to = min(max(to, d.low), d.high)
		if to == values[i] {
			continue
		}
		trial := slices.Clone(values)
		trial[i] = to
		if loss := s.loss(trial); loss < least-improvement {
			return to, loss
		}
	}
	return values[i], least
}
