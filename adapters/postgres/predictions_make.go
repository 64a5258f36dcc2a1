package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// makePredictions inserts what may be inserted, and says of each other row what
// stood in its way.
var makePredictions = statement{"make_predictions", `
	WITH fit AS (
		SELECT i.*, m.id IS NOT NULL AS match_known, coalesce(m.status = 'scheduled' AND m.kick_off > $10, false) AS open,
			u.id IS NOT NULL AS user_known
		FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::smallint[], $8::float8[])
			AS i (id, user_id, match_id, outcome, home_goals, away_goals, confidence)
		LEFT JOIN matches m ON m.id = i.match_id
		LEFT JOIN users u ON u.tenant_id = $1 AND u.id = i.user_id AND u.disabled_at IS NULL
	), made AS (
		INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, created_at, updated_at)
		SELECT $1, id, user_id, match_id, outcome, home_goals, away_goals, confidence, $9, $9 FROM fit WHERE open AND user_known
		ON CONFLICT (tenant_id, user_id, match_id) WHERE status <> 'cancelled' DO NOTHING
		RETURNING id
	)
	SELECT id, match_known, open, user_known FROM fit WHERE id NOT IN (SELECT id FROM made)`}

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
	args, ids, err := columnsOf(all, at)
	if err != nil {
		return nil, err
	}
	place, reasons := make(map[pgtype.UUID]int, len(all)), make([]error, len(all))
	for i, id := range ids {
		place[id] = i
	}
	err = inOneTrip(ctx, s.db, all[0].TenantID, makePredictions, args, func(rows pgx.Rows) error {
		var (
			id                          pgtype.UUID
			matchKnown, open, userKnown bool
		)
		_, err := pgx.ForEachRow(rows, []any{&id, &matchKnown, &open, &userKnown}, func() error {
			reasons[place[id]] = reason(matchKnown, open, userKnown)
			return nil
		})
		return err
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

// reason is why a prediction was not made.
func reason(matchKnown, open, userKnown bool) error {
	switch {
	case !matchKnown:
		return catalogue.ErrNoMatch
	case !userKnown:
		return prediction.ErrNoUser
	case !open:
		return prediction.ErrTooLate
	}
	return prediction.ErrExists
}

// columnsOf turns predictions into the arguments of [makePredictions], and
// returns their ids beside them. The arrays are of pgx' own types: others cost
// ten times as much to encode, which is a fifth of a batch.
func columnsOf(all []prediction.Prediction, at time.Time) (args []any, ids []pgtype.UUID, err error) {
	var tenant pgtype.UUID
	if err := tenant.Scan(all[0].TenantID); err != nil {
		return nil, nil, fmt.Errorf("tenant: %w", err)
	}
	n := len(all)
	ids = make([]pgtype.UUID, n)
	users, matches := make([]pgtype.UUID, n), make([]pgtype.UUID, n)
	home, away := make([]pgtype.Int2, n), make([]pgtype.Int2, n)
	outcomes, confidences := make([]string, n), make([]float64, n)
	for i, p := range all {
		if err := errors.Join(ids[i].Scan(p.ID), users[i].Scan(p.UserID), matches[i].Scan(string(p.Match))); err != nil {
			return nil, nil, fmt.Errorf("prediction %s: %w", p.ID, err)
		}
		outcomes[i], confidences[i] = p.Pick.Outcome.String(), p.Pick.Confidence
		if s := p.Pick.Score; s != nil {
			home[i], away[i] = pgtype.Int2{Int16: int16(s.Home()), Valid: true}, pgtype.Int2{Int16: int16(s.Away()), Valid: true}
		}
	}
	return []any{
		tenant, pgtype.FlatArray[pgtype.UUID](ids), pgtype.FlatArray[pgtype.UUID](users), pgtype.FlatArray[pgtype.UUID](matches),
		outcomes, pgtype.FlatArray[pgtype.Int2](home), pgtype.FlatArray[pgtype.Int2](away), confidences, all[0].CreatedAt, at,
	}, ids, nil
}
