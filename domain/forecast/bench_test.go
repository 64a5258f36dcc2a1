package forecast_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

func BenchmarkOutcomes(b *testing.B) {
	for b.Loop() {
		forecast.Outcomes(1.5, 1.1, -0.05)
	}
}

func BenchmarkGrid(b *testing.B) {
	f := goalModel(b, 1.5, 1.1, -0.05)
	for b.Loop() {
		f.Grid()
	}
}

func BenchmarkForecast(b *testing.B) {
	history := made(51, "north", 20, 5)
	for _, name := range names() {
		b.Run(name, func(b *testing.B) {
			f := observed(b, name, history)
			fixture := history[len(history)-1].Fixture()
			for b.Loop() {
				f.Forecast(fixture)
			}
		})
	}
}

// BenchmarkObserve takes in a round of ten matches; a Dixon-Coles is refitted
// by it.
func BenchmarkObserve(b *testing.B) {
	history := made(52, "north", 20, 5)
	for _, name := range names() {
		b.Run(name, func(b *testing.B) {
			f := observed(b, name, history)
			round := append([]forecast.Result(nil), history[len(history)-10:]...)
			for b.Loop() {
				for i := range round {
					round[i].Date = round[i].Date.Add(24 * time.Hour)
				}
				f.Observe(round)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(10*b.N), "ns/match")
		})
	}
}

// BenchmarkWalk shows how the cost of a match grows with the history: it must not.
func BenchmarkWalk(b *testing.B) {
	for _, name := range names() {
		for _, seasons := range []int{5, 10, 20, 40} {
			history := made(53, "north", 20, seasons)
			b.Run(fmt.Sprintf("%s/%d-matches", name, len(history)), func(b *testing.B) {
				for b.Loop() {
					f := untrained(b, name).Start()
					visit := func(forecast.Result, forecast.Forecast) error { return nil }
					if err := forecast.Walk(context.Background(), f, history, time.Time{}, time.Time{}, visit); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(len(history)*b.N), "ns/match")
			})
		}
	}
}
