// Package tenancy holds tenants, their plans and what they use. It knows no
// storage and no clock.
package tenancy

import (
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Tenant is an organisation whose data no other may see.
type Tenant struct {
	ID        string // UUIDv7
	Slug      string
	Name      string
	Status    Status
	Plan      Plan
	Limits    Limits
	Settings  Settings
	Platform  bool      // the operators' own tenant
	TrialEnds time.Time // zero unless on trial
	CreatedAt time.Time
	Version   int    // raised by each change, for optimistic locking
	MadeBy    string // the run that made it; empty when a person did

	StatusReason string    // why the status last changed; empty for a new tenant
	StatusSince  time.Time // when it did; zero for a new tenant
	Deletion     Deletion  // zero unless it is being deleted
}

// Errors about tenants.
var (
	ErrExists  = &domain.Error{Kind: domain.Conflict, Code: "tenant.exists"}
	ErrUnknown = &domain.Error{Kind: domain.NotFound, Code: "tenant.unknown"}
)

// PlatformSlug is the slug of the operators' own tenant.
const PlatformSlug = "platform"

// ValidateSlug returns an error unless slug can name a tenant.
func ValidateSlug(slug string) error {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	ok := len(slug) >= 2 && len(slug) <= 40 && strings.ContainsRune(letters, rune(slug[0])) &&
		strings.Trim(slug, letters+"0123456789-") == ""
	if !ok {
		return domain.Errorf(domain.Invalid, "tenant.slug",
			"tenant %q: use 2 to 40 lower-case letters, digits and hyphens, beginning with a letter", slug).In("slug")
	}
	return nil
}
