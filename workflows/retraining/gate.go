package retraining

import (
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/assessing"
)

// GateRequest asks what may be trained, and on what. Empty lists are all.
type GateRequest struct {
	Models       []string `json:"models,omitempty"`
	Competitions []string `json:"competitions,omitempty"`
}

// Gate says what is trained, and on what. Which models there are changes with
// the code, so it is an activity that says so and not the workflow.
type Gate struct {
	Models       []string `json:"models"`
	Competitions []string `json:"competitions"`
	Unfit        []string `json:"unfit,omitempty"`
}

// models are those asked for, or all but the yardstick.
func (r GateRequest) models() ([]string, error) {
	var known []string
	for _, n := range forecast.Names() {
		known = append(known, n.Name)
	}
	for _, name := range r.Models {
		if !slices.Contains(known, name) {
			return nil, domain.Errorf(domain.Invalid, forecast.ErrMethod.Code,
				"no model is called %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	if len(r.Models) > 0 {
		return r.Models, nil
	}
	return slices.DeleteFunc(known, func(name string) bool { return name == yardstick }), nil
}

// yardstick is not worth training: evaluations hold it already.
const yardstick = "base-rates"

// competitions are those asked for among the fit ones, or all of these. One
// that was asked for and has no data at all is a mistake to tell.
func (r GateRequest) competitions(fit []football.CompetitionCode, unfit []string) ([]string, error) {
	for _, name := range r.Competitions {
		named := func(text string) bool { return strings.HasPrefix(text, name+" ") }
		if !slices.Contains(fit, football.CompetitionCode(name)) && !slices.ContainsFunc(unfit, named) {
			return nil, domain.Errorf(domain.Invalid, football.ErrCompetition.Code, "there are no data of competition %q", name)
		}
	}
	var out []string
	for _, code := range fit {
		if len(r.Competitions) == 0 || slices.Contains(r.Competitions, string(code)) {
			out = append(out, string(code))
		}
	}
	if len(out) == 0 {
		return nil, domain.Errorf(domain.Conflict, assessing.ErrGate.Code,
			"none of %s may be trained on; unfit are %s", strings.Join(r.Competitions, ", "), strings.Join(unfit, ", "))
	}
	return out, nil
}
