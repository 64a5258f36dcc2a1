package rest

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// Wire types that several areas share. Their names end in JSON, which the
// document leaves out: goalsJSON is the schema Goals.

// outcomeJSON is never rounded.
type outcomeJSON struct {
	Home float64 `json:"home" minimum:"0" maximum:"1" example:"0.4817329" doc:"Probability of a home win."`
	Draw float64 `json:"draw" minimum:"0" maximum:"1" example:"0.2701844" doc:"Probability of a draw."`
	Away float64 `json:"away" minimum:"0" maximum:"1" example:"0.2480827" doc:"Probability of an away win."`
}

func toOutcome(f forecast.Forecast) outcomeJSON {
	home, draw, away := f.Outcome()
	return outcomeJSON{Home: home, Draw: draw, Away: away}
}

type expectedGoalsJSON struct {
	Home float64 `json:"home" minimum:"0" example:"1.5387" doc:"Goals expected of the home side within 90 minutes."`
	Away float64 `json:"away" minimum:"0" example:"1.0914" doc:"Goals expected of the away side within 90 minutes."`
}

func toExpectedGoals(f forecast.Forecast) expectedGoalsJSON {
	home, away := f.ExpectedGoals()
	return expectedGoalsJSON{Home: home, Away: away}
}

// goalsJSON is a score.
type goalsJSON struct {
	Home int `json:"home" minimum:"0" example:"2" doc:"Goals of the home side."`
	Away int `json:"away" minimum:"0" example:"1" doc:"Goals of the away side."`
}

func toGoals(s *football.Score) *goalsJSON {
	if s == nil {
		return nil
	}
	return &goalsJSON{Home: s.Home(), Away: s.Away()}
}

// pickJSON is the outcome that the platform stands by, or null.
type pickJSON struct{ *string }

func toPick(o football.Outcome, has bool) pickJSON {
	if !has {
		return pickJSON{}
	}
	text := o.String()
	return pickJSON{&text}
}

func (p pickJSON) MarshalJSON() ([]byte, error) {
	if p.string == nil {
		return []byte("null"), nil
	}
	return []byte(`"` + *p.string + `"`), nil
}

func (pickJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Nullable: true, Enum: []any{"home", "draw", "away", nil}, Examples: []any{"home"},
		Description: "The outcome that the platform stands by; null when no outcome is likely enough.",
	}
}

// known is t, or nil for the zero time, which is null on the wire.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// day is a date of the calendar in UTC.
type day struct{ time.Time }

// knownDay is t's day, or nil for the zero time.
func knownDay(t time.Time) *day {
	if t.IsZero() {
		return nil
	}
	return &day{t.UTC()}
}

func (d day) MarshalJSON() ([]byte, error) {
	return []byte(`"` + d.Format(time.DateOnly) + `"`), nil
}

func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{exampleDay}}
}
