package operation

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// Point is a value at a time.
type Point struct {
	At    time.Time
	Value float64
}

// Trend is a straight line through values, with how far they stray from it.
//
// The line is that of Theil and Sen: the median of the slopes between all pairs
// of points, and the median of what is left. A day on which a table was loaded
// twice, or a disk cleaned up, moves it little, unlike least squares. The band
// has the form of the prediction interval of least squares with 1.4826 times
// the median absolute residual in place of the standard error.
// Sen, P. K. (1968), Estimates of the regression coefficient based on Kendall's
// tau, Journal of the American Statistical Association 63, 1379–1389.
type Trend struct {
	Start  time.Time // when the line has the value Level
	Level  float64
	Slope  float64 // a day
	Spread float64 // robust standard deviation of the residuals
	N      int

	MeanDay, SumSquares float64 // of the points' days since Start
}

const (
	// leastPoints and leastDays are what a trend takes to mean anything.
	leastPoints = 5
	leastDays   = 4
	// confidence of the band, two-sided.
	confidence = 0.95
	// farthest is how many days ahead a limit is looked for.
	farthest = 3650
)

// FitTrend fits a line to points in order of time. It returns nil when there
// are fewer than five, or they lie within four days.
func FitTrend(points []Point) *Trend {
	if len(points) < leastPoints {
		return nil
	}
	t := &Trend{Start: points[0].At, N: len(points)}
	x := make([]float64, len(points))
	for i, p := range points {
		x[i] = t.days(p.At)
		t.MeanDay += x[i] / float64(len(points))
	}
	if x[len(x)-1] < leastDays {
		return nil
	}
	var slopes []float64
	for i := range points {
		t.SumSquares += (x[i] - t.MeanDay) * (x[i] - t.MeanDay)
		for j := i + 1; j < len(points); j++ {
			if x[j] > x[i] {
				slopes = append(slopes, (points[j].Value-points[i].Value)/(x[j]-x[i]))
			}
		}
	}
	t.Slope = median(slopes)
	rest := make([]float64, len(points))
	for i, p := range points {
		rest[i] = p.Value - t.Slope*x[i]
	}
	t.Level = median(rest)
	for i := range rest {
		rest[i] = math.Abs(rest[i] - t.Level)
	}
	t.Spread = 1.4826 * median(rest)
	return t
}

// Raised is the trend as it looks to somebody careful: when the last value lies
// above the band, what was added at once is taken to stay, and the line goes on
// from there.
func (t *Trend) Raised(last Point) *Trend {
	up := *t
	if _, high := t.Band(last.At); last.Value > high {
		up.Level += last.Value - t.At(last.At)
	}
	return &up
}

func (t *Trend) days(at time.Time) float64 { return at.Sub(t.Start).Hours() / 24 }

// At is the line's value.
func (t *Trend) At(at time.Time) float64 { return t.Level + t.Slope*t.days(at) }

// Band is where a value at that time is expected to lie, 19 times of 20.
func (t *Trend) Band(at time.Time) (low, high float64) {
	quantile := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(t.N - 2)}.Quantile((1 + confidence) / 2)
	off := t.days(at) - t.MeanDay
	half := quantile * t.Spread * math.Sqrt(1+1/float64(t.N)+off*off/t.SumSquares)
	return t.At(at) - half, t.At(at) + half
}

// Reaches says on which day after from the line comes to a limit, and on which
// the upper end of the band does. Each is zero when that is not within ten
// years.
func (t *Trend) Reaches(limit float64, from time.Time) (line, earliest time.Time) {
	for day := range farthest {
		at := from.AddDate(0, 0, day)
		_, high := t.Band(at)
		if earliest.IsZero() && high >= limit {
			earliest = at
		}
		if t.At(at) >= limit {
			return at, earliest
		}
	}
	return time.Time{}, earliest
}

// Median is the middle of values, 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}
