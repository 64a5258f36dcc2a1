package retraining

import (
	"fmt"
	"strings"
	"time"
)

// Result says what a run trained and which model, if any, it promoted.
type Result struct {
	Models       []Candidate `json:"models"`
	Promoted     string      `json:"promoted,omitempty"` // version
	Competitions []string    `json:"competitions"`       // that were trained on
	Unfit        []string    `json:"unfit,omitempty"`    // left out, with their quality
	Failures     []Failure   `json:"failures,omitempty"`
}

// Candidate is a trained model and what became of it.
type Candidate struct {
	Model      string     `json:"model"`
	Version    string     `json:"version"`
	Evaluation Evaluation `json:"evaluation"`
	Promoted   bool       `json:"promoted"`
	Reason     string     `json:"reason"`
}

// Evaluation is how a candidate did on held-out matches. RPS is the mean
// ranked probability score, 0 best.
type Evaluation struct {
	From        time.Time `json:"from"`
	To          time.Time `json:"to"`
	Matches     int       `json:"matches"`
	RPS         float64   `json:"rps"`
	BaselineRPS float64   `json:"baseline_rps"` // of the leagues' base rates
	Against     string    `json:"against,omitempty"`
	// Difference is the candidate's RPS less the champion's; negative is better.
	Difference float64 `json:"difference"`
}

// Failure is a model that could not be trained.
type Failure struct {
	Model  string `json:"model"`
	Reason string `json:"reason"`
}

// best is the candidate with the lowest RPS, the first of equals.
func (r *Result) best() *Candidate {
	best := &r.Models[0]
	for i := range r.Models {
		if r.Models[i].Evaluation.RPS < best.Evaluation.RPS {
			best = &r.Models[i]
		}
	}
	return best
}

// note is the result so far as a person reads it below the progress.
func (r *Result) note() string {
	var b strings.Builder
	for _, c := range r.Models {
		fmt.Fprintf(&b, "- %s", c.Version)
		if e := c.Evaluation; e.Matches > 0 {
			fmt.Fprintf(&b, ": RPS %.4f on %d matches, base rates %.4f", e.RPS, e.Matches, e.BaselineRPS)
		}
		if c.Promoted {
			b.WriteString(", promoted")
		}
		if c.Reason != "" {
			fmt.Fprintf(&b, ". %s", c.Reason)
		}
		b.WriteString("\n")
	}
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "- %s could not be trained: %s\n", f.Model, f.Reason)
	}
	if len(r.Unfit) > 0 {
		fmt.Fprintf(&b, "\nLeft out for their data quality: %s\n", strings.Join(r.Unfit, ", "))
	}
	return b.String()
}
