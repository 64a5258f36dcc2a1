package forecast

// dial is one hyper-parameter: where it is kept and how far it may be turned.
type dial struct {
	name      string
	at        *float64
	low, high float64
	step      float64 // first step of the search; 0 leaves it as it is
}

// settings are the hyper-parameters of a method.
type settings interface {
	// dials point into the settings, always in the same order.
	dials() []dial
	// forecaster starts one that has seen nothing.
	forecaster(c calibration) Forecaster
}

// read lists the values of the dials.
func read(s settings) []float64 {
	dials := s.dials()
	values := make([]float64, len(dials))
	for i, d := range dials {
		values[i] = *d.at
	}
	return values
}

// turn sets the dials to values, each held within its bounds.
func turn(s settings, values []float64) {
	for i, d := range s.dials() {
		*d.at = min(max(values[i], d.low), d.high)
	}
}
