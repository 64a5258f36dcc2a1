package forecast

import (
	"context"
	"time"
)

// Row is one forecast with what happened.
type Row struct {
	Result   Result
	Forecast Forecast
}

// RPS is the ranked probability score of the row; see [RPS].
func (r Row) RPS() float64 {
	home, draw, away := r.Forecast.Outcome()
	return RPS(home, draw, away, r.Result.Outcome())
}

// Scores are the ranked probability scores of rows, for [Compare].
func Scores(rows []Row) []float64 {
	scores := make([]float64, len(rows))
	for i, r := range rows {
		scores[i] = r.RPS()
	}
	return scores
}

// Evaluate walks the model through history as [Walk] does and scores its
// forecasts of the days from…to. Picks are those at the model's threshold. For
// an honest figure the model is trained on matches before from alone. Rows
// come in the order of the walk, which two models share.
func Evaluate(ctx context.Context, m Model, history []Result, from, to time.Time) (Evaluation, []Row, error) {
	evaluator := NewEvaluator(m.threshold)
	var rows []Row
	err := Walk(ctx, m.Start(), history, from, to, func(r Result, f Forecast) error {
		evaluator.Add(f, r.Outcome())
		rows = append(rows, Row{Result: r, Forecast: f})
		return nil
	})
	if err != nil {
		return Evaluation{}, nil, err
	}
	return evaluator.Evaluation(), rows, nil
}
