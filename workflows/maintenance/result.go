package maintenance

import (
	"fmt"
	"strings"
)

// Result says how a run ended.
type Result struct {
	Report  string `json:"report"` // its id
	Plan    string `json:"plan"`
	DryRun  bool   `json:"dry_run,omitempty"`
	Outcome string `json:"outcome"` // ok, needs_attention or failed
	Steps   []Done `json:"steps"`
	Sent    int    `json:"sent"` // people who were sent the report
	Unsent  string `json:"unsent,omitempty"`
}

// Done is how a step ended: ok, needs_attention, skipped or failed.
type Done struct {
	Step    string `json:"step"`
	Title   string `json:"title"`
	Verdict string `json:"verdict"`
	Summary string `json:"summary"`
}

func failure(s Step, reason string) Done {
	return Done{Step: s.Name, Title: s.Title, Verdict: "failed", Summary: reason}
}

// Failed is how many steps failed.
func (r Result) Failed() (n int) {
	for _, s := range r.Steps {
		if s.Verdict == "failed" {
			n++
		}
	}
	return n
}

// note is the result so far as a person reads it below the progress.
func (r Result) note() string {
	var b strings.Builder
	if r.Outcome != "" {
		fmt.Fprintf(&b, "Outcome: **%s**\n\n", strings.ReplaceAll(r.Outcome, "_", " "))
	}
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "- %s, %s: %s\n", s.Title, strings.ReplaceAll(s.Verdict, "_", " "), s.Summary)
	}
	if r.Sent > 0 {
		fmt.Fprintf(&b, "\nSent to %d.\n", r.Sent)
	}
	if r.Unsent != "" {
		fmt.Fprintf(&b, "\nNot sent: %s\n", r.Unsent)
	}
	return b.String()
}
