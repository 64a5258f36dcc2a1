package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var _ membership.Users = (*Users)(nil)

// Users is the table of users. Addresses and names are sealed in it.
type Users struct {
	db     *bun.DB
	sealer sealing.Sealer
}

// NewUsers returns the table in db.
func NewUsers(db *bun.DB, sealer sealing.Sealer) *Users { return &Users{db: db, sealer: sealer} }

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	TenantID   string `bun:",pk"`
	ID         string `bun:",pk"`
	Email      []byte
	EmailIndex []byte
	Name       []byte
	Role       string
	Password   string
	DisabledAt sql.NullTime
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Version    int
}

// Lock implements [membership.Users].
func (s *Users) Lock(ctx context.Context, tenantID string) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('users ' || ?, 0))`, tenantID)
		return err
	})
}

// Create implements [membership.Users].
func (s *Users) Create(ctx context.Context, u identity.User) error {
	row, err := s.seal(u)
	if err != nil {
		return err
	}
	err = withinTenant(ctx, s.db, u.TenantID, func(tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	if isUnique(err) {
		return identity.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("insert user: %w", err)
	}
	return nil
}

// ByID implements [membership.Users].
func (s *Users) ByID(ctx context.Context, tenantID, id string) (identity.User, error) {
	return s.one(ctx, tenantID, "id = ?", id)
}

// ByEmail implements [membership.Users].
func (s *Users) ByEmail(ctx context.Context, tenantID, email string) (identity.User, error) {
	return s.one(ctx, tenantID, "email_index = ?", s.sealer.Index(placeOfUser(tenantID, "email", ""), []byte(email)))
}

func (s *Users) one(ctx context.Context, tenantID, where string, value any) (identity.User, error) {
	var row userRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&row).Where("tenant_id = ?", tenantID).Where(where, value).Scan(ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return identity.User{}, identity.ErrUnknown
	}
	if err != nil {
		return identity.User{}, fmt.Errorf("select user: %w", err)
	}
	return s.open(row)
}

// List implements [membership.Users].
func (s *Users) List(ctx context.Context, tenantID string, p catalogue.Page) ([]identity.User, error) {
	var rows []userRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		q := tx.NewSelect().Model(&rows).Where("tenant_id = ?", tenantID).OrderExpr("id").Limit(int64(p.Limit))
		if p.After != nil {
			q.Where("id > ?", p.After.ID)
		}
		return q.Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select users: %w", err)
	}
	users := make([]identity.User, len(rows))
	for i, row := range rows {
		if users[i], err = s.open(row); err != nil {
			return nil, err
		}
	}
	return users, nil
}

// Change implements [membership.Users].
func (s *Users) Change(ctx context.Context, u identity.User) error {
	row, err := s.seal(u)
	if err != nil {
		return err
	}
	row.Version++
	return withinTenant(ctx, s.db, u.TenantID, func(tx bun.Tx) error {
		done, err := tx.NewUpdate().Model(&row).ExcludeColumn("tenant_id", "id", "created_at").WherePK().Where("version = ?", u.Version).Exec(ctx)
		if isUnique(err) {
			return identity.ErrTaken
		}
		if err != nil {
			return fmt.Errorf("update user: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return domain.Errorf(domain.Stale, "user.changed", "the user was changed by somebody else in the meantime; read it again")
	})
}

// Count implements [membership.Users].
func (s *Users) Count(ctx context.Context, tenantID string) (users, managers int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT count(*), count(*) FILTER (WHERE disabled_at IS NULL AND role IN ('tenant_admin', 'platform_admin'))
			FROM users WHERE tenant_id = ?`, tenantID).Scan(&users, &managers)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count users: %w", err)
	}
	return users, managers, nil
}

// Remove implements [membership.Users].
func (s *Users) Remove(ctx context.Context, tenantID, id string) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM user_activity WHERE tenant_id = ? AND user_id = ?`, tenantID, id); err != nil {
			return fmt.Errorf("delete activity: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM users WHERE tenant_id = ? AND id = ?`, tenantID, id); err != nil {
			return fmt.Errorf("delete user: %w", err)
		}
		return nil
	})
}

func placeOfUser(tenantID, column, id string) sealing.Place {
	return sealing.Place{TenantID: tenantID, Table: "users", Column: column, Row: id}
}

func (s *Users) seal(u identity.User) (row userRow, err error) {
	row = userRow{
		TenantID: u.TenantID, ID: u.ID, Role: string(u.Role), Password: u.Password, DisabledAt: nullTime(u.DisabledAt),
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt, Version: u.Version,
		EmailIndex: s.sealer.Index(placeOfUser(u.TenantID, "email", ""), []byte(u.Email)),
	}
	if row.Email, err = s.sealer.Seal(placeOfUser(u.TenantID, "email", u.ID), []byte(u.Email)); err != nil {
		return row, err
	}
	row.Name, err = s.sealer.Seal(placeOfUser(u.TenantID, "name", u.ID), []byte(u.Name))
	return row, err
}

func (s *Users) open(row userRow) (identity.User, error) {
	u := identity.User{
		TenantID: row.TenantID, ID: row.ID, Role: identity.Role(row.Role), Password: row.Password,
		CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(), Version: row.Version,
	}
	if row.DisabledAt.Valid {
		u.DisabledAt = row.DisabledAt.Time.UTC()
	}
	email, err := s.sealer.Open(placeOfUser(row.TenantID, "email", row.ID), row.Email)
	if err != nil {
		return identity.User{}, fmt.Errorf("user %s: %w", row.ID, err)
	}
	name, err := s.sealer.Open(placeOfUser(row.TenantID, "name", row.ID), row.Name)
	if err != nil {
		return identity.User{}, fmt.Errorf("user %s: %w", row.ID, err)
	}
	u.Email, u.Name = string(email), string(name)
	return u, nil
}
