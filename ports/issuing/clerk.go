// Package issuing gives out API keys and ends them.
package issuing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Store keeps API keys within the walls of their tenant.
type Store interface {
	access.Keys

	// Lock keeps others from making keys of a tenant before the unit of work ends.
	Lock(ctx context.Context, tenantID string) error
	// Live returns how many keys of a tenant are neither revoked nor expired.
	Live(ctx context.Context, tenantID string, at time.Time) (int, error)
	// Get returns a key, or [access.ErrNoKey].
	Get(ctx context.Context, tenantID, id string) (access.Key, error)
	// List returns keys in the order they were made.
	List(ctx context.Context, tenantID string, p catalogue.Page) ([]access.Key, error)
}

// The actions that are audited here.
const (
	actionCreated = "api_key.created"
	actionRevoked = "api_key.revoked"
)

// MaxLive is the most keys of a tenant that work at once: enough to give each
// program its own, and few enough to know them all.
const MaxLive = 100

// Clerk gives out API keys.
type Clerk struct {
	issuer   *access.Issuer
	tenants  access.Tenants
	store    Store
	unit     transacting.Unit
	recorder auditing.Recorder
	now      domain.Clock
}

// Parts are what a [Clerk] is made of.
type Parts struct {
	Issuer   *access.Issuer
	Tenants  access.Tenants
	Store    Store
	Unit     transacting.Unit
	Recorder auditing.Recorder
	Now      domain.Clock
}

// NewClerk returns a Clerk.
func NewClerk(p Parts) *Clerk {
	return &Clerk{issuer: p.Issuer, tenants: p.Tenants, store: p.Store, unit: p.Unit, recorder: p.Recorder, now: p.Now}
}

// Create makes a key of the caller's tenant, which may do nothing that the
// caller may not. It takes [identity.ManageKeys]. The text is returned this
// once.
func (c *Clerk) Create(ctx context.Context, r access.Request) (key string, kept access.Key, err error) {
	p, err := access.Allowed(ctx, identity.ManageKeys)
	if err != nil {
		return "", access.Key{}, err
	}
	for _, s := range r.Scopes {
		if !covers(p, s) {
			return "", access.Key{}, domain.Errorf(domain.Forbidden, "api_key.scope", "you may not give the scope %s: it allows what you may not do", s)
		}
	}
	return c.create(ctx, p.TenantID, p.Subject, r)
}

// covers reports whether p may do all that a scope allows.
func covers(p access.Principal, s access.Scope) bool {
	return !slices.ContainsFunc(identity.Permissions, func(permission identity.Permission) bool {
		return access.ScopeAllows(s, permission) && !p.May(permission)
	})
}

// CreateFor makes a key of any tenant, for whoever has the database at hand.
func (c *Clerk) CreateFor(ctx context.Context, r access.Request) (key string, kept access.Key, err error) {
	t, err := c.tenants.BySlug(ctx, r.Tenant)
	if err != nil {
		return "", access.Key{}, fmt.Errorf("find tenant %s: %w", r.Tenant, err)
	}
	return c.create(ctx, t.ID, auditing.System, r)
}

func (c *Clerk) create(ctx context.Context, tenantID, by string, r access.Request) (key string, kept access.Key, err error) {
	if r.Name, err = validName(r.Name); err != nil {
		return "", access.Key{}, err
	}
	if len(r.Scopes) == 0 {
		return "", access.Key{}, domain.Errorf(domain.Invalid, "api_key.scopes", "name at least one scope: read, predict, manage or operate").In("scopes")
	}
	if !r.ExpiresAt.IsZero() && !r.ExpiresAt.After(c.now()) {
		return "", access.Key{}, domain.Errorf(domain.Invalid, "api_key.expires_at", "the key would have expired already").In("expires_at")
	}
	key, kept, err = c.issuer.Make(tenantID, r)
	if err != nil {
		return "", access.Key{}, err
	}
	kept.CreatedBy = by
	err = c.unit.Within(ctx, tenantID, func(ctx context.Context) error {
		if err := c.store.Lock(ctx, tenantID); err != nil {
			return err
		}
		live, err := c.store.Live(ctx, tenantID, c.now())
		if err != nil {
			return err
		}
		if live >= MaxLive {
			return domain.Errorf(domain.Conflict, "api_key.too_many", "the tenant has %d API keys that work; revoke one first", live)
		}
		if err := c.store.Create(ctx, kept); err != nil {
			return err
		}
		return c.record(ctx, kept, actionCreated)
	})
	if err != nil {
		return "", access.Key{}, err
	}
	return key, kept, nil
}

const maxName = 100

func validName(name string) (string, error) {
	name = strings.TrimSpace(name)
	bad := func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }
	if name == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, bad) {
		return "", domain.Errorf(domain.Invalid, "api_key.name", "write a name of 1 to %d characters that says what the key is for", maxName).In("name")
	}
	return name, nil
}

// List returns the keys of the caller's tenant. It takes [identity.ManageKeys].
func (c *Clerk) List(ctx context.Context, page catalogue.Page) ([]access.Key, error) {
	p, err := access.Allowed(ctx, identity.ManageKeys)
	if err != nil {
		return nil, err
	}
	return c.store.List(ctx, p.TenantID, page)
}

// Get returns a key of the caller's tenant. It takes [identity.ManageKeys].
func (c *Clerk) Get(ctx context.Context, id string) (access.Key, error) {
	p, err := access.Allowed(ctx, identity.ManageKeys)
	if err != nil {
		return access.Key{}, err
	}
	return c.store.Get(ctx, p.TenantID, id)
}

// Revoke ends a key of the caller's tenant; it stops working within a second.
// It takes [identity.ManageKeys]. Revoking it again changes nothing.
func (c *Clerk) Revoke(ctx context.Context, id string) error {
	p, err := access.Allowed(ctx, identity.ManageKeys)
	if err != nil {
		return err
	}
	return c.revoke(ctx, p.TenantID, id)
}

// RevokeFor ends a key of any tenant, for whoever has the database at hand.
func (c *Clerk) RevokeFor(ctx context.Context, tenant, id string) error {
	t, err := c.tenants.BySlug(ctx, tenant)
	if err != nil {
		return fmt.Errorf("find tenant %s: %w", tenant, err)
	}
	return c.revoke(ctx, t.ID, id)
}

// ListFor returns the keys of any tenant, for whoever has the database at hand.
func (c *Clerk) ListFor(ctx context.Context, tenant string, page catalogue.Page) ([]access.Key, error) {
	t, err := c.tenants.BySlug(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("find tenant %s: %w", tenant, err)
	}
	return c.store.List(ctx, t.ID, page)
}

func (c *Clerk) revoke(ctx context.Context, tenantID, id string) error {
	return c.unit.Within(ctx, tenantID, func(ctx context.Context) error {
		k, err := c.store.Get(ctx, tenantID, id)
		if err != nil || !k.RevokedAt.IsZero() {
			return err
		}
		if err := c.store.Revoke(ctx, tenantID, id, c.now()); err != nil {
			return err
		}
		return c.record(ctx, k, actionRevoked)
	})
}

func (c *Clerk) record(ctx context.Context, k access.Key, action string) error {
	scopes := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		scopes[i] = string(s)
	}
	return c.recorder.Record(ctx, auditing.Event{
		TenantID: k.TenantID, Action: action, Target: "api-key:" + k.ID, Outcome: auditing.Done,
		Details: map[string]string{"name": k.Name, "scopes": strings.Join(scopes, " ")},
	})
}
