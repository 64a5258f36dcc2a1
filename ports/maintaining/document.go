package maintaining

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// The JSON of a report, as it is kept and shown. Fields are only ever added.
type (
	reportJSON struct {
		ID      string            `json:"id"`
		Plan    operation.Plan    `json:"plan"`
		Run     string            `json:"run"`
		DryRun  bool              `json:"dry_run"`
		Began   time.Time         `json:"began_at"`
		Ended   *time.Time        `json:"ended_at"`
		Outcome operation.Verdict `json:"outcome"`
		Aborted string            `json:"aborted,omitempty"`
		Sent    int               `json:"sent"`
		Steps   []stepJSON        `json:"steps"`
	}
	stepJSON struct {
		Step     string            `json:"step"`
		Title    string            `json:"title"`
		Verdict  operation.Verdict `json:"verdict"`
		Summary  string            `json:"summary"`
		Seconds  float64           `json:"seconds"`
		Notes    []noteJSON        `json:"notes"`
		Figures  []figureJSON      `json:"figures"`
		Listings []listingJSON     `json:"listings"`
		Charts   []chartJSON       `json:"charts"`
	}
	noteJSON struct {
		Verdict operation.Verdict `json:"verdict"`
		Text    string            `json:"text"`
		Remedy  string            `json:"remedy,omitempty"`
	}
	figureJSON struct {
		Name  string         `json:"name"`
		Value float64        `json:"value"`
		Unit  operation.Unit `json:"unit,omitempty"`
	}
	listingJSON struct {
		Title   string     `json:"title"`
		Columns []string   `json:"columns"`
		Rows    [][]string `json:"rows"`
		Left    int        `json:"left_out,omitempty"`
	}
	chartJSON struct {
		Title  string         `json:"title"`
		Unit   operation.Unit `json:"unit,omitempty"`
		Points []pointJSON    `json:"points"`
		Limit  float64        `json:"limit,omitempty"`
		Until  time.Time      `json:"until"`
		// Careful has the trend go on from a last value above it.
		Careful bool `json:"careful,omitempty"`
	}
	pointJSON struct {
		At    time.Time `json:"at"`
		Value float64   `json:"value"`
	}
)

// EncodeReport is a report as JSON.
func EncodeReport(r operation.Report) ([]byte, error) {
	out := reportJSON{
		ID: r.ID, Plan: r.Plan, Run: r.Run, DryRun: r.DryRun, Began: r.Began, Outcome: r.Outcome, Aborted: r.Aborted, Sent: r.Sent,
		Steps: make([]stepJSON, len(r.Results)),
	}
	if !r.Ended.IsZero() {
		out.Ended = &r.Ended
	}
	for i, s := range r.Results {
		out.Steps[i] = toStepJSON(s)
	}
	return json.Marshal(out)
}

// EncodeStep is what a step found as JSON.
func EncodeStep(s operation.StepResult) ([]byte, error) { return json.Marshal(toStepJSON(s)) }

// DecodeStep reads what [EncodeStep] made. A chart's trend is fitted again from
// its points.
func DecodeStep(text []byte) (operation.StepResult, error) {
	var in stepJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return operation.StepResult{}, fmt.Errorf("read what a step found: %w", err)
	}
	out := operation.StepResult{
		Step: in.Step, Title: in.Title, Verdict: in.Verdict, Summary: in.Summary, Took: time.Duration(in.Seconds * float64(time.Second)),
	}
	for _, n := range in.Notes {
		out.Notes = append(out.Notes, operation.Note(n))
	}
	for _, f := range in.Figures {
		out.Figures = append(out.Figures, operation.Figure(f))
	}
	for _, l := range in.Listings {
		out.Listings = append(out.Listings, operation.Listing(l))
	}
	for _, c := range in.Charts {
		chart := operation.Chart{Title: c.Title, Unit: c.Unit, Limit: c.Limit, Until: c.Until, Careful: c.Careful}
		for _, p := range c.Points {
			chart.Points = append(chart.Points, operation.Point(p))
		}
		chart.Fit()
		out.Charts = append(out.Charts, chart)
	}
	return out, nil
}

func toStepJSON(s operation.StepResult) stepJSON {
	out := stepJSON{
		Step: s.Step, Title: s.Title, Verdict: s.Verdict, Summary: s.Summary, Seconds: s.Took.Seconds(),
		Notes: []noteJSON{}, Figures: []figureJSON{}, Listings: []listingJSON{}, Charts: []chartJSON{},
	}
	for _, n := range s.Notes {
		out.Notes = append(out.Notes, noteJSON(n))
	}
	for _, f := range s.Figures {
		out.Figures = append(out.Figures, figureJSON(f))
	}
	for _, l := range s.Listings {
		out.Listings = append(out.Listings, listingJSON(l))
	}
	for _, c := range s.Charts {
		chart := chartJSON{Title: c.Title, Unit: c.Unit, Limit: c.Limit, Until: c.Until, Careful: c.Careful, Points: []pointJSON{}}
		for _, p := range c.Points {
			chart.Points = append(chart.Points, pointJSON(p))
		}
		out.Charts = append(out.Charts, chart)
	}
	return out
}
