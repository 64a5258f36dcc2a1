package maintaining

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// performances are what weeks are compared by; worse is which way is worse.
var performances = []struct {
	sample, title string
	unit          operation.Unit
	worse         float64 // 1 when more is worse, −1 when less is, 0 for neither
}{
	{sampleMeanQuery, "Mean time of a statement", operation.Seconds, 1},
	{sampleP95, "Time within which 95 % of requests are answered", operation.Seconds, 1},
	{sampleFailed, "Failed requests", operation.Share, 1},
	{sampleRate, "Requests", operation.Rate, 0},
	{sampleHits, "Blocks found in memory", operation.Share, -1},
}

const (
	// weeksCompared is how many weeks the present one is held against.
	weeksCompared = 8
	// muchWorse is from which change on somebody should look.
	muchWorse = 0.3
)

// performance notes the week's figures and compares them with the weeks before.
func (m *Maintainer) performance(ctx context.Context, s *session) error {
	samples, err := m.measurePerformance(ctx, s)
	if err != nil {
		return err
	}
	if !s.dry {
		if err := m.Samples.Keep(ctx, s.at, samples); err != nil {
			return fmt.Errorf("keep figures: %w", err)
		}
	}
	present := make(map[string]float64)
	for _, sample := range samples {
		present[sample.Name] = sample.Value
	}
	worse := 0
	for _, p := range performances {
		value, measured := present[p.sample]
		if !measured {
			continue
		}
		s.figure(p.title, value, p.unit)
		points, err := m.Samples.Since(ctx, p.sample, "", s.at.Add(-weeksCompared*week))
		if err != nil {
			return fmt.Errorf("read earlier figures: %w", err)
		}
		if change, known := changed(points, s.at, value); known && change*p.worse > muchWorse {
			worse++
			s.warn("See the monthly step queries, and what was released that week.", "%s: %+.0f %% against the weeks before.", p.title, 100*change)
		}
		if len(points) > 1 {
			chart := operation.Chart{Title: p.title, Unit: p.unit, Points: points, Until: s.at.Add(4 * week)}
			chart.Fit()
			s.result.Charts = append(s.result.Charts, chart)
		}
	}
	s.say("%s; %d much worse than in the weeks before.", many(len(present), "figure measured", "figures measured"), worse)
	return nil
}

// changed is by which share a value differs from the mean of earlier days.
func changed(points []operation.Point, at time.Time, value float64) (share float64, known bool) {
	sum, n := 0.0, 0
	for _, p := range points {
		if at.Sub(p.At) > 5*24*time.Hour {
			sum += p.Value
			n++
		}
	}
	if n == 0 || sum == 0 {
		return 0, false
	}
	return value/(sum/float64(n)) - 1, true
}

// measurePerformance asks those who know. What nobody knows is left out, and
// said.
func (m *Maintainer) measurePerformance(ctx context.Context, s *session) ([]Sample, error) {
	db, err := m.Inspection.Database(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	samples := []Sample{{Name: sampleHits, Value: db.HitShare}}
	_, total, err := m.Inspection.Statements(ctx, 1)
	switch {
	case errors.Is(err, ErrNoStatements):
		s.skip(statementsRemedy, "Times of statements were not looked at: %s", detail(err))
	case err != nil:
		return nil, fmt.Errorf("read times of statements: %w", err)
	case total.Calls > 0:
		samples = append(samples, Sample{Name: sampleMeanQuery, Value: total.Mean})
	}
	if m.Traffic == nil {
		s.skip("Set PROMETHEUS_URL for the worker.", "Times of requests were not looked at: Prometheus is not known here.")
		return samples, nil
	}
	r, err := m.Traffic.Requests(ctx, week)
	if err != nil {
		s.skip("Is PROMETHEUS_URL right, and Prometheus up?", "Times of requests were not looked at: %v", err)
		return samples, nil
	}
	samples = append(samples, Sample{Name: sampleRate, Value: r.Total / week.Seconds()})
	if r.Total > 0 {
		samples = append(samples, Sample{Name: sampleFailed, Value: r.Failed / r.Total})
	}
	if !math.IsNaN(r.P95) {
		samples = append(samples, Sample{Name: sampleP95, Value: r.P95})
	}
	return samples, nil
}
