//go:build race

package forecast_test

// measured is a portion of the ten seasons: the race detector makes arithmetic
// ten times slower.
var measured = portion{
	models: []string{"score-driven"}, trainFrom: "2008-07-01", testTo: "2014-06-30", matches: 3652,
	worst: map[string]float64{"score-driven": 0.2},
}
