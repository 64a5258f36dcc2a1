// Package predicting lets users predict matches, and tells how they did.
package predicting

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Filter selects predictions; a zero field selects all.
type Filter struct {
	UserID string
	Match  football.MatchID
	Status prediction.Status
}

// Store keeps predictions, each within its tenant's walls.
type Store interface {
	// Make keeps those of p, all of one tenant, whose match can still be
	// predicted at a time, and returns for each nil or why not:
	// [catalogue.ErrNoMatch], [prediction.ErrTooLate], [prediction.ErrExists] or
	// [prediction.ErrNoUser].
	Make(ctx context.Context, p []prediction.Prediction, at time.Time) ([]error, error)
	// Get returns a prediction, or [prediction.ErrUnknown].
	Get(ctx context.Context, tenantID, id string) (prediction.Prediction, error)
	// Change keeps pick and status of p, whose Version is that of the row it was
	// read from, if its match can still be predicted: else
	// [prediction.ErrTooLate], or an error of kind [domain.Stale].
	Change(ctx context.Context, p prediction.Prediction, at time.Time) error
	// List returns predictions, newest first.
	List(ctx context.Context, tenantID string, f Filter, p catalogue.Page) ([]prediction.Prediction, error)
	// Statistics sums up what a tenant's users predict of a match.
	Statistics(ctx context.Context, tenantID string, match football.MatchID) (Statistics, error)
	// Points returns what a user's settled predictions earned, in order of
	// kick-off.
	Points(ctx context.Context, tenantID, userID string) ([]int, error)
	// Standings sums up settled predictions by user, best first: by points, then
	// by the mean Brier score. An empty user selects all.
	Standings(ctx context.Context, tenantID string, f Period, p catalogue.Page) ([]Standing, error)
}

// Quota is how many predictions a tenant may make in a day.
type Quota interface {
	// Take takes n, or as many as there are, and returns how many. It must not
	// be called inside a unit of work.
	Take(ctx context.Context, tenantID string, n int) (granted int, err error)
	// Return gives back what was taken and not made.
	Return(ctx context.Context, tenantID string, n int) error
}

// Statistics is what a tenant's users predict of a match.
type Statistics struct {
	Match      football.MatchID
	Count      int
	ByOutcome  [3]int // home, draw, away
	Confidence float64
	Scores     []ScoreCount // the five commonest, most first
}

// ScoreCount is how many predict a score.
type ScoreCount struct {
	Score football.Score
	Count int
}

// Period is which matches count for standings: those that kicked off in whole
// months of UTC.
type Period struct {
	From, To    time.Time // half open; zero for no bound
	Competition football.CompetitionCode
	UserID      string
}

// Standing is how a user did.
type Standing struct {
	Rank     int // from 1; equals share one
	UserID   string
	Points   int
	Settled  int
	Hits     int // predictions that earned points
	Exact    int
	BrierSum float64
}

// Brier is the mean Brier score.
func (s Standing) Brier() float64 { return s.BrierSum / float64(max(s.Settled, 1)) }

// Book is where predictions are made.
type Book struct {
	store    Store
	quota    Quota
	calendar football.Calendar
	newID    func() string
	now      domain.Clock
	kept     kept
}

// NewBook returns a Book. newID makes UUIDv7; what is asked for often is kept in h.
func NewBook(store Store, quota Quota, calendar football.Calendar, newID func() string, now domain.Clock, h *caching.House) *Book {
	return &Book{store: store, quota: quota, calendar: calendar, newID: newID, now: now, kept: newKept(h)}
}

// caller is who asks, allowed something.
func caller(ctx context.Context, permission identity.Permission) (access.Principal, error) {
	return access.Allowed(ctx, permission)
}

// subject is whose predictions a caller may change: a person his own, and an
// API key, which is no person, those of any user it names.
func subject(p access.Principal, userID string) (string, error) {
	switch {
	case p.UserID == "" && userID == "":
		return "", domain.Errorf(domain.Invalid, prediction.ErrNoUser.Code, "an API key predicts for a user: name one").In("user_id")
	case p.UserID == "":
		return userID, nil
	case userID != "" && userID != p.UserID:
		return "", domain.Errorf(domain.Forbidden, "prediction.other_user", "a user predicts for himself only")
	}
	return p.UserID, nil
}
