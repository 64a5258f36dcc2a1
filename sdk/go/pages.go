package footballprediction

import (
	"context"
	"errors"
	"iter"
	"net/http"
)

// Page is a page of a list of T.
type Page[T any] interface{ page() ([]T, *string) }

func (p AuditEventPage) page() ([]AuditEvent, *string)   { return p.Items, p.NextCursor }
func (p CompetitionPage) page() ([]Competition, *string) { return p.Items, p.NextCursor }
func (p FindingPage) page() ([]Finding, *string)         { return p.Items, p.NextCursor }
func (p ForecastPage) page() ([]Forecast, *string)       { return p.Items, p.NextCursor }
func (p IncidentPage) page() ([]Incident, *string)       { return p.Items, p.NextCursor }
func (p KeyPage) page() ([]Key, *string)                 { return p.Items, p.NextCursor }
func (p MatchPage) page() ([]Match, *string)             { return p.Items, p.NextCursor }
func (p ModelPage) page() ([]Model, *string)             { return p.Items, p.NextCursor }
func (p OperationPage) page() ([]Operation, *string)     { return p.Items, p.NextCursor }
func (p PredictionPage) page() ([]Prediction, *string)   { return p.Items, p.NextCursor }
func (p RankPage) page() ([]Rank, *string)               { return p.Items, p.NextCursor }
func (p RatingPage) page() ([]Rating, *string)           { return p.Items, p.NextCursor }
func (p ReportPage) page() ([]Report, *string)           { return p.Items, p.NextCursor }
func (p RevisionPage) page() ([]Revision, *string)       { return p.Items, p.NextCursor }
func (p TeamPage) page() ([]Team, *string)               { return p.Items, p.NextCursor }
func (p TenantPage) page() ([]Tenant, *string)           { return p.Items, p.NextCursor }
func (p UserPage) page() ([]User, *string)               { return p.Items, p.NextCursor }

// All yields every item of a list, asking for the next page when it is needed.
// After an error it ends.
//
//	for match, err := range footballprediction.All(ctx, client.ListMatchesWithResponse, &footballprediction.ListMatchesParams{}) { … }
//
// A list that takes more than parameters is wrapped in a function that adds
// the rest.
func All[Q any, R interface{ GetJSON200() *P }, P Page[T], T any](
	ctx context.Context, list func(context.Context, *Q, ...RequestEditorFn) (R, error), params *Q, editors ...RequestEditorFn,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var cursor *string
		for {
			response, err := list(ctx, params, append(editors[:len(editors):len(editors)], at(cursor))...)
			if err != nil {
				yield(none, err)
				return
			}
			found := response.GetJSON200()
			if found == nil {
				yield(none, errors.New("football prediction: the answer is no page; leave If-None-Match out when walking a list"))
				return
			}
			items, next := (*found).page()
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == nil {
				return
			}
			cursor = next
		}
	}
}

// at asks for the page at a cursor.
func at(cursor *string) RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		if cursor != nil {
			query := r.URL.Query()
			query.Set("cursor", *cursor)
			r.URL.RawQuery = query.Encode()
		}
		return nil
	}
}

// Ref is a pointer to a value, for parameters that may be left out.
func Ref[T any](value T) *T { return &value }
