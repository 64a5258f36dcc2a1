package crypto_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
)

func TestPasswordHashes(t *testing.T) {
	p := crypto.NewPasswords(2)
	hash, err := p.Hash(t.Context(), "a sturdy bridge")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q, %v", hash, err)
	}
	cheap := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$sFUj5AsZ9zVtP1dXmMLjTQYFQ5jBGXYNqGmTzA1yQFI"
	for _, c := range []struct {
		password, hash  string
		right, outdated bool
	}{
		{"a sturdy bridge", hash, true, false},
		{"a sturdy bridgé", hash, false, false},
		{"a sturdy bridge", "", false, false},
		{"", "", false, false},
		{"ａ sturdy bridge", hash, true, false}, // full width, as some keyboards write it
		{"x", cheap, false, true},
	} {
		right, outdated, err := p.Verify(t.Context(), c.password, c.hash)
		if err != nil || right != c.right || outdated != c.outdated {
			t.Errorf("%q against %.20q: %v, outdated %v, %v", c.password, c.hash, right, outdated, err)
		}
	}
	for _, bad := range []string{"x", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=18$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64$AAAA$AAAA"} {
		if _, _, err := p.Verify(t.Context(), "x", bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// Sign-in is open to anybody, so what it takes at once is bounded.
func TestFewHashesAtOnce(t *testing.T) {
	p := crypto.NewPasswords(1)
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		busy int
	)
	for range 60 {
		wait.Go(func() {
			_, err := p.Hash(context.Background(), "a sturdy bridge")
			var known *domain.Error
			if errors.As(err, &known) && known.Kind == domain.Unavailable {
				mu.Lock()
				busy++
				mu.Unlock()
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if busy == 0 || busy > 51 {
		t.Errorf("%d of 60 were sent away; want some, and at least nine served", busy)
	}
}

func TestTokens(t *testing.T) {
	c := newClock()
	tokens := func(secrets string) *crypto.Tokens {
		made, err := crypto.NewTokens(secrets, c.now)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	claims := access.Claims{
		Purpose: access.RefreshToken, TenantID: "t", UserID: "u", Session: "s", Generation: 7, Mark: "m",
		ExpiresAt: c.at.Add(time.Hour),
	}
	old := tokens("first")
	text, err := old.Issue(claims)
	if err != nil {
		t.Fatal(err)
	}
	holds := func(who *crypto.Tokens, purpose access.Purpose, text string) bool {
		got, err := who.Verify(purpose, text)
		return err == nil && got.ExpiresAt.Equal(claims.ExpiresAt) && got.UserID == "u" && got.Generation == 7
	}
	forged := func(method jwt.SigningMethod, key any) string {
		token := jwt.NewWithClaims(method, jwt.MapClaims{"iss": "football-prediction", "aud": "refresh", "sub": "u", "gen": 7, "exp": claims.ExpiresAt.Unix()})
		token.Header["kid"] = strings.Split(text, ".")[0]
		signed, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	for name, c := range map[string]struct {
		who     *crypto.Tokens
		purpose access.Purpose
		text    string
		want    bool
	}{
		"as issued":                  {old, access.RefreshToken, text, true},
		"for another purpose":        {old, access.AccessToken, text, false},
		"with the new secret behind": {tokens("first second"), access.RefreshToken, text, true},
		"with the new secret first":  {tokens("second\nfirst"), access.RefreshToken, text, true},
		"with the old secret gone":   {tokens("second"), access.RefreshToken, text, false},
		"changed":                    {old, access.RefreshToken, text[:len(text)-3] + "AAA", false},
		"unsigned":                   {old, access.RefreshToken, forged(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), false},
		"signed by another":          {old, access.RefreshToken, forged(jwt.SigningMethodHS256, []byte("guess")), false},
		"endless":                    {old, access.RefreshToken, text + strings.Repeat("A", 5000), false},
		"empty":                      {old, access.RefreshToken, "", false},
	} {
		if got := holds(c.who, c.purpose, c.text); got != c.want {
			t.Errorf("%s: holds = %v", name, got)
		}
	}
	c.at = c.at.Add(time.Hour + 6*time.Second)
	if holds(old, access.RefreshToken, text) {
		t.Error("an expired token holds")
	}
	if _, err := crypto.NewTokens(" \n", c.now); err == nil {
		t.Error("no secret at all was taken")
	}
}

func TestCodesOfAuthenticatorApps(t *testing.T) {
	secret, address, err := crypto.Codes{}.New("acme/ada@example.com")
	if err != nil || len(secret) != 32 || !strings.HasPrefix(address, "otpauth://totp/") {
		t.Fatalf("made %q, %q, %v", secret, address, err)
	}
	// RFC 6238, appendix B, with the last six digits.
	const known = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 20000000000: "353130"} {
		for off, want := range map[int64]bool{0: true, 30: true, -30: true, 91: false} {
			step, ok := crypto.Codes{}.Step(known, code, time.Unix(at+off, 0))
			if ok != want || ok && step != at/30 {
				t.Errorf("code of %d, %d s off: step %d, %v", at, off, step, ok)
			}
		}
	}
}
