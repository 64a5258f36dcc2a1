//go:build !race

package forecast_test

// measured is all of the ten seasons.
var measured = portion{
	models: []string{"score-driven", "dixon-coles", "base-rates"}, trainFrom: "1993-07-01", testTo: "2022-06-30", matches: 18159,
	worst: map[string]float64{"score-driven": 0.1992, "dixon-coles": 0.1996, "base-rates": 0.2293},
}
