package rest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/ports/modelling"
)

// ModelJSON is a model as lists show it. It is exported because Huma sees no
// fields of an unexported embedded type.
type ModelJSON struct {
	Version       string       `json:"version" example:"score-driven-8fc4c7a122" doc:"What the model is called; it never changes."`
	Method        string       `json:"method" example:"score-driven" doc:"The way it forecasts."`
	TrainedAt     time.Time    `json:"trained_at" example:"2026-08-01T03:20:00Z" doc:"When it was trained."`
	Champion      bool         `json:"champion" example:"true" doc:"Whether its forecasts are the ones published."`
	TrainedOn     trainingJSON `json:"trained_on" doc:"What it was trained on."`
	PickThreshold float64      `json:"pick_threshold" minimum:"0" maximum:"1" example:"0.58" doc:"The confidence from which a forecast becomes a pick."`
	RPS           *float64     `json:"rps" example:"0.1963" doc:"Mean ranked probability score on held-out matches; null until evaluated."`
}

type trainingJSON struct {
	Matches    int  `json:"matches" minimum:"0" example:"48211" doc:"How many matches."`
	From       *day `json:"from" nullable:"true" doc:"The day of the first; null when there was none."`
	To         *day `json:"to" nullable:"true" doc:"The day of the last; null when there was none."`
	Sufficient bool `json:"sufficient" example:"true" doc:"Whether that was enough to tune on; else the model rests on defaults."`
}

func toModel(e modelling.Entry) ModelJSON {
	from, to := e.Model.Range()
	m := ModelJSON{
		Version: e.Version, Method: e.Model.Name(), TrainedAt: e.TrainedAt.UTC(), Champion: e.Champion,
		TrainedOn:     trainingJSON{Matches: e.Model.Matches(), From: knownDay(from), To: knownDay(to), Sufficient: e.Model.Sufficient()},
		PickThreshold: e.Model.PickThreshold(),
	}
	if e.Evaluation != nil {
		m.RPS = &e.Evaluation.Scores.RPS.Mean
	}
	return m
}

// modelDetailJSON is a model with its parameters.
type modelDetailJSON struct {
	ModelJSON
	Parameters  map[string]float64 `json:"parameters" doc:"The values that training found, by name."`
	Calibration calibrationJSON    `json:"calibration" doc:"The correction of its outcome probabilities."`
}

type calibrationJSON struct {
	Shift   float64 `json:"shift" example:"0.011" doc:"Towards the home side, in logits."`
	Stretch float64 `json:"stretch" example:"1.03" doc:"Above one sharpens, below one flattens."`
	Width   float64 `json:"width" example:"0.02" doc:"Logarithm of the factor on the room for draws."`
}

// toModelDetail reads parameters from the model's own settings, so that a new
// kind of model needs no change here.
func toModelDetail(e modelling.Entry) (modelDetailJSON, error) {
	text, err := e.Model.MarshalSettings()
	if err != nil {
		return modelDetailJSON{}, fmt.Errorf("show model %s: %w", e.Version, err)
	}
	var settings struct {
		Values      map[string]float64 `json:"values"`
		Calibration calibrationJSON    `json:"calibration"`
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		return modelDetailJSON{}, fmt.Errorf("show model %s: %w", e.Version, err)
	}
	return modelDetailJSON{ModelJSON: toModel(e), Parameters: settings.Values, Calibration: settings.Calibration}, nil
}
