package crypto

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
)

var _ access.Tokens = (*Tokens)(nil)

const (
	issuer = "football-prediction"
	// leeway is how far the clocks of two servers may differ.
	leeway = 5 * time.Second
)

// Tokens are JSON Web Tokens (RFC 7519), signed by HMAC-SHA-256 with keys that
// are derived from secrets. The first secret signs and all verify, so that they
// can be exchanged without signing anybody out; see [AddSecret].
type Tokens struct {
	secrets *followed[signing]
	now     domain.Clock
}

// NewTokens returns tokens signed with the first of secrets, which have the
// form of a file for [OpenTokens] and never change.
func NewTokens(secrets string, now domain.Clock) (*Tokens, error) {
	s, err := parseSigning(secrets)
	if err != nil {
		return nil, fmt.Errorf("JWT_SECRET_KEY: %w", err)
	}
	return &Tokens{secrets: fixed(s), now: now}, nil
}

// OpenTokens returns tokens signed with the secrets in the file at path, and
// follows it: a change is taken up within [reread], and at once when a token
// needs it. fit refuses secrets that are not to be used, also later.
func OpenTokens(path string, fit func(secret string) error, now domain.Clock) (*Tokens, error) {
	secrets, err := follow(func() (signing, error) { return readSigning(path, fit) }, now)
	if err != nil {
		return nil, err
	}
	return &Tokens{secrets: secrets, now: now}, nil
}

// Tell lets told hear of how each reading of the file from now on goes: nil
// when it was good.
func (t *Tokens) Tell(told func(error)) { t.secrets.tell(told) }

// Look reads the file when that is due, also while nobody signs in.
func (t *Tokens) Look() { t.secrets.get(reread) }

// claims are the claims as they are signed. The audience is the purpose.
type claims struct {
	jwt.RegisteredClaims

	Tenant     string `json:"tid"`
	Session    string `json:"sid,omitempty"`
	Generation int    `json:"gen,omitempty"`
	Mark       string `json:"mrk,omitempty"`
}

// Issue implements [access.Tokens].
func (t *Tokens) Issue(c access.Claims) (string, error) {
	now := jwt.NewNumericDate(t.now())
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{string(c.Purpose)}, Subject: c.UserID,
			IssuedAt: now, NotBefore: now, ExpiresAt: jwt.NewNumericDate(c.ExpiresAt),
		},
		Tenant: c.TenantID, Session: c.Session, Generation: c.Generation, Mark: c.Mark,
	})
	first := t.secrets.get(reread).first
	token.Header["kid"] = first.id
	text, err := token.SignedString(first.key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return text, nil
}

// longest is more than any token of ours has.
const longest = 2048

// Verify implements [access.Tokens].
func (t *Tokens) Verify(purpose access.Purpose, text string) (access.Claims, error) {
	if len(text) > longest {
		return access.Claims{}, access.ErrUnauthenticated
	}
	var c claims
	_, err := jwt.ParseWithClaims(text, &c, t.key,
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer), jwt.WithAudience(string(purpose)),
		jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(t.now), jwt.WithStrictDecoding())
	if err != nil {
		return access.Claims{}, access.ErrUnauthenticated
	}
	return access.Claims{
		Purpose: purpose, TenantID: c.Tenant, UserID: c.Subject, Session: c.Session, Generation: c.Generation, Mark: c.Mark,
		ExpiresAt: c.ExpiresAt.Time,
	}, nil
}

// key finds what verifies a token. One that names an unknown key may have been
// signed by a server that has seen the file since we did.
func (t *Tokens) key(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	for _, age := range []time.Duration{reread, soonest} {
		if key, ok := t.secrets.get(age).keys[id]; ok {
			return key, nil
		}
	}
	return nil, errors.New("no key by that number")
}
