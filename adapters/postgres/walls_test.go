package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// Two tenants share one connection for 10,000 transactions, of which some fail,
// and nothing crosses: what one transaction sets is gone when it ends.
func TestNothingCrossesAWallOnASharedConnection(t *testing.T) {
	t.Parallel()
	const transactions, each = 10_000, 20
	p := newPitch(t, each)
	one, err := postgres.Open(postgres.Config{URL: p.database.AppURL, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = one.Close() })
	ring, err := crypto.Derive("a secret of this test", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	store, users := postgres.NewPredictions(one), postgres.NewUsers(one, ring)
	tenants := []tenancy.Tenant{newTenant(t, p.database, "acme"), newTenant(t, p.database, "globex")}
	members := [][]string{p.users(t, tenants[0], 2), p.users(t, tenants[1], 3)}
	for i, tenant := range tenants {
		for match := range each / (i + 1) {
			p.must(t, p.of(t, tenant, members[i][0], match, "home"))
		}
	}
	var wait sync.WaitGroup
	for i, tenant := range tenants {
		own, foreign := members[i], members[1-i]
		wait.Go(func() {
			for n := range transactions / 2 {
				if err := cross(t, store, users, tenant, own, foreign, n, each/(i+1)); err != nil {
					t.Errorf("tenant %s, transaction %d: %v", tenant.Slug, n, err)
					return
				}
			}
		})
	}
	wait.Wait()
	var leaked string
	if err := one.NewRaw(`SELECT coalesce(current_setting('app.tenant_id', true), '')`).Scan(t.Context(), &leaked); err != nil || leaked != "" {
		t.Errorf("outside of transactions the tenant is %q, %v", leaked, err)
	}
}

// cross is one transaction that must see its own and nothing else.
func cross(t *testing.T, store *postgres.Predictions, users *postgres.Users, tenant tenancy.Tenant, own, foreign []string, n, want int) error {
	t.Helper()
	switch n % 5 {
	case 0:
		all, err := store.List(t.Context(), tenant.ID, predicting.Filter{}, catalogue.Page{Limit: 200})
		if err != nil || len(all) != want {
			return fmt.Errorf("%d predictions, %w", len(all), err)
		}
		for _, p := range all {
			if p.TenantID != tenant.ID {
				return fmt.Errorf("a prediction of %s", p.TenantID)
			}
		}
	case 1:
		if _, err := users.ByID(t.Context(), tenant.ID, foreign[n%len(foreign)]); !errors.Is(err, identity.ErrUnknown) {
			return fmt.Errorf("another tenant's user: %w", err)
		}
	case 2:
		if u, err := users.ByID(t.Context(), tenant.ID, own[n%len(own)]); err != nil || u.TenantID != tenant.ID {
			return fmt.Errorf("an own user: %+v, %w", u, err)
		}
	case 3: // in one round trip, and refused
		pick, _ := prediction.NewPick("home", nil, nil, 0.5)
		reasons, err := store.Make(t.Context(), []prediction.Prediction{{
			TenantID: tenant.ID, ID: postgres.NewID(), UserID: foreign[0], Match: "00000000-0000-0000-0000-000000000000", Pick: pick,
		}}, time.Now())
		if err != nil || reasons[0] == nil {
			return fmt.Errorf("predicted for another tenant's user: %w", err)
		}
	case 4: // a transaction that fails
		err := users.Create(t.Context(), identity.User{TenantID: tenant.ID, ID: own[0], Email: "u0@example.com", Role: identity.Viewer, CreatedAt: now, UpdatedAt: now})
		if !errors.Is(err, identity.ErrTaken) {
			return fmt.Errorf("a user that is there already: %w", err)
		}
	}
	return nil
}
