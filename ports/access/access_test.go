package access_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
)

// book keeps tenants and keys in memory, and counts look-ups.
type book struct {
	tenants map[string]tenancy.Tenant
	keys    map[access.Hash]access.Key
	lookups int
}

func newBook() *book {
	return &book{tenants: map[string]tenancy.Tenant{"demo": {ID: "demo", Slug: "demo"}}, keys: map[access.Hash]access.Key{}}
}

type (
	tenants struct{ *book }
	keys    struct{ *book }
)

func (b tenants) BySlug(_ context.Context, slug string) (tenancy.Tenant, error) {
	t, ok := b.tenants[slug]
	if !ok {
		return t, tenancy.ErrUnknown
	}
	return t, nil
}

func (b keys) Create(_ context.Context, k access.Key) error {
	b.keys[k.Hash] = k
	return nil
}

func (b keys) Revoke(_ context.Context, _, id string, _ time.Time) error {
	for hash, k := range b.keys {
		if k.ID == id {
			delete(b.keys, hash)
			return nil
		}
	}
	return access.ErrNoKey
}

func (b *book) Principal(_ context.Context, h access.Hash, _ time.Time) (access.Principal, error) {
	b.lookups++
	k, ok := b.keys[h]
	if !ok {
		return access.Principal{}, access.ErrUnauthenticated
	}
	return access.Principal{TenantID: k.TenantID, Scopes: k.Scopes}, nil
}

func issuer(b *book) *access.Issuer {
	ids := 0
	return access.NewIssuer(tenants{b}, keys{b}, rand.Reader, func() string { ids++; return strings.Repeat("i", ids) }, time.Now)
}

func newKey(t *testing.T, i *access.Issuer) (string, access.Key) {
	t.Helper()
	key, kept, err := i.CreateKey(t.Context(), access.Request{Tenant: "demo", Scopes: []access.Scope{access.Read}})
	if err != nil {
		t.Fatal(err)
	}
	return key, kept
}

func TestKeysCarryAChecksum(t *testing.T) {
	t.Parallel()
	key, kept := newKey(t, issuer(newBook()))
	if !strings.HasPrefix(key, access.Prefix) || strings.Contains(kept.Hint, key[len(access.Prefix)+4:]) {
		t.Errorf("key %q, hint %q", key, kept.Hint)
	}
	if hash, ok := access.HashKey(key); !ok || hash != kept.Hash {
		t.Error("the key does not hash to what is kept")
	}
	flipped := []byte(key)
	flipped[len(access.Prefix)] ^= 1
	for _, bad := range []string{"", "fp_live_", string(flipped), key + "x", strings.Replace(key, "live", "test", 1)} {
		if _, ok := access.HashKey(bad); ok {
			t.Errorf("%q passed for a key", bad)
		}
	}
}

func TestNoKeyWithoutRandomness(t *testing.T) {
	t.Parallel()
	b := newBook()
	i := access.NewIssuer(tenants{b}, keys{b}, bytes.NewReader(nil), func() string { return "id" }, time.Now)
	if key, _, err := i.CreateKey(t.Context(), access.Request{Tenant: "demo"}); err == nil {
		t.Errorf("made %q from nothing", key)
	}
}

func TestARevokedKeyStopsWithinASecond(t *testing.T) {
	t.Parallel()
	b, now := newBook(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	i := issuer(b)
	key, kept := newKey(t, i)
	a := access.NewAuthenticator(b, nil, nil, recollection(nil, func() time.Time { return now }))
	for range 100 {
		if _, err := a.Authenticate(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if b.lookups != 1 {
		t.Errorf("%d look-ups for one key", b.lookups)
	}
	if err := i.RevokeKey(t.Context(), "demo", kept.ID); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	if _, err := a.Authenticate(t.Context(), key); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("a second after: %v", err)
	}
}

func TestGuessesCostNoLookup(t *testing.T) {
	t.Parallel()
	b := newBook()
	a := access.NewAuthenticator(b, nil, nil, recollection(nil, time.Now))
	if _, err := a.Authenticate(t.Context(), access.Prefix+strings.Repeat("a", 46)); !errors.Is(err, access.ErrUnauthenticated) {
		t.Error(err)
	}
	if b.lookups != 0 {
		t.Error("a key with a bad checksum was looked up")
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	p := access.Principal{Scopes: []access.Scope{access.Read}}
	if err := p.Require(identity.ReadFootball); err != nil {
		t.Error(err)
	}
	if err := p.Require(identity.RunOperations); !errors.Is(err, access.ErrForbidden) {
		t.Error(err)
	}
	if _, err := access.From(t.Context()); !errors.Is(err, access.ErrUnauthenticated) {
		t.Error(err)
	}
	if got, err := access.From(access.With(t.Context(), p)); err != nil || len(got.Scopes) != 1 {
		t.Error(got, err)
	}
}
