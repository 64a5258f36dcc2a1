package rest

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type oddsJSON struct {
	Bookmaker string     `json:"bookmaker" example:"bet365" doc:"Who quoted the prices."`
	Stage     string     `json:"stage" enum:"pre_match,closing" example:"closing" doc:"When they stood: before the match, or at kick-off."`
	QuotedAt  *time.Time `json:"quoted_at" example:"2026-08-14T18:00:00Z" doc:"When they were seen; null where the source gives no time."`
	Home      float64    `json:"home" minimum:"1.01" maximum:"1000" example:"1.95" doc:"Decimal price of a home win."`
	Draw      float64    `json:"draw" minimum:"1.01" maximum:"1000" example:"3.6" doc:"Decimal price of a draw."`
	Away      float64    `json:"away" minimum:"1.01" maximum:"1000" example:"4.2" doc:"Decimal price of an away win."`
	Overround float64    `json:"overround" example:"0.0287" doc:"The bookmaker's margin: the sum of the inverse prices less one."`
	Source    string     `json:"source" example:"football-data.co.uk" doc:"The provider that told it."`
}

func toOdds(q catalogue.Quote) oddsJSON {
	home, draw, away := q.Odds.Prices()
	return oddsJSON{
		Bookmaker: q.Odds.Bookmaker(), Stage: string(q.Odds.Stage()), QuotedAt: known(q.Odds.QuotedAt()),
		Home: home, Draw: draw, Away: away, Overround: q.Odds.Overround(), Source: q.Source,
	}
}

type oddsListJSON struct {
	Items      []oddsJSON `json:"items" nullable:"false" doc:"All odds of the match."`
	NextCursor *string    `json:"next_cursor" doc:"Always null: all odds of a match are one page."`
}

type oddsOutput struct{ Body oddsListJSON }

// listOdds answers one page always: a match has some dozens of quotes.
func listOdds(m catalogue.Matches) func(context.Context, *matchInput) (*oddsOutput, error) {
	return func(ctx context.Context, in *matchInput) (*oddsOutput, error) {
		quotes, err := m.Odds(ctx, in.match())
		if err != nil {
			return nil, err
		}
		out := &oddsOutput{Body: oddsListJSON{Items: make([]oddsJSON, len(quotes))}}
		for i, q := range quotes {
			out.Body.Items[i] = toOdds(q)
		}
		return out, nil
	}
}
