package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// Prefix begins every API key, so that scanners for leaked secrets know one.
const Prefix = "fp_live_"

const (
	secretLength   = 40 // base 62: 238 bits
	checksumLength = 6
	alphabet       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Hash is the SHA-256 of an API key. A key has 238 random bits, so a slow
// hash would protect nothing more.
type Hash [sha256.Size]byte

// HashKey hashes a key as it is sent. It is false for text that is no key by
// its form or checksum, which saves the look-up.
func HashKey(key string) (Hash, bool) {
	body, ok := strings.CutPrefix(key, Prefix)
	if !ok || len(body) != secretLength+checksumLength {
		return Hash{}, false
	}
	if body[secretLength:] != checksum(body[:secretLength]) {
		return Hash{}, false
	}
	return sha256.Sum256([]byte(key)), true
}

func newKey(random io.Reader) (string, error) {
	secret := make([]byte, secretLength)
	for i := range secret {
		n, err := rand.Int(random, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", fmt.Errorf("draw API key: %w", err)
		}
		secret[i] = alphabet[n.Int64()]
	}
	return Prefix + string(secret) + checksum(string(secret)), nil
}

func checksum(secret string) string {
	sum := crc32.ChecksumIEEE([]byte(secret))
	digits := make([]byte, checksumLength)
	for i := checksumLength - 1; i >= 0; i-- {
		digits[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(digits)
}

// Key is an API key as it is kept: the secret is gone.
type Key struct {
	ID         string
	TenantID   string
	Name       string
	Hint       string // first characters, to tell keys apart in lists
	Hash       Hash
	Scopes     []Scope
	CreatedAt  time.Time
	CreatedBy  string    // a subject
	ExpiresAt  time.Time // zero: never
	RevokedAt  time.Time // zero: it was not
	LastUsedAt time.Time // to the minute; zero: never
}

// ErrNoKey is about a key that the tenant does not have.
var ErrNoKey = &domain.Error{Kind: domain.NotFound, Code: "api_key.unknown", Detail: "the tenant has no such API key"}

// Tenants finds tenants by name.
type Tenants interface {
	// BySlug returns a tenant, or [tenancy.ErrUnknown].
	BySlug(ctx context.Context, slug string) (tenancy.Tenant, error)
}

// Keys keeps API keys within the walls of their tenant.
type Keys interface {
	// Create keeps k.
	Create(ctx context.Context, k Key) error
	// Revoke ends a key of a tenant at once; [ErrNoKey] when there is none
	// such. Revoking it again changes nothing.
	Revoke(ctx context.Context, tenantID, id string, at time.Time) error
}

// Lookup finds who a key belongs to before the tenant is known.
type Lookup interface {
	// Principal returns who presented the key that hashes to h, or
	// [ErrUnauthenticated] for one that is unknown, expired or revoked, or
	// whose tenant may not call.
	Principal(ctx context.Context, h Hash, at time.Time) (Principal, error)
}

// Issuer makes and ends API keys.
type Issuer struct {
	tenants Tenants
	keys    Keys
	random  io.Reader
	newID   func() string
	now     domain.Clock
}

// NewIssuer returns an Issuer. random is a cryptographic source and newID
// makes UUIDv7.
func NewIssuer(tenants Tenants, keys Keys, random io.Reader, newID func() string, now domain.Clock) *Issuer {
	return &Issuer{tenants: tenants, keys: keys, random: random, newID: newID, now: now}
}

// Request asks for an API key.
type Request struct {
	Tenant    string // slug
	Name      string
	Scopes    []Scope
	ExpiresAt time.Time
}

// CreateKey makes an API key. The text is returned this once and kept nowhere.
func (i *Issuer) CreateKey(ctx context.Context, r Request) (key string, kept Key, err error) {
	t, err := i.tenants.BySlug(ctx, r.Tenant)
	if err != nil {
		return "", Key{}, fmt.Errorf("find tenant %s: %w", r.Tenant, err)
	}
	if key, kept, err = i.Make(t.ID, r); err != nil {
		return "", Key{}, err
	}
	if err := i.keys.Create(ctx, kept); err != nil {
		return "", Key{}, fmt.Errorf("keep API key: %w", err)
	}
	return key, kept, nil
}

// Make makes the key that r asks for, of the tenant with this id. Nobody keeps
// it yet.
func (i *Issuer) Make(tenantID string, r Request) (key string, made Key, err error) {
	if key, err = newKey(i.random); err != nil {
		return "", Key{}, err
	}
	hash, _ := HashKey(key)
	return key, Key{
		ID: i.newID(), TenantID: tenantID, Name: r.Name, Hint: key[:len(Prefix)+4], Hash: hash,
		Scopes: r.Scopes, CreatedAt: i.now(), CreatedBy: "system", ExpiresAt: r.ExpiresAt,
	}, nil
}

// RevokeKey ends a key of the tenant with this slug.
func (i *Issuer) RevokeKey(ctx context.Context, tenant, id string) error {
	t, err := i.tenants.BySlug(ctx, tenant)
	if err != nil {
		return fmt.Errorf("find tenant %s: %w", tenant, err)
	}
	if err := i.keys.Revoke(ctx, t.ID, id, i.now()); err != nil {
		return fmt.Errorf("revoke API key %s: %w", hexless(id), err)
	}
	return nil
}

// hexless keeps a pasted secret out of error texts: identifiers are short.
func hexless(id string) string {
	if len(id) > 36 {
		sum := sha256.Sum256([]byte(id))
		return "sha256:" + hex.EncodeToString(sum[:4])
	}
	return id
}
