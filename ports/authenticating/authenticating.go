// Package authenticating lets people in: passwords, second factors, and the
// sessions that come of them.
package authenticating

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// Passwords hashes passwords. It may refuse for a moment when too many are
// hashed at once.
type Passwords interface {
	// Hash returns the hash of a password in PHC string format.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether a hash is of a password, and whether it was made
	// with less cost than new ones are. An empty hash is of no password, and is
	// found wrong in the same time.
	Verify(ctx context.Context, password, hash string) (right, outdated bool, err error)
}

// Codes are time-based one-time passwords.
type Codes interface {
	// New makes a secret, and an otpauth address that apps read from a picture.
	New(account string) (secret, address string, err error)
	// Step returns the time step that code is the right one of, near at.
	Step(secret, code string, at time.Time) (step int64, ok bool)
}

// Tenants finds the tenant that somebody signs in to.
type Tenants interface {
	// BySlug returns a tenant, or [tenancy.ErrUnknown].
	BySlug(ctx context.Context, slug string) (tenancy.Tenant, error)
}

// Users are the users of a tenant.
type Users interface {
	// ByEmail returns a user, or [identity.ErrUnknown].
	ByEmail(ctx context.Context, tenantID, email string) (identity.User, error)
	// ByID returns a user, or [identity.ErrUnknown].
	ByID(ctx context.Context, tenantID, id string) (identity.User, error)
	// Change keeps u, whose Version is that of the row it was read from, and
	// raises it; an error of kind [domain.Stale] when the row has moved on.
	Change(ctx context.Context, u identity.User) error
}

// Session is one sign-in, on one device, until it ends.
type Session struct {
	TenantID   string
	ID         string // UUIDv7
	UserID     string
	Generation int // of the refresh token that is good now
	RotatedAt  time.Time
	CreatedAt  time.Time
	EndedAt    time.Time // zero while it goes on
}

// Sessions keeps sessions.
type Sessions interface {
	// Open keeps a new session.
	Open(ctx context.Context, s Session) error
	// Lock returns a session, which nobody else changes before the unit of work
	// ends, or [ErrSession].
	Lock(ctx context.Context, tenantID, id string) (Session, error)
	// Rotate makes the next generation the good one.
	Rotate(ctx context.Context, s Session, at time.Time) error
	// End ends a session. Ending it again changes nothing.
	End(ctx context.Context, tenantID, id string, why Reason, at time.Time) error
	// EndAll ends all sessions of a user but one, which may be empty.
	EndAll(ctx context.Context, tenantID, userID, but string, why Reason, at time.Time) error
}

// Reason is why a session ended.
type Reason string

// The reasons.
const (
	SignedOut Reason = "signed_out"
	Reused    Reason = "token_reused"
	Replaced  Reason = "password_changed"
	Changed   Reason = "user_changed"
)

// Errors of this package.
var (
	ErrSignIn = &domain.Error{Kind: domain.Unauthorised, Code: "auth.refused", Detail: "tenant, e-mail address or password is wrong"}
	// ErrCode is told only to those who know the password.
	ErrCode    = &domain.Error{Kind: domain.Unauthorised, Code: "auth.totp_required", Detail: "the account has a second factor: send the six digits of the authenticator app, or a recovery code, as totp"}
	ErrSession = &domain.Error{Kind: domain.Unauthorised, Code: "auth.session_ended", Detail: "the session has ended; sign in again"}
	ErrReset   = &domain.Error{Kind: domain.Invalid, Code: "auth.reset_token", Detail: "the token is wrong, was used, or is too old; ask for another", Field: "token"}
)

// How long things last.
const (
	accessLife  = 15 * time.Minute
	sessionLife = 30 * 24 * time.Hour
	idleLife    = 7 * 24 * time.Hour
	resetLife   = time.Hour
	inviteLife  = 7 * 24 * time.Hour
	// retryWithin is how long after a refresh its answer may be asked for again.
	retryWithin = 30 * time.Second
)

// LongestToken is how long the longest of our tokens holds.
const LongestToken = max(accessLife, sessionLife, resetLife, inviteLife)
