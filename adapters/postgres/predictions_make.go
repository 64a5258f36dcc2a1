package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// makePredictions inserts what may be inserted, and says of each row what
// stood in its way.
var makePredictions = statement{"make_predictions", `
	WITH input AS (
		SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::smallint[], $8::float8[])
			AS t (id, user_id, match_id, outcome, home_goals, away_goals, confidence)
	), fit AS (
		SELECT i.*, m.id IS NOT NULL AS match_known, coalesce(m.status = 'scheduled' AND m.kick_off > $10, false) AS open,
			u.id IS NOT NULL AS user_known
		FROM input i LEFT JOIN matches m ON m.id = i.match_id
		LEFT JOIN users u ON u.tenant_id = $1 AND u.id = i.user_id AND u.disabled_at IS NULL
	), made AS (
		INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, created_at, updated_at)
		SELECT $1, id, user_id, match_id, outcome, home_goals, away_goals, confidence, $9, $9 FROM fit WHERE open AND user_known
		ON CONFLICT (tenant_id, user_id, match_id) WHERE status <> 'cancelled' DO NOTHING
		RETURNING id
	)
	SELECT f.id, f.match_known, f.open, f.user_known, m.id IS NOT NULL FROM fit f LEFT JOIN made m ON m.id = f.id`}

// makePrediction is [makePredictions] for one row, which costs half as much.
// It returns no row when something stands in the way.
var makePrediction = statement{"make_prediction", `
	INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, created_at, updated_at)
	SELECT $1, $2, u.id, m.id, $5, $6, $7, $8, $9, $9 FROM matches m, users u
	WHERE m.id = $4 AND m.status = 'scheduled' AND m.kick_off > $10 AND u.tenant_id = $1 AND u.id = $3 AND u.disabled_at IS NULL
	ON CONFLICT (tenant_id, user_id, match_id) WHERE status <> 'cancelled' DO NOTHING
	RETURNING 1`}

// Make implements [predicting.Store]. One and a thousand take one round trip.
func (s *Predictions) Make(ctx context.Context, all []prediction.Prediction, at time.Time) ([]error, error) {
	if len(all) == 1 {
		if made, err := s.one(ctx, all[0], at); made || err != nil {
			return []error{nil}, err
		}
		// What stood in the way is found out below.
	}
	args, err := columnsOf(all, at)
	if err != nil {
		return nil, err
	}
	place := make(map[uuid.UUID]int, len(all))
	for i, id := range args[1].([]uuid.UUID) { //nolint:forcetypeassert // made below
		place[id] = i
	}
	reasons := make([]error, len(all))
	err = inOneTrip(ctx, s.db, all[0].TenantID, makePredictions, args, func(rows pgx.Rows) error {
		for rows.Next() {
			var (
				id                                uuid.UUID
				matchKnown, open, userKnown, kept bool
			)
			if err := rows.Scan(&id, &matchKnown, &open, &userKnown, &kept); err != nil {
				return err
			}
			reasons[place[id]] = reason(matchKnown, open, userKnown, kept)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("insert predictions: %w", err)
	}
	return reasons, nil
}

func (s *Predictions) one(ctx context.Context, p prediction.Prediction, at time.Time) (made bool, err error) {
	home, away := goals(p.Pick.Score)
	args := []any{
		p.TenantID, p.ID, p.UserID, string(p.Match), p.Pick.Outcome.String(), home, away, p.Pick.Confidence, p.CreatedAt, at,
	}
	err = inOneTrip(ctx, s.db, p.TenantID, makePrediction, args, func(rows pgx.Rows) error {
		made = rows.Next()
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("insert prediction: %w", err)
	}
	return made, nil
}

func reason(matchKnown, open, userKnown, made bool) error {
	switch {
	case made:
		return nil
	case !matchKnown:
		return catalogue.ErrNoMatch
	case !userKnown:
		return prediction.ErrNoUser
	case !open:
		return prediction.ErrTooLate
	}
	return prediction.ErrExists
}

// columnsOf turns predictions into the arguments of [makePredictions].
func columnsOf(all []prediction.Prediction, at time.Time) ([]any, error) {
	n := len(all)
	ids, users, matches := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
	outcomes, confidences := make([]string, n), make([]float64, n)
	home, away := make([]*int16, n), make([]*int16, n)
	for i, p := range all {
		for _, id := range []struct {
			text string
			into *uuid.UUID
		}{{p.ID, &ids[i]}, {p.UserID, &users[i]}, {string(p.Match), &matches[i]}} {
			parsed, err := uuid.Parse(id.text)
			if err != nil {
				return nil, fmt.Errorf("prediction %s: %w", p.ID, err)
			}
			*id.into = parsed
		}
		outcomes[i], confidences[i] = p.Pick.Outcome.String(), p.Pick.Confidence
		if s := p.Pick.Score; s != nil {
			h, a := int16(s.Home()), int16(s.Away())
			home[i], away[i] = &h, &a
		}
	}
	tenant, err := uuid.Parse(all[0].TenantID)
	if err != nil {
		return nil, fmt.Errorf("tenant: %w", err)
	}
	return []any{tenant, ids, users, matches, outcomes, home, away, confidences, all[0].CreatedAt, at}, nil
}
