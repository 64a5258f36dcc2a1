package main

import (
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// modelJSON is a model on the wire.
type modelJSON struct {
	Version       string          `json:"version"`
	Model         string          `json:"model"`
	Champion      bool            `json:"champion"`
	TrainedAt     time.Time       `json:"trained_at"`
	TrainedFrom   string          `json:"trained_from"` // day
	TrainedTo     string          `json:"trained_to"`
	Matches       int             `json:"matches"`
	PickThreshold float64         `json:"pick_threshold"`
	Evaluation    *evaluationJSON `json:"evaluation"`
}

type evaluationJSON struct {
	From        string     `json:"from"`
	To          string     `json:"to"`
	Scores      scoresJSON `json:"scores"`
	BaseRates   scoresJSON `json:"base_rates"`
	Against     string     `json:"against,omitempty"` // the champion then
	Difference  float64    `json:"difference"`        // in RPS, negative is better
	DifferenceE float64    `json:"difference_standard_error"`
}

type scoresJSON struct {
	Matches  int     `json:"matches"`
	RPS      float64 `json:"rps"`
	LogLoss  float64 `json:"log_loss"`
	Brier    float64 `json:"brier"`
	Accuracy float64 `json:"accuracy"`
}

func toScoresJSON(e forecast.Evaluation) scoresJSON {
	return scoresJSON{Matches: e.Matches, RPS: e.RPS.Mean, LogLoss: e.LogLoss.Mean, Brier: e.Brier.Mean, Accuracy: e.Accuracy.Mean}
}

func toModelJSON(e modelling.Entry) modelJSON {
	from, to := e.Model.Range()
	wire := modelJSON{
		Version: e.Version, Model: e.Model.Name(), Champion: e.Champion, TrainedAt: e.TrainedAt,
		TrainedFrom: date(from), TrainedTo: date(to), Matches: e.Model.Matches(), PickThreshold: e.Model.PickThreshold(),
	}
	if v := e.Evaluation; v != nil {
		wire.Evaluation = &evaluationJSON{
			From: date(v.From), To: date(v.To), Scores: toScoresJSON(v.Scores), BaseRates: toScoresJSON(v.Baseline),
			Against: v.Against, Difference: v.Difference.Mean, DifferenceE: v.Difference.StdErr,
		}
	}
	return wire
}

func showModels(w io.Writer, all []modelling.Entry) {
	rows := make([][]string, len(all))
	for i, e := range all {
		mark, rps := "", "-"
		if e.Champion {
			mark = "champion"
		}
		if e.Evaluation != nil {
			rps = fmt.Sprintf("%.5f", e.Evaluation.Scores.RPS.Mean)
		}
		rows[i] = []string{e.Version, moment(e.TrainedAt), fmt.Sprint(e.Model.Matches()), rps, mark}
	}
	table(w, "VERSION TRAINED MATCHES RPS STATE", rows)
}

func showModel(w io.Writer, e modelling.Entry) {
	from, to := e.Model.Range()
	rows := [][]string{
		{"model", e.Model.Name()},
		{"champion", fmt.Sprint(e.Champion)},
		{"trained at", moment(e.TrainedAt)},
		{"trained on", fmt.Sprintf("%d matches, %s to %s", e.Model.Matches(), date(from), date(to))},
		{"picks from", fmt.Sprintf("%.1f %%", 100*e.Model.PickThreshold())},
	}
	if v := e.Evaluation; v != nil {
		rows = append(rows,
			[]string{"held out", fmt.Sprintf("%d matches, %s to %s", v.Scores.Matches, date(v.From), date(v.To))},
			[]string{"RPS", fmt.Sprintf("%.5f ± %.5f (base rates %.5f)", v.Scores.RPS.Mean, v.Scores.RPS.StdErr, v.Baseline.RPS.Mean)},
			[]string{"log loss", fmt.Sprintf("%.5f nats", v.Scores.LogLoss.Mean)},
			[]string{"accuracy", fmt.Sprintf("%.1f %%", 100*v.Scores.Accuracy.Mean)})
		if v.Against != "" {
			rows = append(rows, []string{"against " + v.Against, fmt.Sprintf("%+.5f ± %.5f", v.Difference.Mean, v.Difference.StdErr)})
		}
	}
	table(w, "VERSION "+e.Version, rows)
}
