package predicting

import (
	"cmp"
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/prediction"
)

// Order asks for a prediction.
type Order struct {
	UserID     string // of an API key's order; empty, or the caller, for a person's
	Match      football.MatchID
	Outcome    string
	HomeGoals  *int
	AwayGoals  *int
	Confidence float64
}

// MaxBatch is the most predictions of one batch.
const MaxBatch = 1_000

// errQuota is about a quota that is used up.
var errQuota = &domain.Error{Kind: domain.Exhausted, Code: "quota.predictions", Detail: "the tenant has used up its predictions of the day; the next day begins at midnight UTC"}

// Make makes one prediction.
func (b *Book) Make(ctx context.Context, o Order) (prediction.Prediction, error) {
	made, refused, err := b.Batch(ctx, []Order{o})
	if err != nil {
		return prediction.Prediction{}, err
	}
	return made[0], refused[0]
}

// Batch makes many predictions, each on its own: for each order it returns the
// prediction, or why there is none. What is refused costs no quota.
func (b *Book) Batch(ctx context.Context, orders []Order) (made []prediction.Prediction, refused []error, err error) {
	p, err := caller(ctx, identity.WritePredictions)
	if err != nil {
		return nil, nil, err
	}
	if len(orders) == 0 || len(orders) > MaxBatch {
		return nil, nil, domain.Errorf(domain.Invalid, "prediction.batch", "a batch holds 1 to %d predictions, not %d", MaxBatch, len(orders)).In("predictions")
	}
	made, refused = make([]prediction.Prediction, len(orders)), make([]error, len(orders))
	var sound []int // those that are still to be tried
	seen := make(map[string]bool, len(orders))
	now := b.now()
	for i, o := range orders {
		made[i] = prediction.Prediction{TenantID: p.TenantID, Match: o.Match, Status: prediction.Pending, CreatedAt: now, UpdatedAt: now, Version: 1}
		made[i].UserID, refused[i] = subject(p, o.UserID)
		if refused[i] == nil {
			made[i].Pick, refused[i] = prediction.NewPick(o.Outcome, o.HomeGoals, o.AwayGoals, o.Confidence)
		}
		if key := made[i].UserID + string(o.Match); refused[i] == nil && seen[key] {
			refused[i] = prediction.ErrExists
		} else if refused[i] == nil {
			seen[key] = true
			made[i].ID = b.newID()
			sound = append(sound, i)
		}
	}
	return made, refused, b.keep(ctx, p.TenantID, sound, made, refused)
}

// keep keeps the sound ones as far as the quota goes.
func (b *Book) keep(ctx context.Context, tenantID string, sound []int, made []prediction.Prediction, refused []error) error {
	if len(sound) == 0 {
		return nil
	}
	granted, err := b.quota.Take(ctx, tenantID, len(sound))
	if err != nil {
		return fmt.Errorf("take quota: %w", err)
	}
	for _, i := range sound[granted:] {
		refused[i] = errQuota
	}
	sound = sound[:granted]
	if granted == 0 {
		return nil
	}
	tried := make([]prediction.Prediction, granted)
	for n, i := range sound {
		tried[n] = made[i]
	}
	kept, unused := 0, granted
	defer func() {
		if unused > 0 {
			// A quota that cannot be given back is lost until midnight.
			_ = b.quota.Return(context.WithoutCancel(ctx), tenantID, unused)
		}
	}()
	reasons, err := b.store.Make(ctx, tried, b.calendar())
	if err != nil {
		return fmt.Errorf("keep predictions: %w", err)
	}
	for n, i := range sound {
		if refused[i] = reasons[n]; reasons[n] == nil {
			kept++
			b.kept.statistics.Drop(statisticsKey(tenantID, made[i].Match))
		}
	}
	unused = granted - kept
	return nil
}

// Change replaces the pick of a pending prediction before kick-off. guard
// refuses one that is not as the caller thinks; nil asks nothing.
func (b *Book) Change(ctx context.Context, id string, o Order, guard func(prediction.Prediction) error) (prediction.Prediction, error) {
	pick, err := prediction.NewPick(o.Outcome, o.HomeGoals, o.AwayGoals, o.Confidence)
	if err != nil {
		// Who may not predict learns that, and not what is wrong with his pick.
		_, denied := caller(ctx, identity.WritePredictions)
		return prediction.Prediction{}, cmp.Or(denied, err)
	}
	return b.change(ctx, id, guard, func(p *prediction.Prediction) { p.Pick = pick })
}

// Cancel takes a pending prediction back before kick-off.
func (b *Book) Cancel(ctx context.Context, id string, guard func(prediction.Prediction) error) error {
	_, err := b.change(ctx, id, guard, func(p *prediction.Prediction) { p.Status = prediction.Cancelled })
	return err
}

func (b *Book) change(ctx context.Context, id string, guard func(prediction.Prediction) error, on func(*prediction.Prediction)) (prediction.Prediction, error) {
	c, err := caller(ctx, identity.WritePredictions)
	if err != nil {
		return prediction.Prediction{}, err
	}
	p, err := b.store.Get(ctx, c.TenantID, id)
	if err != nil {
		return prediction.Prediction{}, err
	}
	if c.UserID != "" && c.UserID != p.UserID {
		return prediction.Prediction{}, prediction.ErrUnknown // another's, which is none of his
	}
	if guard != nil {
		if err := guard(p); err != nil {
			return prediction.Prediction{}, err
		}
	}
	if p.Status != prediction.Pending {
		return prediction.Prediction{}, prediction.ErrNotLive
	}
	on(&p)
	p.UpdatedAt = b.now()
	if err := b.store.Change(ctx, p, b.calendar()); err != nil {
		return prediction.Prediction{}, err
	}
	b.kept.statistics.Drop(statisticsKey(c.TenantID, p.Match))
	p.Version++
	return p, nil
}
