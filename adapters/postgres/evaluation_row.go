package postgres

import (
	"time"

	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// evaluationRow is an evaluation as the column models.evaluation keeps it.
type evaluationRow struct {
	EvaluatedAt time.Time   `json:"evaluated_at"`
	From        time.Time   `json:"from"`
	To          time.Time   `json:"to"`
	Scores      measuresRow `json:"scores"`
	Baseline    measuresRow `json:"baseline"`
	Against     string      `json:"against,omitempty"`
	Difference  scoreRow    `json:"difference"`
}

type measuresRow struct {
	Matches      int      `json:"matches"`
	RPS          scoreRow `json:"rps"`
	LogLoss      scoreRow `json:"log_loss"`
	Brier        scoreRow `json:"brier"`
	Accuracy     scoreRow `json:"accuracy"`
	Picks        int      `json:"picks"`
	PickAccuracy scoreRow `json:"pick_accuracy"`
	Calibration  []binRow `json:"calibration"`
	ECE          float64  `json:"ece"`
}

type scoreRow struct {
	Mean   float64 `json:"mean"`
	StdErr float64 `json:"std_err"`
}

type binRow struct {
	Count     int     `json:"count"`
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
}

func toEvaluationRow(e modelling.Evaluation) evaluationRow {
	return evaluationRow{
		EvaluatedAt: e.EvaluatedAt, From: e.From, To: e.To, Against: e.Against, Difference: scoreRow(e.Difference),
		Scores: toMeasuresRow(e.Scores), Baseline: toMeasuresRow(e.Baseline),
	}
}

func fromEvaluationRow(r evaluationRow) modelling.Evaluation {
	return modelling.Evaluation{
		EvaluatedAt: r.EvaluatedAt, From: r.From, To: r.To, Against: r.Against, Difference: forecast.Paired(r.Difference),
		Scores: fromMeasuresRow(r.Scores), Baseline: fromMeasuresRow(r.Baseline),
	}
}

func toMeasuresRow(e forecast.Evaluation) measuresRow {
	r := measuresRow{
		Matches: e.Matches, RPS: scoreRow(e.RPS), LogLoss: scoreRow(e.LogLoss), Brier: scoreRow(e.Brier),
		Accuracy: scoreRow(e.Accuracy), Picks: e.Picks, PickAccuracy: scoreRow(e.PickAccuracy), ECE: e.ECE,
	}
	for _, b := range e.Calibration {
		r.Calibration = append(r.Calibration, binRow(b))
	}
	return r
}

func fromMeasuresRow(r measuresRow) forecast.Evaluation {
	e := forecast.Evaluation{
		Matches: r.Matches, RPS: forecast.Score(r.RPS), LogLoss: forecast.Score(r.LogLoss), Brier: forecast.Score(r.Brier),
		Accuracy: forecast.Score(r.Accuracy), Picks: r.Picks, PickAccuracy: forecast.Score(r.PickAccuracy), ECE: r.ECE,
	}
	for _, b := range r.Calibration {
		e.Calibration = append(e.Calibration, forecast.Bin(b))
	}
	return e
}
