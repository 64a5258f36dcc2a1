package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// The picture's size and what lies around the plot, in its own units.
const (
	chartWidth, chartHeight = 680.0, 240.0
	chartLeft, chartRight   = 76.0, 14.0
	chartTop, chartBottom   = 14.0, 30.0
	chartTicks              = 4
)

// drawing is a chart as coordinates.
type drawing struct {
	Width, Height            float64
	Left, Right, Top, Bottom float64 // of the plot
	Line                     string  // points of a polyline
	Dots                     []spot
	Band, Trend              string
	Limit                    float64 // y, 0 for none
	Across, Down             []tick
	Words                    string // what the picture says, for those who do not see it
}

type (
	spot struct{ X, Y float64 }
	tick struct {
		At   float64
		Text string
	}
)

// dotted is up to how many points are marked each.
const dotted = 40

// frame places values on the plot.
type frame struct {
	from, to  time.Time
	low, high float64
}

func (f frame) x(at time.Time) float64 {
	return chartLeft + (chartWidth-chartLeft-chartRight)*at.Sub(f.from).Hours()/f.to.Sub(f.from).Hours()
}

func (f frame) y(v float64) float64 {
	v = math.Min(math.Max(v, f.low), f.high)
	return chartHeight - chartBottom - (chartHeight-chartTop-chartBottom)*(v-f.low)/(f.high-f.low)
}

// picture reports whether a chart has enough to be drawn.
func picture(c operation.Chart) bool {
	return len(c.Points) > 1 && c.Points[len(c.Points)-1].At.After(c.Points[0].At)
}

// draw turns a chart into coordinates. The trend is drawn from the first point
// to Until, its band from the last point on.
func draw(c operation.Chart) drawing {
	last := c.Points[len(c.Points)-1]
	f := frame{from: c.Points[0].At, to: last.At}
	if c.Trend != nil && c.Until.After(f.to) {
		f.to = c.Until
	}
	f.low, f.high = extent(c, f.to)
	step := niceStep((f.high-f.low)/chartTicks, c.Unit)
	f.low, f.high = math.Floor(f.low/step)*step, math.Ceil(f.high/step)*step
	d := drawing{
		Width: chartWidth, Height: chartHeight,
		Left: chartLeft, Right: chartWidth - chartRight, Top: chartTop, Bottom: chartHeight - chartBottom,
	}
	for _, p := range c.Points {
		d.Line += point(f, p.At, p.Value)
		if len(c.Points) <= dotted {
			d.Dots = append(d.Dots, spot{f.x(p.At), f.y(p.Value)})
		}
	}
	if c.Trend != nil {
		d.Trend = point(f, f.from, c.Trend.At(f.from)) + point(f, f.to, c.Trend.At(f.to))
		d.Band = band(f, *c.Trend, last.At)
	}
	if c.Limit > 0 && c.Limit <= f.high {
		d.Limit = f.y(c.Limit)
	}
	for v := f.low; v <= f.high+step/2; v += step {
		d.Down = append(d.Down, tick{f.y(v), value(round(v, step), c.Unit)})
	}
	d.Across = days(f)
	d.Words = words(c, last)
	return d
}

func point(f frame, at time.Time, v float64) string {
	return fmt.Sprintf("%.1f,%.1f ", f.x(at), f.y(v))
}

// bandSteps is in how many pieces the band's curves are drawn.
const bandSteps = 24

func band(f frame, t operation.Trend, from time.Time) string {
	if !f.to.After(from) {
		return ""
	}
	var up, down strings.Builder
	for i := range bandSteps + 1 {
		at := from.Add(f.to.Sub(from) * time.Duration(i) / bandSteps)
		_, high := t.Band(at)
		up.WriteString(point(f, at, high))
		at = f.to.Add(-f.to.Sub(from) * time.Duration(i) / bandSteps)
		low, _ := t.Band(at)
		down.WriteString(point(f, at, low))
	}
	return up.String() + down.String()
}

// extent is the least and the most that is shown: from nothing, unless all lies
// far above it. A limit is shown when it is not far away.
func extent(c operation.Chart, to time.Time) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	add := func(v float64) { low, high = math.Min(low, v), math.Max(high, v) }
	for _, p := range c.Points {
		add(p.Value)
	}
	if c.Trend != nil {
		l, h := c.Trend.Band(to)
		add(math.Max(0, l))
		add(h)
	}
	if c.Limit > 0 && c.Limit < 3*high {
		add(c.Limit)
	}
	if low < high/2 {
		low = math.Min(0, low)
	}
	if high <= low {
		high = low + math.Max(1e-9, math.Abs(low)/10)
	}
	return low, high
}

// niceStep is the next larger of 1, 2 and 5 times a power of ten, or for bytes
// of a power of 1024.
func niceStep(least float64, u operation.Unit) float64 {
	unit := 1.0
	if u == operation.Bytes {
		for unit*1024 <= least*2 {
			unit *= 1024
		}
	}
	power := math.Pow(10, math.Floor(math.Log10(least/unit)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power*unit >= least*0.999 {
			return m * power * unit
		}
	}
	return 10 * power * unit
}

// round takes the noise of adding steps up off a tick.
func round(v, step float64) float64 { return math.Round(v/step) * step }

// days are up to five dates below the plot, whole days and evenly far apart.
func days(f frame) (ticks []tick) {
	length := int(f.to.Sub(f.from).Hours() / 24)
	every := max(1, (length+chartTicks-1)/chartTicks)
	for n := 0; n <= length; n += every {
		at := f.from.AddDate(0, 0, n)
		ticks = append(ticks, tick{f.x(at), at.Format("2 Jan 06")})
	}
	return ticks
}

func words(c operation.Chart, last operation.Point) string {
	text := fmt.Sprintf("%s: %s on %s", c.Title, value(last.Value, c.Unit), last.At.Format("2 January 2006"))
	if c.Trend == nil {
		return text + "; too few points for a trend"
	}
	low, high := c.Trend.Band(c.Until)
	return fmt.Sprintf("%s; %s expected on %s, %s to %s", text, value(c.Trend.At(c.Until), c.Unit), c.Until.Format("2 January 2006"), value(low, c.Unit), value(high, c.Unit))
}
