package forecast

import "time"

// Model is a trained way to forecast: hyper-parameters, a recalibration and a
// threshold for picks. It holds no team's rating; [Model.Start] gives a
// forecaster that learns those from the history it is shown. The zero value is
// no model; use [Train] or [LoadModel].
type Model struct {
	name        string
	values      []float64 // in the order of the method's dials
	calibration calibration
	threshold   float64
	matches     int
	from, to    time.Time
	sufficient  bool
}

// Name is one of [Names].
func (m Model) Name() string { return m.name }

// PickThreshold is the confidence from which a forecast is published as a
// pick; pass it to [Forecast.Pick].
func (m Model) PickThreshold() float64 { return m.threshold }

// Matches is how many matches the model was trained on.
func (m Model) Matches() int { return m.matches }

// Range is the days of the first and the last match that the model was trained
// on, both zero when there was none.
func (m Model) Range() (from, to time.Time) { return m.from, m.to }

// Sufficient is false when there was too little history to tune on, so that
// the model rests on defaults.
func (m Model) Sufficient() bool { return m.sufficient }

// Start is a forecaster that has seen nothing yet. Each call starts another.
func (m Model) Start() Forecaster {
	return m.settings().forecaster(m.calibration)
}

// settings are the method's, with the dials turned to the model's values.
func (m Model) settings() settings {
	found, err := findMethod(m.name)
	if err != nil {
		// Only the zero Model has no method: it forecasts with base rates.
		return &baseRateSettings{}
	}
	s := found.settings()
	turn(s, m.values)
	return s
}
