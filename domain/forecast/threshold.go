package forecast

import (
	"cmp"
	"slices"
)

const (
	// pickTarget is the share of past picks that must have been right. Picks
	// right less than 0.6 of the time raise an alarm, and the share among a
	// hundred picks has a standard error of 0.046: two of them lie between.
	pickTarget = 0.70
	// leastPicks is how many past picks a threshold must rest on.
	leastPicks = 100
	// defaultThreshold is what too little history leaves in place.
	defaultThreshold = 0.6
)

// pickThreshold is the lowest confidence at which the picks among trials were
// right often enough, [defaultThreshold] when none can be told.
func pickThreshold(c calibration, trials []trial) float64 {
	type pick struct{ confidence, right float64 }
	picks := make([]pick, len(trials))
	for i, t := range trials {
		home, draw, away := c.chances(t.middle, t.gap)
		f := Forecast{Parameters{Home: home, Draw: draw, Away: away}}
		picks[i] = pick{f.Confidence(), indicator(f.Likeliest() == t.happened)}
	}
	slices.SortFunc(picks, func(a, b pick) int { return cmp.Compare(b.confidence, a.confidence) })
	threshold, right := defaultThreshold, 0.0
	for i, p := range picks {
		right += p.right
		if i+1 < len(picks) && picks[i+1].confidence == p.confidence {
			continue // A threshold takes all picks of one confidence or none.
		}
		if i+1 >= leastPicks && right >= pickTarget*float64(i+1) {
			threshold = p.confidence
		}
	}
	return threshold
}
