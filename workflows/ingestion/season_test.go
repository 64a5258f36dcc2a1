package ingestion_test

import (
	"errors"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

func TestIngestSeasonNamesWhatIsMissing(t *testing.T) {
	tests := map[string]struct {
		in   ingestion.Edition
		want string
	}{
		"everything":  {want: "the input lacks the fields source, competition, season, locator"},
		"the locator": {in: ingestion.Edition{Source: "made", Competition: "serie-a", Season: "2021-22"}, want: "the input lacks the field locator"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(0)
			env := environment(w)
			env.ExecuteWorkflow(ingestion.IngestSeasonWorkflow, test.in)
			var app *temporal.ApplicationError
			err := env.GetWorkflowError()
			if !errors.As(err, &app) || !app.NonRetryable() || app.Message() != test.want {
				t.Errorf("error = %v", err)
			}
			if len(w.reads) > 0 {
				t.Errorf("it read %v", w.reads)
			}
		})
	}
}

func TestIngestSeasonByHand(t *testing.T) {
	tests := map[string]struct {
		in   ingestion.Edition
		want string // code of the error
	}{
		"a known competition needs no more": {in: ingestion.Edition{Source: "made", Competition: "serie-a", Season: "2021-22", Locator: "x.csv"}},
		"an unknown one needs its name":     {in: ingestion.Edition{Source: "made", Competition: "moon-league", Season: "2021-22", Locator: "x.csv"}, want: "football.competition"},
		"an unknown one with its name":      {in: ingestion.Edition{Source: "made", Competition: "moon-league", Name: "Moon League", Season: "2021-22", Locator: "x.csv"}},
		"no season":                         {in: ingestion.Edition{Source: "made", Competition: "serie-a", Season: "soon", Locator: "x.csv"}, want: "football.season"},
		"another source":                    {in: ingestion.Edition{Source: "other", Competition: "serie-a", Season: "2021-22", Locator: "x.csv"}, want: "ingesting.source"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(0)
			env := environment(w)
			env.ExecuteWorkflow(ingestion.IngestSeasonWorkflow, test.in)
			var app *temporal.ApplicationError
			got := ""
			if errors.As(env.GetWorkflowError(), &app) {
				got = app.Type()
			}
			if got != test.want {
				t.Errorf("error %q, want %q: %v", got, test.want, env.GetWorkflowError())
			}
			if loaded := len(w.loaded) == 1; loaded != (test.want == "") {
				t.Errorf("loaded %v", w.loaded)
			}
		})
	}
}
