package crypto

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
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
// are derived from secrets. The first secret signs and all verify. To rotate
// them without signing anybody out, a new secret is put behind the others on
// every server, then in front, and the old one is taken out a month later.
type Tokens struct {
	signing signingSecret
	known   map[string]signingSecret
	now     domain.Clock
}

type signingSecret struct {
	id  string
	key []byte
}

// NewTokens returns tokens signed with the first of secrets, which are
// separated by white space.
func NewTokens(secrets string, now domain.Clock) (*Tokens, error) {
	t := &Tokens{known: make(map[string]signingSecret), now: now}
	for i, secret := range strings.Fields(secrets) {
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "football token", 32)
		if err != nil {
			return nil, fmt.Errorf("derive the key of a token: %w", err)
		}
		sum := sha256.Sum256(append([]byte("football token id"), key...))
		s := signingSecret{id: hex.EncodeToString(sum[:4]), key: key}
		t.known[s.id] = s
		if i == 0 {
			t.signing = s
		}
	}
	if len(t.known) == 0 {
		return nil, errors.New("JWT_SECRET_KEY is empty; give it a secret, such as the output of: openssl rand -hex 32")
	}
	return t, nil
}

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
	token.Header["kid"] = t.signing.id
	text, err := token.SignedString(t.signing.key)
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

func (t *Tokens) key(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	if s, ok := t.known[id]; ok {
		return s.key, nil
	}
	return nil, errors.New("no key by that number")
}
