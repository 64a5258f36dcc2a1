package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// person is the access token of the one user there is. How people really sign
// in is tested where the database is.
const person = "a-person"

type badge struct{ access.Tokens }

func (badge) Verify(p access.Purpose, text string) (access.Claims, error) {
	if text != person || p != access.AccessToken {
		return access.Claims{}, access.ErrUnauthenticated
	}
	return access.Claims{TenantID: id(8, 1), UserID: id(1, 0), Session: id(6, 1)}, nil
}

func (badge) Principal(_ context.Context, c access.Claims, _ time.Time) (access.Principal, error) {
	return access.Principal{
		TenantID: c.TenantID, Tenant: "acme", Subject: identity.SubjectOf(c.UserID), UserID: c.UserID, Session: c.Session, Role: identity.PlatformAdmin,
	}, nil
}

// people are the users of a tenant: one, until another is invited.
type people struct {
	membership.Users
	all []identity.User
}

func newMembers(clock func() time.Time) *membership.Members {
	p := &people{all: []identity.User{{
		TenantID: id(8, 1), ID: id(1, 0), Email: "ada@example.com", Name: "Ada", Role: identity.TenantAdmin, Password: "set",
		CreatedAt: now, UpdatedAt: now, Version: 1,
	}}}
	return membership.NewMembers(membership.Parts{
		Users: p, Tenants: p, Sessions: endless{}, Inviter: p, Eraser: p, Unit: p, Recorder: p, Now: clock, NewID: func() string { return id(1, 9) },
	})
}

func (p *people) Within(ctx context.Context, _ string, use func(context.Context) error) error {
	return use(ctx)
}
func (p *people) Record(context.Context, auditing.Event) error                { return nil }
func (p *people) Erase(context.Context, string, string) (int, error)          { return 0, nil }
func (p *people) Invite(context.Context, tenancy.Tenant, identity.User) error { return nil }
func (p *people) Lock(context.Context, string) error                          { return nil }
func (p *people) Count(context.Context, string) (users, managers int, err error) {
	return len(p.all), 1, nil
}

func (p *people) Create(_ context.Context, u identity.User) error {
	p.all = append(p.all, u)
	return nil
}

func (p *people) List(context.Context, string, catalogue.Page) ([]identity.User, error) {
	return p.all, nil
}

// endless are sessions that nobody can end.
type endless struct{ authenticating.Sessions }

func (endless) EndAll(context.Context, string, string, string, authenticating.Reason, time.Time) error {
	return nil
}

func (p *people) BySlug(context.Context, string) (tenancy.Tenant, error) {
	return tenancy.Tenant{
		ID: id(8, 1), Slug: "acme", Name: "Acme", Status: tenancy.Active, Plan: tenancy.Basic, Settings: tenancy.DefaultSettings,
		Limits: tenancy.Limits{Users: 2, Predictions: 1, APICalls: 1, StorageMB: 1}, CreatedAt: now,
	}, nil
}

func (p *people) ByID(_ context.Context, _, userID string) (identity.User, error) {
	for _, u := range p.all {
		if u.ID == userID {
			return u, nil
		}
	}
	return identity.User{}, identity.ErrUnknown
}

func (p *people) Change(_ context.Context, u identity.User) error {
	for i := range p.all {
		if p.all[i].ID == u.ID {
			u.Version++
			p.all[i] = u
		}
	}
	return nil
}

func TestChangesOnlyWhatTheCallerKnows(t *testing.T) {
	s := newServer(t)
	at := "/api/v1/users/" + id(1, 0)
	tag := s.get(at).Header().Get("ETag")
	for _, c := range []struct {
		sent string
		want int
	}{
		{`"other"`, http.StatusPreconditionFailed},
		{"W/" + tag, http.StatusPreconditionFailed}, // a weak tag matches nothing
		{`"other", ` + tag, http.StatusOK},
		{tag, http.StatusPreconditionFailed}, // it has changed
		{"*", http.StatusOK},
		{"", http.StatusOK},
	} {
		w := s.call(http.MethodPatch, at, `{"name":"Ada `+strings.Repeat("I", len(c.sent)%7+1)+`"}`, "If-Match", c.sent)
		if w.Code != c.want {
			t.Errorf("If-Match %s = %d %s, want %d", c.sent, w.Code, w.Body, c.want)
		}
	}
}

func TestOneCredentialAtATime(t *testing.T) {
	s := newServer(t)
	wantProblem(t, s.get("/api/v1/teams", "Authorization", "Bearer "+person), http.StatusBadRequest, "request.credentials")
	for _, sent := range []string{"Bearer", "Bearer x", "Basic YTpi", "bearer  " + person + "x", person} {
		wantProblem(t, s.get("/api/v1/teams", "X-API-Key", "", "Authorization", sent), http.StatusUnauthorized, "access.unauthenticated")
	}
	if w := s.get("/api/v1/teams", "X-API-Key", "", "Authorization", "bearer "+person); w.Code != http.StatusOK {
		t.Errorf("the scheme in lower case = %d", w.Code)
	}
	wantProblem(t, s.get("/api/v1/users/me", "X-API-Key", s.reader, "Authorization", ""), http.StatusForbidden, "access.forbidden")
}

// towns are all tenants: one.
type towns struct{ people }

func (*towns) ByID(context.Context, string) (tenancy.Tenant, error) {
	return (&people{}).BySlug(context.Background(), "")
}
func (*towns) Create(context.Context, tenancy.Tenant) error { return nil }
func (t *towns) List(ctx context.Context) ([]tenancy.Tenant, error) {
	one, err := t.ByID(ctx, "")
	return []tenancy.Tenant{one}, err
}

func newKeeper(clock func() time.Time) *provisioning.Keeper {
	t := &towns{}
	return provisioning.NewKeeper(provisioning.NewRegistrar(t, func() string { return id(8, 2) }, clock), t, nil, t, t, clock)
}
