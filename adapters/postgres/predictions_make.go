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

// makePredictions inserts what may be inserted. It returns no rows: how many it
// made is in its tag, which costs a batch less than telling them apart.
var makePredictions = statement{"make_predictions", `
	INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, created_at, updated_at)
	SELECT $1, i.id, u.id, m.id, i.outcome, i.home_goals, i.away_goals, i.confidence, $9, $9
	FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::smallint[], $8::float8[])
		AS i (id, user_id, match_id, outcome, home_goals, away_goals, confidence)
	JOIN matches m ON m.id = i.match_id AND m.status = 'scheduled' AND m.kick_off > $10
	JOIN users u ON u.tenant_id = $1 AND u.id = i.user_id AND u.disabled_at IS NULL
	ON CONFLICT (tenant_id, user_id, match_id, (CASE status WHEN 'cancelled' THEN id ELSE user_id END)) DO NOTHING`}

// explainPredictions says of each prediction that was not made what stood in
// its way.
var explainPredictions = statement{"explain_predictions", `
	SELECT i.id, m.id IS NOT NULL, coalesce(m.status = 'scheduled' AND m.kick_off > $5, false), u.id IS NOT NULL
	FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS i (id, user_id, match_id)
	LEFT JOIN matches m ON m.id = i.match_id
	LEFT JOIN users u ON u.tenant_id = $1 AND u.id = i.user_id AND u.disabled_at IS NULL
	WHERE NOT EXISTS (SELECT FROM predictions p WHERE p.tenant_id = $1 AND p.id = i.id)`}

// makePrediction is [makePredictions] for one row, which costs half as much.
// It returns no row when something stands in the way.
var makePrediction = statement{"make_prediction", `
	INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, created_at, updated_at)
	SELECT $1, $2, u.id, m.id, $5, $6, $7, $8, $9, $9 FROM matches m, users u
	WHERE m.id = $4 AND m.status = 'scheduled' AND m.kick_off > $10 AND u.tenant_id = $1 AND u.id = $3 AND u.disabled_at IS NULL
	ON CONFLICT (tenant_id, user_id, match_id, (CASE status WHEN 'cancelled' THEN id ELSE user_id END)) DO NOTHING
	RETURNING 1`}

// Make implements [predicting.Store]. One and a thousand take one round trip,
// and a second one when something stood in the way.
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
	made := int64(0)
	err = inOneTrip(ctx, s.db, all[0].TenantID, makePredictions, args, func(rows pgx.Rows) error {
		rows.Close()
		made = rows.CommandTag().RowsAffected()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("insert predictions: %w", err)
	}
	reasons := make([]error, len(all))
	if made == int64(len(all)) {
		return reasons, nil
	}
	return reasons, s.explain(ctx, all[0].TenantID, ids, []any{args[0], args[1], args[2], args[3], at}, reasons)
}

// explain fills in the reasons of what was not made.
func (s *Predictions) explain(ctx context.Context, tenantID string, ids []pgtype.UUID, args []any, reasons []error) error {
	place := make(map[pgtype.UUID]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	err := inOneTrip(ctx, s.db, tenantID, explainPredictions, args, func(rows pgx.Rows) error {
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
		return fmt.Errorf("explain predictions that were not made: %w", err)
	}
	return nil
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
