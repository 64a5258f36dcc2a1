package ingestion

import (
	"encoding/json"
	"slices"

	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// pageBytes bounds a page as JSON. Results above 128 KB don't belong in a
// history; half of that leaves room for the failures.
const pageBytes = 64 << 10

// PageRequest asks for the editions after one.
type PageRequest struct {
	Sources      []string `json:"sources,omitempty"`
	Competitions []string `json:"competitions,omitempty"`
	After        *Edition `json:"after,omitempty"` // nil for the first page
}

// Page is a part of the plan, in order.
type Page struct {
	Editions  []Edition `json:"editions"`
	Remaining int       `json:"remaining"` // editions after this page
	Unchanged int       `json:"unchanged"` // editions known to be as they were
	Failures  []Failure `json:"failures,omitempty"`
}

// Failure names what could not be taken in, and why.
type Failure struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// page cuts the part that r asks for out of plan. Plans are made anew for each
// page, so a page is found by the edition it follows, never by a number.
func page(plan ingesting.Plan, r PageRequest) (Page, error) {
	out := Page{Unchanged: plan.Unchanged, Editions: []Edition{}}
	for _, f := range plan.Failures {
		if wanted(r.Sources, f.Source) {
			out.Failures = keep(out.Failures, Failure{What: "source " + f.Source, Reason: f.Reason})
		}
	}
	var rest []Edition
	for _, planned := range plan.Editions {
		e := toEdition(planned)
		if wanted(r.Sources, e.Source) && wanted(r.Competitions, e.Competition) && (r.After == nil || compare(e, *r.After) > 0) {
			rest = append(rest, e)
		}
	}
	slices.SortFunc(rest, compare)
	size := 0
	for i, e := range rest {
		encoded, err := json.Marshal(e)
		if err != nil {
			return Page{}, err
		}
		size += len(encoded) + 1
		if size > pageBytes && i > 0 {
			out.Remaining = len(rest) - i
			break
		}
		out.Editions = append(out.Editions, e)
	}
	return out, nil
}

// wanted reports whether the list names one; an empty list names all.
func wanted(names []string, one string) bool {
	return len(names) == 0 || slices.Contains(names, one)
}
