//go:build prove

package postgres_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// How often each operation is measured in each database: so many rounds, in
// which every database has its turn, so that what else the machine does falls
// on all alike.
const (
	scaleRounds = 30
	scaleTurn   = 10
)

// flat is how much more an operation may cost in the largest database than in
// the smallest, which holds a thousandth.
const flat = 2.0

// TestProveCostStaysFlat measures what requests cost in databases of ten
// thousand to ten million predictions, and of ten to ten thousand tenants.
// FIGURES names a folder for the chart.
func TestProveCostStaysFlat(t *testing.T) {
	var charts []chart
	for _, axis := range []struct {
		name   string
		crowds []crowd
	}{
		{"predictions", []crowd{{1, 100, 100}, {10, 100, 100}, {100, 100, 100}, {1_000, 100, 100}}},
		{"tenants", []crowd{{10, 10, 10}, {100, 10, 10}, {1_000, 10, 10}, {10_000, 10, 10}}},
	} {
		t.Run(axis.name, func(t *testing.T) {
			c := chart{axis: axis.name, costs: map[string][]time.Duration{}}
			var worlds []*scaleWorld
			for _, size := range axis.crowds {
				began := time.Now()
				w := newScaleWorld(t, size)
				worlds = append(worlds, w)
				c.sizes = append(c.sizes, map[string]int{"predictions": w.rows, "tenants": size.tenants}[axis.name])
				t.Logf("%d predictions of %d tenants are there after %v, in %s", w.rows, size.tenants, time.Since(began).Round(time.Second), w.onDisk(t))
			}
			for _, op := range scaleOperations {
				c.order = append(c.order, op.name)
				c.costs[op.name] = calmest(t, worlds, op)
			}
			t.Log("\n" + c.table())
			for name, costs := range c.costs {
				if ratio := growth(costs); ratio > flat {
					t.Errorf("to %s costs %.1f times as much in the largest database", name, ratio)
				}
			}
			charts = append(charts, c)
		})
	}
	if folder := os.Getenv("FIGURES"); folder != "" && !t.Failed() {
		if err := os.WriteFile(filepath.Join(folder, "scale.svg"), []byte(svg(charts)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// calmest is what an operation costs in each world. What seems to grow is
// measured again, twice at most: a machine that was busy with something else is
// calmer then, and what does grow grows again.
func calmest(t *testing.T, worlds []*scaleWorld, op scaleOperation) []time.Duration {
	t.Helper()
	best := medians(t, worlds, op)
	for range 2 {
		if growth(best) <= flat {
			break
		}
		if again := medians(t, worlds, op); growth(again) < growth(best) {
			best = again
		}
	}
	return best
}

// growth is how much more the last costs than the first.
func growth(costs []time.Duration) float64 { return float64(costs[len(costs)-1]) / float64(costs[0]) }

// medians are what an operation costs in each world.
func medians(t *testing.T, worlds []*scaleWorld, op scaleOperation) []time.Duration {
	t.Helper()
	took := make([][]time.Duration, len(worlds))
	for round := range scaleRounds + 1 {
		for i, w := range worlds {
			for range scaleTurn {
				w.asked++
				began := time.Now()
				if err := op.run(w, w.asked); err != nil {
					t.Fatalf("%s among %d predictions: %v", op.name, w.rows, err)
				}
				if round > 0 { // the first warms up
					took[i] = append(took[i], time.Since(began))
				}
			}
		}
	}
	out := make([]time.Duration, len(worlds))
	for i, each := range took {
		slices.Sort(each)
		out[i] = each[len(each)/2]
	}
	return out
}

// chart is what operations cost by the size of a database.
type chart struct {
	axis  string
	sizes []int
	order []string
	costs map[string][]time.Duration
}

// table is the chart as text: the medians, and the last as a multiple of the
// first, drawn as a bar in which a full row of twenty stands for twice.
func (c chart) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-34s", c.axis)
	for _, n := range c.sizes {
		fmt.Fprintf(&b, "%12s", grouped(n))
	}
	for _, name := range c.order {
		costs := c.costs[name]
		fmt.Fprintf(&b, "\n%-34s", name)
		for _, d := range costs {
			fmt.Fprintf(&b, "%9d µs", d.Microseconds())
		}
		ratio := growth(costs)
		fmt.Fprintf(&b, "  × %.2f %s", ratio, strings.Repeat("█", int(ratio*10)))
	}
	return b.String()
}

func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
