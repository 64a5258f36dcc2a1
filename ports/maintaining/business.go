package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Business tells how the platform is used and what it is worth.
type Business interface {
	// Figures sums up the day before at.
	Figures(ctx context.Context, at time.Time) (Worth, error)
}

// Worth is how the platform is used and how good its data and forecasts are.
type Worth struct {
	Tenants   map[string]int // by status
	Active    int            // users seen in the last day
	Month     int            // users seen in the last 30 days
	Made      int            // predictions of the last day
	Calls     int64          // API calls of the last day
	Refused   int64          // of them refused for their limit
	Fixtures  int            // in the coming week
	Forecast  int            // of them with a forecast
	Unsettled int            // matches over for a day, with predictions that wait
	Picks     int            // settled picks of the last 30 days
	Right     int
	Quality   []DataQuality
	Newest    []Counted // sources, and when each last brought something
}

// DataQuality is how good a competition's data are, from 0 to 1.
type DataQuality struct {
	Competition      string
	Score, Threshold float64
}

// silentSource is when a source that brings nothing is worth a look: schedules
// ask every six hours, and leagues pause for a week now and then.
const silentSource = 8 * 24 * time.Hour

// business tells the key figures, and which of them cannot be right.
func (m *Maintainer) business(ctx context.Context, s *session) error {
	w, err := m.Business.Figures(ctx, s.at)
	if err != nil {
		return fmt.Errorf("read business figures: %w", err)
	}
	for _, status := range []string{"trial", "active", "suspended", "expired"} {
		s.figure("Tenants, "+status, float64(w.Tenants[status]), operation.Count)
	}
	s.figure("Users seen in a day", float64(w.Active), operation.Count)
	s.figure("Users seen in 30 days", float64(w.Month), operation.Count)
	s.figure("Predictions made in a day", float64(w.Made), operation.Count)
	s.figure("API calls in a day", float64(w.Calls), operation.Count)
	s.figure("API calls over their limit", float64(w.Refused), operation.Count)
	s.figure("Fixtures of the coming week", float64(w.Fixtures), operation.Count)
	s.figure("Of them with a forecast", float64(w.Forecast), operation.Count)
	if w.Picks > 0 {
		s.figure("Picks that were right, 30 days", float64(w.Right)/float64(w.Picks), operation.Share)
	}
	if w.Forecast < w.Fixtures {
		s.warn("footballctl forecast", "%s of the coming week %s no forecast.", many(w.Fixtures-w.Forecast, "fixture", "fixtures"), has(w.Fixtures-w.Forecast))
	}
	if w.Unsettled > 0 {
		s.warn("footballctl forecast --settle-only", "%s over for a day %s predictions that are not settled.", many(w.Unsettled, "match", "matches"), has(w.Unsettled))
	}
	s.data(w)
	s.say("%s seen and %s made in a day; %d of %s with a forecast.", many(w.Active, "user", "users"), many(w.Made, "prediction", "predictions"),
		w.Forecast, many(w.Fixtures, "coming fixture", "coming fixtures"))
	return nil
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// data tells how good the data are and how fresh.
func (s *session) data(w Worth) {
	rows := make([][]string, len(w.Quality))
	for i, q := range w.Quality {
		rows[i] = []string{q.Competition, fmt.Sprintf("%.3f", q.Score), fmt.Sprintf("%.3f", q.Threshold)}
		if q.Score < q.Threshold {
			s.warn("footballctl check data --rejected --competition "+argument(q.Competition), "The data of %s are too poor to train on: %.3f.", q.Competition, q.Score)
		}
	}
	s.list("Data quality", "Competition|Score|Needed", rows)
	for _, f := range w.Newest {
		if s.at.Sub(f.Latest) > silentSource {
			s.warn("footballctl ingest --source "+argument(f.What), "%s has brought nothing since %s.", f.What, moment(f.Latest))
		}
	}
}
