package forecast

import (
	"math"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

// MaxRate bounds the goals that one side may be expected to score.
const MaxRate = 20

// MinRate is the least that one side may be expected to score. It is above
// zero so that every score keeps a chance.
const MinRate = 1e-3

// ErrParameters is returned for numbers that describe no forecast.
var ErrParameters = &domain.Error{Kind: domain.Invalid, Code: "forecast.parameters"}

// Parameters are the six numbers that a forecast is stored as.
type Parameters struct {
	// LambdaHome and LambdaAway are the goals expected of each side within 90
	// minutes, between [MinRate] and [MaxRate].
	LambdaHome, LambdaAway float64
	// Rho is the Dixon-Coles dependence of low scores, negative when draws
	// are likelier than under independence. It keeps every score's
	// probability from falling below zero.
	Rho float64
	// Home, Draw and Away are the recalibrated chances of the outcomes. They
	// sum to one.
	Home, Draw, Away float64
}

// Forecast is a distribution over the scores of one match. The zero value is
// no forecast; use [New].
type Forecast struct{ parameters Parameters }

// New returns the forecast that p describes, or [ErrParameters].
func New(p Parameters) (Forecast, error) {
	// Stated positively, because every comparison with NaN is false.
	rates := p.LambdaHome >= MinRate && p.LambdaHome <= MaxRate &&
		p.LambdaAway >= MinRate && p.LambdaAway <= MaxRate
	if !rates {
		return Forecast{}, domain.Errorf(domain.Invalid, ErrParameters.Code,
			"expected goals %v and %v must lie between %v and %v", p.LambdaHome, p.LambdaAway, MinRate, MaxRate)
	}
	low, high := rhoBounds(p.LambdaHome, p.LambdaAway)
	if ok := p.Rho >= low && p.Rho <= high; !ok {
		return Forecast{}, domain.Errorf(domain.Invalid, ErrParameters.Code,
			"rho %v must lie between %v and %v at these rates", p.Rho, low, high)
	}
	chances := p.Home >= 0 && p.Draw >= 0 && p.Away >= 0 && math.Abs(p.Home+p.Draw+p.Away-1) < 1e-9
	if !chances {
		return Forecast{}, domain.Errorf(domain.Invalid, ErrParameters.Code,
			"chances %v, %v and %v must not be negative and must sum to 1", p.Home, p.Draw, p.Away)
	}
	return Forecast{parameters: p}, nil
}

// Parameters are the numbers to store; [New] takes them back.
func (f Forecast) Parameters() Parameters { return f.parameters }

// Outcome is the probability of a home win, a draw and an away win.
func (f Forecast) Outcome() (home, draw, away float64) {
	return f.parameters.Home, f.parameters.Draw, f.parameters.Away
}

// Probability is the probability of one outcome, zero for what is no outcome.
func (f Forecast) Probability(o football.Outcome) float64 {
	switch o {
	case football.HomeWin:
		return f.parameters.Home
	case football.Draw:
		return f.parameters.Draw
	case football.AwayWin:
		return f.parameters.Away
	}
	return 0
}

// ExpectedGoals are the goals expected of each side: the rates before the
// outcomes were recalibrated. The mean of [Forecast.Grid] may differ from them
// by some hundredths of a goal.
func (f Forecast) ExpectedGoals() (home, away float64) {
	return f.parameters.LambdaHome, f.parameters.LambdaAway
}

// Likeliest is the outcome with the highest probability. Of equals it is the
// home win before the away win before the draw, as in base rates.
func (f Forecast) Likeliest() football.Outcome {
	home, draw, away := f.Outcome()
	switch {
	case home >= draw && home >= away:
		return football.HomeWin
	case away >= draw:
		return football.AwayWin
	}
	return football.Draw
}

// Confidence is the probability of the likeliest outcome, from 1/3 to 1.
func (f Forecast) Confidence() float64 { return f.Probability(f.Likeliest()) }

// Pick is the likeliest outcome when its probability reaches threshold; the
// second value says whether it does.
func (f Forecast) Pick(threshold float64) (football.Outcome, bool) {
	return f.Likeliest(), f.Confidence() >= threshold
}
