package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

type promotionRow struct {
	bun.BaseModel `bun:"table:model_promotions,alias:p"`

	ID         string `bun:",pk"`
	Version    string
	Previous   sql.NullString
	PromotedAt time.Time
	PromotedBy string
	Reason     string
	Rollback   bool
}

// Promote implements [modelling.Registry].
func (s *Registry) Promote(ctx context.Context, p modelling.Promotion) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('champion'))`); err != nil {
			return fmt.Errorf("lock champion: %w", err)
		}
		if err := mustExist(ctx, tx, p.Version); err != nil {
			return err
		}
		var previous sql.NullString
		err := tx.NewRaw(`SELECT version FROM champion`).Scan(ctx, &previous)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("select champion: %w", err)
		}
		if previous.String == p.Version {
			return nil
		}
		if previous.String != p.Previous {
			return modelling.ErrOvertaken
		}
		return crown(ctx, tx, p, previous)
	})
}

func mustExist(ctx context.Context, tx bun.Tx, version string) error {
	found, err := tx.NewSelect().Model((*modelRow)(nil)).Where("version = ?", version).Exists(ctx)
	if err != nil {
		return fmt.Errorf("select model: %w", err)
	}
	if !found {
		return domain.Errorf(domain.NotFound, modelling.ErrNoModel.Code, "there is no model %q", version)
	}
	return nil
}

func crown(ctx context.Context, tx bun.Tx, p modelling.Promotion, previous sql.NullString) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO champion (version) VALUES (?) ON CONFLICT (only_one) DO UPDATE SET version = excluded.version`, p.Version)
	if err != nil {
		return fmt.Errorf("set champion: %w", err)
	}
	row := promotionRow{
		ID: NewID(), Version: p.Version, Previous: previous,
		PromotedAt: p.At, PromotedBy: p.By, Reason: p.Reason, Rollback: p.Rollback,
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert promotion: %w", err)
	}
	return nil
}

// Former implements [modelling.Registry]: what the latest promotion of the
// present champion replaced. A rollback is no such promotion, so rolling back
// twice goes two champions back instead of to and fro.
func (s *Registry) Former(ctx context.Context) (string, error) {
	var previous sql.NullString
	err := s.db.NewRaw(`
		SELECT p.previous FROM model_promotions p JOIN champion c ON c.version = p.version
		WHERE NOT p.rollback ORDER BY p.id DESC LIMIT 1`).Scan(ctx, &previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("select former champion: %w", err)
	}
	if previous.String == "" {
		return "", modelling.ErrNoFormer
	}
	return previous.String, nil
}
