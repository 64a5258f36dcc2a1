package rest_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/issuing"
)

// drawer is where keys are kept: one that every test finds.
type drawer struct {
	issuing.Store
	all []access.Key
}

func newClerk(clock func() time.Time) *issuing.Clerk {
	d, unit := &drawer{all: []access.Key{{ID: id(2, 3), Name: "reporting", Scopes: []access.Scope{access.Read}, CreatedAt: now}}}, &people{}
	issuer := access.NewIssuer(nil, d, rand.Reader, func() string { return id(4, len(d.all)) }, clock)
	return issuing.NewClerk(issuing.Parts{Issuer: issuer, Store: d, Unit: unit, Recorder: unit, Now: clock})
}

func (d *drawer) Lock(context.Context, string) error                   { return nil }
func (d *drawer) Live(context.Context, string, time.Time) (int, error) { return len(d.all), nil }

func (d *drawer) List(context.Context, string, catalogue.Page) ([]access.Key, error) {
	return d.all, nil
}

func (d *drawer) Create(_ context.Context, k access.Key) error {
	d.all = append(d.all, k)
	return nil
}

func (d *drawer) Get(_ context.Context, _, keyID string) (access.Key, error) {
	for _, k := range d.all {
		if k.ID == keyID {
			return k, nil
		}
	}
	return access.Key{}, access.ErrNoKey
}

func (d *drawer) Revoke(_ context.Context, _, keyID string, at time.Time) error {
	for i := range d.all {
		if d.all[i].ID == keyID {
			d.all[i].RevokedAt = at
		}
	}
	return nil
}

func TestAPIKeys(t *testing.T) {
	s := newServer(t)
	const at = "/api/v1/api-keys"
	wantProblem(t, s.get(at, "X-API-Key", s.manager), http.StatusForbidden, "access.forbidden") // a stolen key must not make others
	made := s.call(http.MethodPost, at, `{"name":"nightly","scopes":["read","predict"],"expires_at":"2027-01-01T00:00:00Z"}`)
	key := decode[struct{ ID, Key, Hint string }](t, made)
	if _, ok := access.HashKey(key.Key); made.Code != http.StatusCreated || !ok || !strings.HasPrefix(key.Key, key.Hint) || made.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("making a key = %d %s %v", made.Code, made.Body, made.Header())
	}
	if w := s.get(at + "/" + key.ID); w.Code != http.StatusOK || strings.Contains(w.Body.String(), key.Key) {
		t.Errorf("getting it = %d %s", w.Code, w.Body)
	}
	wantProblem(t, s.call(http.MethodPost, at, `{"name":"late","scopes":["read"],"expires_at":"2020-01-01T00:00:00Z"}`), http.StatusUnprocessableEntity, "api_key.expires_at")
	for range 2 {
		if w := s.call(http.MethodDelete, at+"/"+key.ID, ""); w.Code != http.StatusNoContent {
			t.Errorf("revoking = %d %s", w.Code, w.Body)
		}
	}
	wantProblem(t, s.call(http.MethodDelete, at+"/"+id(4, 99), ""), http.StatusNotFound, "api_key.unknown")
	for i := 2; ; i++ {
		w := s.call(http.MethodPost, at, `{"name":"many","scopes":["read"]}`)
		if i == issuing.MaxLive {
			wantProblem(t, w, http.StatusConflict, "api_key.too_many")
			break
		}
		if w.Code != http.StatusCreated {
			t.Fatalf("key %d = %d %s", i, w.Code, w.Body)
		}
	}
}
