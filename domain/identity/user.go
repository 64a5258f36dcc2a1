package identity

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
)

// User is a person who signs in to a tenant.
type User struct {
	TenantID   string
	ID         string // UUIDv7
	Email      string // normalised
	Name       string
	Role       Role
	Password   string    // hashed, in PHC string format; empty until it is set
	DisabledAt time.Time // zero for a user who may sign in
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Version    int // raised by each change, for optimistic locking
}

// Errors about users.
var (
	ErrUnknown   = &domain.Error{Kind: domain.NotFound, Code: "user.unknown", Detail: "there is no such user"}
	ErrTaken     = &domain.Error{Kind: domain.Conflict, Code: "user.exists", Detail: "the tenant has a user with this e-mail address already"}
	ErrLastAdmin = &domain.Error{Kind: domain.Conflict, Code: "user.last_admin", Detail: "this is the last one who may manage users; give another user the role first"}
	ErrNoSeat    = &domain.Error{Kind: domain.Exhausted, Code: "quota.users", Detail: "all seats of the tenant's plan are taken; remove a user or change the plan"}
)

const maxName = 100

// ValidateName returns name as it is kept.
func ValidateName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", domain.Errorf(domain.Invalid, "user.name", "write a name of 1 to %d characters without control characters", maxName).In("name")
	}
	return name, nil
}

// Subject is what the user is known by in records.
func (u User) Subject() string { return SubjectOf(u.ID) }

// SubjectOf is the subject of the user with this id.
func SubjectOf(userID string) string { return "user:" + userID }

// ManagesUsers reports whether a role may give roles to others; a tenant keeps
// at least one who does.
func (r Role) ManagesUsers() bool { return r == TenantAdmin || r == PlatformAdmin }
