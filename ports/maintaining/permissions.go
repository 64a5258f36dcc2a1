package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// Rights tells who may do what in a tenant.
type Rights interface {
	// Of returns the users and the live API keys of a tenant.
	Of(ctx context.Context, tenantID string) ([]Holder, []KeyHeld, error)
}

// Holder is a user with what makes his rights worth a look. Users are named by
// their ids: a report is no place for addresses.
type Holder struct {
	ID           string
	Role         identity.Role
	Disabled     bool
	SecondFactor bool
	Sessions     int // that are open
	Created      time.Time
	Seen         time.Time // zero for not within 90 days
}

// KeyHeld is an API key that works.
type KeyHeld struct {
	ID, Name string
	Operates bool // it may start and approve operations
	Created  time.Time
	Expires  time.Time // zero for never
	Used     time.Time // zero for never
}

// unused is when an account or a key that nobody uses should go.
const unused = 90 * 24 * time.Hour

// review gathers what is worth a look in all tenants.
type review struct {
	at     time.Time
	roles  map[identity.Role]int
	people [][]string
	keys   [][]string
}

// permissions lists who may do much, and what is no longer used. It changes
// nothing: whether somebody still needs a right is for people to say.
func (m *Maintainer) permissions(ctx context.Context, s *session) error {
	tenants, err := m.Tenants.List(ctx)
	if err != nil {
		return fmt.Errorf("list tenants: %w", err)
	}
	r := review{at: s.at, roles: map[identity.Role]int{}}
	for i, t := range tenants {
		s.report(i, len(tenants), t.Slug)
		users, keys, err := m.Rights.Of(ctx, t.ID)
		if err != nil {
			return fmt.Errorf("read rights in tenant %s: %w", t.Slug, err)
		}
		for _, u := range users {
			r.user(t.Slug, u)
		}
		for _, k := range keys {
			r.key(t.Slug, k)
		}
	}
	users := 0
	for _, role := range identity.Roles {
		users += r.roles[role]
		s.figure("Users, "+string(role), float64(r.roles[role]), operation.Count)
	}
	s.list("Accounts to look at", "Tenant|User|Role|Why", r.people)
	s.list("API keys to look at", "Tenant|Key|Name|Why", r.keys)
	if n := len(r.people) + len(r.keys); n > 0 {
		s.warn("Ask their owners; take away what is not needed: users and api-keys of the API, footballctl apikey revoke.",
			"%s worth a look.", many(n, "account or key is", "accounts and keys are"))
	}
	s.say("Of %s in %s, %s and %s are worth a look.", many(users, "user", "users"), many(len(tenants), "tenant", "tenants"),
		many(len(r.people), "account", "accounts"), many(len(r.keys), "API key", "API keys"))
	return nil
}

func (r *review) user(tenant string, u Holder) {
	if u.Disabled {
		if u.Sessions > 0 {
			r.people = append(r.people, []string{tenant, u.ID, string(u.Role), "disabled, with open sessions"})
		}
		return
	}
	r.roles[u.Role]++
	mighty := u.Role.OfPlatform() || u.Role == identity.TenantAdmin
	switch {
	case u.Role.OfPlatform() && !u.SecondFactor:
		r.people = append(r.people, []string{tenant, u.ID, string(u.Role), "no second factor"})
	case mighty && u.Seen.IsZero() && r.at.Sub(u.Created) > unused:
		r.people = append(r.people, []string{tenant, u.ID, string(u.Role), "not seen for 90 days"})
	}
}

func (r *review) key(tenant string, k KeyHeld) {
	last := k.Used
	if last.IsZero() {
		last = k.Created
	}
	var why string
	switch {
	case r.at.Sub(last) > unused:
		why = "not used for 90 days"
	case k.Operates && k.Expires.IsZero():
		why = "may operate, and never ends"
	default:
		return
	}
	r.keys = append(r.keys, []string{tenant, k.ID, k.Name, why})
}
