package football

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Stage says when a price stood, which matters more than by how much: closing
// prices know the line-ups.
type Stage string

// The stages.
const (
	PreMatch Stage = "pre_match"
	Closing  Stage = "closing"
)

// Decimal odds outside these bounds are typing errors, not prices.
const (
	MinPrice = 1.01
	MaxPrice = 1000
)

// ErrOdds is returned for prices that no bookmaker quotes.
var ErrOdds = &domain.Error{Kind: domain.Invalid, Code: "football.odds"}

// Odds are one bookmaker's decimal prices for home win, draw and away win.
type Odds struct {
	bookmaker        string
	stage            Stage
	quotedAt         time.Time
	home, draw, away float64
}

// NewOdds returns Odds, or [ErrOdds]. quotedAt may be zero where the source
// gives no time.
func NewOdds(bookmaker string, stage Stage, quotedAt time.Time, home, draw, away float64) (Odds, error) {
	for _, price := range []float64{home, draw, away} {
		// Stated positively, because every comparison with NaN is false.
		if ok := price >= MinPrice && price <= MaxPrice; !ok {
			return Odds{}, domain.Errorf(domain.Invalid, ErrOdds.Code,
				"price %v of %s lies outside %v–%v", price, bookmaker, MinPrice, MaxPrice)
		}
	}
	if bookmaker == "" {
		return Odds{}, domain.Errorf(domain.Invalid, ErrOdds.Code, "odds need a bookmaker")
	}
	return Odds{bookmaker: bookmaker, stage: stage, quotedAt: quotedAt, home: home, draw: draw, away: away}, nil
}

// Bookmaker is who quoted the prices, such as "bet365" or "market-average".
func (o Odds) Bookmaker() string { return o.bookmaker }

// Stage is when, relative to kick-off, they stood.
func (o Odds) Stage() Stage { return o.stage }

// QuotedAt is when they were seen, zero when unknown.
func (o Odds) QuotedAt() time.Time { return o.quotedAt }

// Prices are the decimal odds of home win, draw and away win.
func (o Odds) Prices() (home, draw, away float64) { return o.home, o.draw, o.away }

// Overround is the sum of the inverse prices less one: the bookmaker's margin.
func (o Odds) Overround() float64 { return 1/o.home + 1/o.draw + 1/o.away - 1 }
