package rest

import (
	"time"

	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

type evaluationJSON struct {
	EvaluatedAt time.Time       `json:"evaluated_at" example:"2026-08-01T03:24:00Z" doc:"When it was measured."`
	From        *day            `json:"from" doc:"The first held-out day."`
	To          *day            `json:"to" doc:"The last held-out day."`
	Scores      scoresJSON      `json:"scores" doc:"How the model did."`
	BaseRates   scoresJSON      `json:"base_rates" doc:"How league base rates did on the same matches."`
	Skill       float64         `json:"skill" example:"0.128" doc:"The share of the base rates' RPS that the model saved; above zero is better."`
	Against     *comparisonJSON `json:"against_champion,omitempty" doc:"The comparison with the champion of that time; left out when there was none."`
}

type comparisonJSON struct {
	Version    string       `json:"version" example:"dixon-coles-f4db125a07" doc:"The champion of that time."`
	Difference estimateJSON `json:"rps_difference" doc:"This model's RPS less the champion's, match by match; negative is better."`
}

type estimateJSON struct {
	Mean   float64 `json:"mean" example:"0.1987" doc:"The mean."`
	StdErr float64 `json:"std_err" minimum:"0" example:"0.0011" doc:"The standard error of the mean."`
}

type scoresJSON struct {
	Matches      int          `json:"matches" minimum:"0" example:"1826" doc:"How many matches were forecast."`
	RPS          estimateJSON `json:"rps" doc:"Ranked probability score; 0 is best."`
	LogLoss      estimateJSON `json:"log_loss" doc:"Logarithmic loss in nats; 0 is best."`
	Brier        estimateJSON `json:"brier" doc:"Brier score summed over the three outcomes; 0 is best."`
	Accuracy     estimateJSON `json:"accuracy" doc:"Share of matches whose likeliest outcome came true."`
	Picks        int          `json:"picks" minimum:"0" example:"412" doc:"Forecasts whose confidence reached the threshold."`
	PickAccuracy estimateJSON `json:"pick_accuracy" doc:"Share of picks that came true."`
	ECE          float64      `json:"ece" minimum:"0" maximum:"1" example:"0.012" doc:"Expected calibration error: mean distance of predicted from observed."`
	Calibration  []binJSON    `json:"calibration" nullable:"false" doc:"Forecast probabilities in bins of equal width, from nought up."`
}

type binJSON struct {
	Count     int     `json:"count" minimum:"0" example:"533" doc:"How many probabilities fell into the bin."`
	Predicted float64 `json:"predicted" minimum:"0" maximum:"1" example:"0.2514" doc:"Their mean; 0 when there were none."`
	Observed  float64 `json:"observed" minimum:"0" maximum:"1" example:"0.2439" doc:"The share that came true; 0 when there were none."`
}

func toEvaluation(e modelling.Evaluation) evaluationJSON {
	out := evaluationJSON{
		EvaluatedAt: e.EvaluatedAt.UTC(), From: &day{e.From.UTC()}, To: &day{e.To.UTC()},
		Scores: toScores(e.Scores), BaseRates: toScores(e.Baseline), Skill: e.Scores.Skill(e.Baseline),
	}
	if e.Against != "" {
		out.Against = &comparisonJSON{Version: e.Against, Difference: estimateJSON{Mean: e.Difference.Mean, StdErr: e.Difference.StdErr}}
	}
	return out
}

func toScores(e forecast.Evaluation) scoresJSON {
	bins := make([]binJSON, len(e.Calibration))
	for i, b := range e.Calibration {
		bins[i] = binJSON{Count: b.Count, Predicted: b.Predicted, Observed: b.Observed}
	}
	return scoresJSON{
		Matches: e.Matches, RPS: estimateJSON(e.RPS), LogLoss: estimateJSON(e.LogLoss), Brier: estimateJSON(e.Brier),
		Accuracy: estimateJSON(e.Accuracy), Picks: e.Picks, PickAccuracy: estimateJSON(e.PickAccuracy),
		ECE: e.ECE, Calibration: bins,
	}
}
