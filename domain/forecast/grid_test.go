package forecast_test

import (
	"errors"
	"math"
	"testing"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// goalModel is the forecast whose outcomes are those of its own grid.
func goalModel(tb testing.TB, home, away, rho float64) forecast.Forecast {
	tb.Helper()
	win, draw, loss := forecast.Outcomes(home, away, rho)
	return mustNew(tb, forecast.Parameters{
		LambdaHome: home, LambdaAway: away, Rho: rho, Home: win, Draw: draw, Away: loss,
	})
}

func mustNew(tb testing.TB, p forecast.Parameters) forecast.Forecast {
	tb.Helper()
	f, err := forecast.New(p)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func near(tb testing.TB, what string, got, want, tolerance float64) {
	tb.Helper()
	if ok := math.Abs(got-want) <= tolerance; !ok {
		tb.Errorf("%s = %.15g, want %.15g ± %g", what, got, want, tolerance)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()

	good := forecast.Parameters{LambdaHome: 1.5, LambdaAway: 1.1, Rho: -0.05, Home: 0.5, Draw: 0.3, Away: 0.2}
	if _, err := forecast.New(good); err != nil {
		t.Fatalf("New(%+v) = %v", good, err)
	}
	tests := map[string]func(*forecast.Parameters){
		"no rate":           func(p *forecast.Parameters) { p.LambdaHome = 0 },
		"rate not a number": func(p *forecast.Parameters) { p.LambdaAway = math.NaN() },
		"rate too high":     func(p *forecast.Parameters) { p.LambdaAway = 21 },
		"rho too low":       func(p *forecast.Parameters) { p.Rho = -0.7 },
		"rho too high":      func(p *forecast.Parameters) { p.Rho = 0.61 },
		"rho not a number":  func(p *forecast.Parameters) { p.Rho = math.NaN() },
		"sums above one":    func(p *forecast.Parameters) { p.Home = 0.6 },
		"negative chance":   func(p *forecast.Parameters) { p.Home, p.Draw = 0.9, -0.1 },
		"chance infinite":   func(p *forecast.Parameters) { p.Home = math.Inf(1) },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := good
			spoil(&p)
			if _, err := forecast.New(p); !errors.Is(err, forecast.ErrParameters) {
				t.Errorf("New(%+v) error = %v, want %v", p, err, forecast.ErrParameters)
			}
		})
	}
}

// Every market must come from one distribution, whatever the rates and
// wherever recalibration has moved the outcomes.
func TestGridAgreesWithOutcome(t *testing.T) {
	t.Parallel()

	rates := []float64{forecast.MinRate, 0.1, 0.9, 1.4, 3, 8, forecast.MaxRate}
	for _, home := range rates {
		for _, away := range rates {
			low, high := forecast.RhoBounds(home, away)
			for _, rho := range []float64{low, low / 2, 0, high / 2, high} {
				for _, chance := range [][3]float64{{0.5, 0.3, 0.2}, {0, 1, 0}, {1, 0, 0}, {0.2, 0.1, 0.7}} {
					f := mustNew(t, forecast.Parameters{
						LambdaHome: home, LambdaAway: away, Rho: rho,
						Home: chance[0], Draw: chance[1], Away: chance[2],
					})
					checkGrid(t, f)
				}
			}
		}
	}
}

func checkGrid(t *testing.T, f forecast.Forecast) {
	t.Helper()
	g := f.Grid()
	rows, columns := g.Size()
	if rows < 2 || columns < 2 || rows > 130 || columns > 130 {
		t.Fatalf("%+v: grid of %d by %d", f.Parameters(), rows, columns)
	}
	sum := 0.0
	for i := range rows {
		for j := range columns {
			p := g.At(i, j)
			if ok := p >= 0 && p <= 1; !ok {
				t.Fatalf("%+v: P(%d-%d) = %v", f.Parameters(), i, j, p)
			}
			sum += p
		}
	}
	near(t, "sum", sum, 1, 1e-12)
	home, draw, away := g.Outcome()
	wantHome, wantDraw, wantAway := f.Outcome()
	near(t, "home", home, wantHome, 1e-12)
	near(t, "draw", draw, wantDraw, 1e-12)
	near(t, "away", away, wantAway, 1e-12)
	for _, line := range []float64{0, 0.5, 1, 2.5, 3} {
		total, err := g.Total(line)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "over, push and under", total.Over+total.Push+total.Under, 1, 1e-12)
		if line != math.Trunc(line) && total.Push != 0 {
			t.Errorf("half line %v has a push of %v", line, total.Push)
		}
	}
}

// With rho at nought and outcomes as they come, a cell is the product of two
// Poisson probabilities and the total of goals is Poisson as well.
func TestGridIsPoisson(t *testing.T) {
	t.Parallel()

	g := goalModel(t, 1.5, 1, 0).Grid()
	near(t, "P(0-0)", g.At(0, 0), math.Exp(-2.5), 1e-12)
	near(t, "P(2-1)", g.At(2, 1), math.Exp(-2.5)*1.5*1.5/2, 1e-12)
	near(t, "P(-1-0)", g.At(-1, 0), 0, 0)
	near(t, "P(99-0)", g.At(99, 0), 0, 0)
	near(t, "both to score", g.BothToScore(), (1-math.Exp(-1.5))*(1-math.Exp(-1)), 1e-12)
	half, _ := g.Total(2.5)
	near(t, "under 2.5", half.Under, math.Exp(-2.5)*(1+2.5+2.5*2.5/2), 1e-11)
	whole, _ := g.Total(2)
	near(t, "push at 2", whole.Push, math.Exp(-2.5)*2.5*2.5/2, 1e-11)
	near(t, "under 2", whole.Under, math.Exp(-2.5)*3.5, 1e-11)
	home, away := g.Mean()
	near(t, "mean home", home, 1.5, 1e-10)
	near(t, "mean away", away, 1, 1e-10)
}

func TestGridIsDixonColes(t *testing.T) {
	t.Parallel()

	const home, away, rho = 1.5, 1.0, -0.1
	g := goalModel(t, home, away, rho).Grid()
	plain := goalModel(t, home, away, 0).Grid()
	tests := []struct {
		i, j   int
		factor float64
	}{
		{0, 0, 1 + 0.1*1.5}, {0, 1, 1 - 0.1*1.5}, {1, 0, 1 - 0.1*1.0}, {1, 1, 1.1}, {2, 1, 1}, {0, 2, 1},
	}
	for _, tt := range tests {
		near(t, "factor", g.At(tt.i, tt.j)/plain.At(tt.i, tt.j), tt.factor, 1e-11)
	}
}

func TestTotalRefusesLines(t *testing.T) {
	t.Parallel()

	g := goalModel(t, 1.5, 1, 0).Grid()
	for _, line := range []float64{-0.5, 0.3, 2.25, 1000, math.NaN(), math.Inf(1)} {
		if _, err := g.Total(line); !errors.Is(err, forecast.ErrLine) {
			t.Errorf("Total(%v) error = %v, want %v", line, err, forecast.ErrLine)
		}
	}
}

func TestPick(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		home, draw, away, threshold float64
		want                        football.Outcome
		ok                          bool
	}{
		"home above":       {home: 0.6, draw: 0.3, away: 0.1, threshold: 0.55, want: football.HomeWin, ok: true},
		"home on it":       {home: 0.6, draw: 0.3, away: 0.1, threshold: 0.6, want: football.HomeWin, ok: true},
		"home below":       {home: 0.6, draw: 0.3, away: 0.1, threshold: 0.61, want: football.HomeWin},
		"away":             {home: 0.1, draw: 0.3, away: 0.6, threshold: 0.5, want: football.AwayWin, ok: true},
		"draw":             {home: 0.3, draw: 0.4, away: 0.3, threshold: 0.4, want: football.Draw, ok: true},
		"home before away": {home: 0.4, draw: 0.2, away: 0.4, want: football.HomeWin, ok: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			f := mustNew(t, forecast.Parameters{LambdaHome: 1, LambdaAway: 1, Home: tt.home, Draw: tt.draw, Away: tt.away})
			if got, ok := f.Pick(tt.threshold); got != tt.want || ok != tt.ok {
				t.Errorf("Pick(%v) = %v, %v, want %v, %v", tt.threshold, got, ok, tt.want, tt.ok)
			}
			near(t, "confidence", f.Confidence(), max(tt.home, tt.draw, tt.away), 0)
		})
	}
}
