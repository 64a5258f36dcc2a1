package provisioning

import (
	"context"
	"strings"
	"time"
	_ "time/tzdata" // a small image has no zone files
	"unicode"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Register changes tenants. It joins a [transacting.Unit] of the same tenant.
type Register interface {
	// Change keeps what change makes of a tenant, which nobody else changes
	// meanwhile, and returns it; its version rises by one. An error of change
	// leaves the tenant as it is and is returned. It returns
	// [tenancy.ErrUnknown] when there is no tenant of that id.
	Change(ctx context.Context, id string, change func(tenancy.Tenant) (tenancy.Tenant, error)) (tenancy.Tenant, error)
	// Users counts the tenant's users, and keeps others from being made before
	// the unit of work ends.
	Users(ctx context.Context, id string) (int, error)
}

// What is recorded about tenants.
const (
	actionCreated  = "tenant.created"
	actionStatus   = "tenant.status_changed"
	actionChanged  = "tenant.changed"
	actionSettings = "tenant.settings_changed"
)

// ErrOverLimit is about a plan that allows less than what is in use.
var ErrOverLimit = &domain.Error{Kind: domain.Conflict, Code: "tenant.over_limit"}

// Keeper leads tenants through their life.
type Keeper struct {
	registrar *Registrar
	tenants   Tenants
	register  Register
	unit      transacting.Unit
	audit     auditing.Recorder
	now       domain.Clock
}

// NewKeeper returns a Keeper.
func NewKeeper(registrar *Registrar, tenants Tenants, register Register, unit transacting.Unit, audit auditing.Recorder, now domain.Clock) *Keeper {
	return &Keeper{registrar: registrar, tenants: tenants, register: register, unit: unit, audit: audit, now: now}
}

// Create makes a tenant. It takes [identity.ManagePlatform].
func (k *Keeper) Create(ctx context.Context, a Application) (tenancy.Tenant, error) {
	if _, err := access.Allowed(ctx, identity.ManagePlatform); err != nil {
		return tenancy.Tenant{}, err
	}
	if a.Name != "" {
		name, err := validName(a.Name)
		if err != nil {
			return tenancy.Tenant{}, err
		}
		a.Name = name
	}
	t, err := k.registrar.Create(ctx, a)
	if err != nil {
		return tenancy.Tenant{}, err
	}
	return t, k.record(ctx, t, actionCreated, "")
}

// List returns all tenants in order of slug. It takes [identity.ManagePlatform].
func (k *Keeper) List(ctx context.Context) ([]tenancy.Tenant, error) {
	if _, err := access.Allowed(ctx, identity.ManagePlatform); err != nil {
		return nil, err
	}
	return k.tenants.List(ctx)
}

// Get returns any tenant. It takes [identity.ManagePlatform].
func (k *Keeper) Get(ctx context.Context, id string) (tenancy.Tenant, error) {
	if _, err := access.Allowed(ctx, identity.ManagePlatform); err != nil {
		return tenancy.Tenant{}, err
	}
	return k.tenants.ByID(ctx, id)
}

// Own returns the caller's tenant. It takes [identity.ReadTenant].
func (k *Keeper) Own(ctx context.Context) (tenancy.Tenant, error) {
	p, err := access.Allowed(ctx, identity.ReadTenant)
	if err != nil {
		return tenancy.Tenant{}, err
	}
	return k.tenants.ByID(ctx, p.TenantID)
}

// StatusOf is where a tenant stands now: a trial ends by the clock.
func (k *Keeper) StatusOf(t tenancy.Tenant) tenancy.Status { return t.StatusAt(k.now()) }

// Suspend stops the tenant's credentials within a second and keeps its data.
// It takes [identity.ManagePlatform], and a reason for the record.
func (k *Keeper) Suspend(ctx context.Context, id, reason string) (tenancy.Tenant, error) {
	return k.become(ctx, id, tenancy.Suspended, reason)
}

// Activate lets the tenant call, from a trial, its end or a suspension.
func (k *Keeper) Activate(ctx context.Context, id, reason string) (tenancy.Tenant, error) {
	return k.become(ctx, id, tenancy.Active, reason)
}

func (k *Keeper) become(ctx context.Context, id string, next tenancy.Status, reason string) (tenancy.Tenant, error) {
	if _, err := access.Allowed(ctx, identity.ManagePlatform); err != nil {
		return tenancy.Tenant{}, err
	}
	if err := validateReason(reason); err != nil {
		return tenancy.Tenant{}, err
	}
	return k.change(ctx, id, actionStatus, reason, func(_ context.Context, t tenancy.Tenant) (tenancy.Tenant, error) {
		return t.Become(next, reason, k.now())
	})
}

// Change is what of a tenant is to be another; nil leaves it.
type Change struct {
	Name     *string
	Settings *tenancy.Settings
	Plan     *tenancy.Plan
	Limits   tenancy.Limits // of a custom plan
	// Guard refuses a change of a tenant that is not as the caller thinks; nil
	// asks nothing.
	Guard func(tenancy.Tenant) error
}

// Amend changes any tenant's name and plan. A plan for fewer users than there
// are is refused with [ErrOverLimit], since nobody but the tenant can say who
// must go. Rates and storage beyond the new limits are not: calls are turned
// away until the use fits. It takes [identity.ManagePlatform].
func (k *Keeper) Amend(ctx context.Context, id string, c Change) (tenancy.Tenant, error) {
	if _, err := access.Allowed(ctx, identity.ManagePlatform); err != nil {
		return tenancy.Tenant{}, err
	}
	c.Settings = nil
	return k.change(ctx, id, actionChanged, "", c.on(k.register))
}

// Configure changes the name and the settings of the caller's own tenant. It
// takes [identity.ManageTenant].
func (k *Keeper) Configure(ctx context.Context, c Change) (tenancy.Tenant, error) {
	p, err := access.Allowed(ctx, identity.ManageTenant)
	if err != nil {
		return tenancy.Tenant{}, err
	}
	c.Plan = nil
	return k.change(ctx, p.TenantID, actionSettings, "", c.on(k.register))
}

func (c Change) on(register Register) func(context.Context, tenancy.Tenant) (tenancy.Tenant, error) {
	return func(ctx context.Context, t tenancy.Tenant) (_ tenancy.Tenant, err error) {
		if c.Guard != nil {
			if err := c.Guard(t); err != nil {
				return t, err
			}
		}
		if c.Name != nil {
			if t.Name, err = validName(*c.Name); err != nil {
				return t, err
			}
		}
		if c.Settings != nil {
			if err := c.Settings.Validate(zoneKnown); err != nil {
				return t, err
			}
			t.Settings = *c.Settings
		}
		if c.Plan == nil {
			return t, nil
		}
		limits, err := tenancy.LimitsOf(*c.Plan, c.Limits)
		if err != nil {
			return t, err
		}
		users, err := register.Users(ctx, t.ID)
		if err == nil && users > limits.Users {
			err = domain.Errorf(domain.Conflict, ErrOverLimit.Code,
				"tenant %s has %d users, and the plan %s allows %d: remove %d first", t.Slug, users, *c.Plan, limits.Users, users-limits.Users).In("plan")
		}
		t.Plan, t.Limits = *c.Plan, limits
		return t, err
	}
}

// change keeps a change and the record of it together, or neither.
func (k *Keeper) change(ctx context.Context, id, action, reason string, change func(context.Context, tenancy.Tenant) (tenancy.Tenant, error)) (changed tenancy.Tenant, err error) {
	err = k.unit.Within(ctx, id, func(ctx context.Context) error {
		changed, err = k.register.Change(ctx, id, func(t tenancy.Tenant) (tenancy.Tenant, error) { return change(ctx, t) })
		if err != nil {
			return err
		}
		return k.record(ctx, changed, action, reason)
	})
	if err != nil {
		return tenancy.Tenant{}, err
	}
	return changed, nil
}

// record tells what became of a tenant. A reason is a person's free text, so
// it can be erased.
func (k *Keeper) record(ctx context.Context, t tenancy.Tenant, action, reason string) error {
	personal := map[string]string{}
	if reason != "" {
		personal["reason"] = reason
	}
	return k.audit.Record(ctx, auditing.Event{
		TenantID: t.ID, Action: action, Target: "tenant:" + t.ID, Outcome: auditing.Done,
		Details: map[string]string{"status": string(t.Status), "plan": string(t.Plan)}, Personal: personal,
	})
}

// zoneKnown reports whether a time zone is in the zone database, which comes
// with the binary.
func zoneKnown(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil
}

const mostName = 100

func validName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > mostName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", domain.Errorf(domain.Invalid, "tenant.name", "write a name of 1 to %d characters without control characters", mostName).In("name")
	}
	return name, nil
}

// ValidateName returns an error unless name can be a tenant's.
func ValidateName(name string) error {
	_, err := validName(name)
	return err
}

// ValidateReason returns an error unless reason tells a person why.
func ValidateReason(reason string) error { return validateReason(reason) }

// The bounds of a reason, in characters.
const (
	leastReason = 3
	mostReason  = 500
)

func validateReason(reason string) error {
	n := utf8.RuneCountInString(reason)
	if strings.TrimSpace(reason) == "" || n < leastReason || n > mostReason || !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl) {
		return domain.Errorf(domain.Invalid, "tenant.reason", "say why, in %d to %d characters", leastReason, mostReason).In("reason")
	}
	return nil
}
