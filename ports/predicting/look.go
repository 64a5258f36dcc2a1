package predicting

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Others' predictions are seen by those who run the tenant and by API keys. A
// user sees his own: else whoever predicts last would copy from the best.

// Get returns a prediction of the caller's, or of anybody in the tenant for
// those who may see all.
func (b *Book) Get(ctx context.Context, id string) (prediction.Prediction, error) {
	c, err := caller(ctx, identity.ReadPredictions)
	if err != nil {
		return prediction.Prediction{}, err
	}
	p, err := b.store.Get(ctx, c.TenantID, id)
	if err == nil && !seesAll(c) && p.UserID != c.UserID {
		err = prediction.ErrUnknown
	}
	return p, err
}

// List returns predictions, newest first.
func (b *Book) List(ctx context.Context, f Filter, page catalogue.Page) ([]prediction.Prediction, error) {
	c, err := caller(ctx, identity.ReadPredictions)
	if err != nil {
		return nil, err
	}
	if !seesAll(c) {
		if f.UserID != "" && f.UserID != c.UserID {
			return nil, nil
		}
		f.UserID = c.UserID
	}
	return b.store.List(ctx, c.TenantID, f, page)
}

func seesAll(p access.Principal) bool { return p.UserID == "" || p.May(identity.ManageUsers) }

// Statistics sums up what the tenant's users predict of a match, two seconds ago
// at most.
func (b *Book) Statistics(ctx context.Context, match football.MatchID) (Statistics, error) {
	c, err := caller(ctx, identity.ReadPredictions)
	if err != nil {
		return Statistics{}, err
	}
	return b.kept.statistics.Get(ctx, statisticsKey(c.TenantID, match), func(ctx context.Context) (Statistics, error) {
		return b.store.Statistics(ctx, c.TenantID, match)
	})
}

// Leaderboard returns how the tenant's users did, best first.
func (b *Book) Leaderboard(ctx context.Context, f Period, page catalogue.Page) ([]Standing, error) {
	c, err := caller(ctx, identity.ReadPredictions)
	if err != nil {
		return nil, err
	}
	f.UserID = ""
	return b.kept.leaderboard.Get(ctx, leaderboardKey(c.TenantID, f, page), func(ctx context.Context) ([]Standing, error) {
		return b.store.Standings(ctx, c.TenantID, f, page)
	})
}

// Record is how a user did over all.
type Record struct {
	Standing
	Streak        int // of predictions that earned points, up to now
	LongestStreak int
}

// Mine returns how the caller did.
func (b *Book) Mine(ctx context.Context) (Record, error) {
	c, err := caller(ctx, identity.ReadPredictions)
	if err != nil {
		return Record{}, err
	}
	if c.UserID == "" {
		return Record{}, access.ErrForbidden
	}
	record := Record{Standing: Standing{UserID: c.UserID}}
	found, err := b.store.Standings(ctx, c.TenantID, Period{UserID: c.UserID}, catalogue.Page{Limit: 1})
	if err != nil {
		return Record{}, err
	}
	if len(found) > 0 {
		record.Standing = found[0]
	}
	points, err := b.store.Points(ctx, c.TenantID, c.UserID)
	record.Streak, record.LongestStreak = prediction.Streaks(points)
	return record, err
}
