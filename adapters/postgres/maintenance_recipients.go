package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var _ maintaining.Recipients = (*Recipients)(nil)

// Recipients are the operators and administrators of the platform's own tenant.
type Recipients struct {
	db    *bun.DB
	users *Users
}

// NewRecipients returns those in db. Addresses are sealed in it.
func NewRecipients(db *bun.DB, sealer sealing.Sealer) *Recipients {
	return &Recipients{db: db, users: NewUsers(db, sealer)}
}

// Operators implements [maintaining.Recipients].
func (s *Recipients) Operators(ctx context.Context) (addresses []string, err error) {
	var tenantID string
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT tenant_id FROM tenants WHERE platform`).Scan(&tenantID)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the platform's tenant: %w", err)
	}
	page := catalogue.Page{Limit: catalogue.MaxLimit}
	for {
		users, err := s.users.List(ctx, tenantID, page)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if u.Role.OfPlatform() && u.DisabledAt.IsZero() {
				addresses = append(addresses, u.Email)
			}
		}
		if len(users) < page.Limit {
			return addresses, nil
		}
		page.After = &catalogue.Position{ID: users[len(users)-1].ID}
	}
}
