package access

import (
	"context"
	"time"
)

// Purpose is what a token is for; one is never taken for another.
type Purpose string

// The purposes.
const (
	AccessToken  Purpose = "access"  // calls the API
	RefreshToken Purpose = "refresh" // gets the next pair of tokens
	ResetToken   Purpose = "reset"   // sets a password, once
)

// Claims are what a token says.
type Claims struct {
	Purpose    Purpose
	TenantID   string
	UserID     string
	Session    string // of access and refresh tokens
	Generation int    // of a refresh token: how many came before it
	Mark       string // of a reset token: a fingerprint of the password that it replaces
	ExpiresAt  time.Time
}

// Tokens signs claims and believes those it has signed.
type Tokens interface {
	// Issue returns c as a signed text.
	Issue(c Claims) (string, error)
	// Verify returns what text says, or [ErrUnauthenticated] unless we signed it
	// for this purpose and it still holds.
	Verify(purpose Purpose, text string) (Claims, error)
}

// Sessions tells who is behind a session.
type Sessions interface {
	// Principal returns who signed in, with the role as it is now, or
	// [ErrUnauthenticated] when the session has ended, the user may no longer
	// sign in, or the tenant may not call.
	Principal(ctx context.Context, c Claims, at time.Time) (Principal, error)
}
