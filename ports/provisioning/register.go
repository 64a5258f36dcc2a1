// Package provisioning makes tenants, changes what they may use, and ends them.
package provisioning

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// Tenants keeps all tenants. It stands outside their walls.
type Tenants interface {
	// Create keeps t, or returns [tenancy.ErrExists] when its slug is taken.
	Create(ctx context.Context, t tenancy.Tenant) error
	// BySlug returns a tenant, or [tenancy.ErrUnknown].
	BySlug(ctx context.Context, slug string) (tenancy.Tenant, error)
	// ByID returns a tenant, or [tenancy.ErrUnknown].
	ByID(ctx context.Context, id string) (tenancy.Tenant, error)
	// List returns all tenants in order of slug.
	List(ctx context.Context) ([]tenancy.Tenant, error)
}

// Registrar makes tenants.
type Registrar struct {
	tenants Tenants
	newID   func() string
	now     domain.Clock
}

// NewRegistrar returns a Registrar. newID makes UUIDv7.
func NewRegistrar(tenants Tenants, newID func() string, now domain.Clock) *Registrar {
	return &Registrar{tenants: tenants, newID: newID, now: now}
}

// Application asks for a tenant.
type Application struct {
	Slug   string
	Name   string         // the slug when empty
	Plan   tenancy.Plan   // basic when empty
	Limits tenancy.Limits // of a custom plan
	Trial  bool           // begin with a trial of [tenancy.TrialLength]
	// Platform makes it the operators' own tenant, of which there is one.
	Platform bool
	MadeBy   string // the run that asks, if it is one
}

// Create makes a tenant, or returns [tenancy.ErrExists].
func (r *Registrar) Create(ctx context.Context, a Application) (tenancy.Tenant, error) {
	if err := tenancy.ValidateSlug(a.Slug); err != nil {
		return tenancy.Tenant{}, err
	}
	if a.Name == "" {
		a.Name = a.Slug
	}
	if a.Plan == "" {
		a.Plan = tenancy.Basic
	}
	limits, err := tenancy.LimitsOf(a.Plan, a.Limits)
	if err != nil {
		return tenancy.Tenant{}, err
	}
	t := tenancy.Tenant{
		ID: r.newID(), Slug: a.Slug, Name: a.Name, Status: tenancy.Active, Plan: a.Plan, Limits: limits,
		Settings: tenancy.DefaultSettings, CreatedAt: r.now(), Version: 1, Platform: a.Platform, MadeBy: a.MadeBy,
	}
	if a.Trial {
		t.Status, t.TrialEnds = tenancy.Trial, t.CreatedAt.Add(tenancy.TrialLength)
	}
	if err := r.tenants.Create(ctx, t); err != nil {
		return tenancy.Tenant{}, fmt.Errorf("create tenant %s: %w", a.Slug, err)
	}
	return t, nil
}
