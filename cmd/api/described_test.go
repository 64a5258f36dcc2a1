package main

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
)

// described is an operation as the document describes it.
type described struct {
	*huma.Operation
	method, path string // path as a template, below /api/v1/
	needs        identity.Permission
	anonymous    bool
}

// operations are all below /api/v1, in a fixed order.
func (o *office) operations() (all []described) {
	const prefix = "/api/v1/"
	for path, item := range o.api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
		} {
			if op == nil || !strings.HasPrefix(path, prefix) {
				continue
			}
			needs, _ := op.Extensions["x-permission"].(string)
			all = append(all, described{op, method, strings.TrimPrefix(path, prefix), identity.Permission(needs), len(op.Security) == 0})
		}
	}
	sort.Slice(all, func(i, j int) bool {
		return cmp.Or(cmp.Compare(all[i].path, all[j].path), cmp.Compare(all[i].method, all[j].method)) < 0
	})
	return all
}

// somewhere is the operation's path with ids that nothing has.
func (d described) somewhere() string {
	return strings.NewReplacer("{id}", missingID, "{code}", "no-league", "{version}", "no-model").Replace(d.path)
}

const missingID = "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"

// The table of permissions, printed with what it means for each operation:
// none may be forgotten, and none may be closed to everybody.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	used := map[identity.Permission]bool{}
	for _, op := range o.operations() {
		if op.anonymous {
			t.Logf("%-6s %-45s anybody", op.method, op.path)
			continue
		}
		var who []string
		for _, role := range identity.Roles {
			if access.RoleAllows(role, op.needs) {
				who = append(who, string(role))
			}
		}
		for _, scope := range access.Scopes {
			if access.ScopeAllows(scope, op.needs) {
				who = append(who, "key:"+string(scope))
			}
		}
		used[op.needs] = true
		t.Logf("%-6s %-45s %-18s %s", op.method, op.path, op.needs, strings.Join(who, " "))
		if !slices.Contains(identity.Permissions, op.needs) || len(who) == 0 || len(who) == len(identity.Roles)+len(access.Scopes) {
			t.Errorf("%s %s needs %q, which is allowed to %v", op.method, op.path, op.needs, who)
		}
	}
	if len(used) < 8 {
		t.Errorf("only %d permissions guard anything", len(used))
	}
}

// Every operation, asked with every credential that must not open it, refuses
// as it should. It is made from the document, so that none can be forgotten.
func TestEveryOperationRefuses(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme, shut := o.tenant("acme"), o.tenant("shut")
	o.user(acme, "vic@acme.com", identity.Viewer)
	good := o.signIn("acme", "vic@acme.com", goodPassword)
	out := o.signIn("acme", "vic@acme.com", goodPassword)
	o.call("POST", "auth/logout", out.access, map[string]bool{}).want(t, 204, "")
	closed := o.signIn("shut", "admin@shut.com", goodPassword)
	closedKey := o.call("POST", "api-keys", closed.access, map[string]any{"name": "k", "scopes": []string{"read"}}).want(t, 201, "").field(t, "key")
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	revoked := o.call("POST", "api-keys", admin, map[string]any{"name": "k", "scopes": []string{"read"}}).want(t, 201, "")
	o.call("DELETE", "api-keys/"+revoked.field(t, "id"), admin, nil).want(t, 204, "")
	live := o.call("POST", "api-keys", admin, map[string]any{"name": "k", "scopes": []string{"predict"}}).want(t, 201, "").field(t, "key")
	_, err := connect(t, o.database.AdminURL).ExecContext(t.Context(), `UPDATE tenants SET status = 'suspended' WHERE tenant_id = ?`, shut.ID)
	must(t, err)
	eventually(t, "a suspended tenant is out", func() bool { return o.call("GET", "users/me", closed.access, nil).status == 401 })
	eventually(t, "a revoked key is out", func() bool {
		return o.call("GET", "teams", "", nil, "X-API-Key", revoked.field(t, "key")).status == 401
	})
	foreign, err := crypto.NewTokens("another secret", time.Now)
	must(t, err)
	stranger, err := foreign.Issue(access.Claims{Purpose: access.AccessToken, TenantID: acme.ID, ExpiresAt: time.Now().Add(time.Hour)})
	must(t, err)
	late, err := crypto.NewTokens("dev-jwt-secret", func() time.Time { return time.Now().Add(-2 * time.Hour) })
	must(t, err)
	expired, err := late.Issue(access.Claims{Purpose: access.AccessToken, TenantID: acme.ID, ExpiresAt: time.Now().Add(-time.Hour)})
	must(t, err)
	type credential struct {
		name, header, value string
		want                func(described) int
	}
	unknown := func(described) int { return http.StatusUnauthorized }
	lower := func(allowed func(identity.Permission) bool) func(described) int {
		return func(d described) int {
			if allowed(d.needs) {
				return 0 // which is allowed, and shown elsewhere
			}
			return http.StatusForbidden
		}
	}
	credentials := []credential{
		{"none", "X-None", "", unknown},
		{"rubbish as a key", "X-API-Key", "fp_live_rubbish", unknown},
		{"rubbish as a token", "Authorization", "Bearer a.b.c", unknown},
		{"an expired token", "Authorization", "Bearer " + expired, unknown},
		{"a token that another signed", "Authorization", "Bearer " + stranger, unknown},
		{"a refresh token", "Authorization", "Bearer " + good.refresh, unknown},
		{"a session that ended", "Authorization", "Bearer " + out.access, unknown},
		{"a revoked key", "X-API-Key", revoked.field(t, "key"), unknown},
		{"a suspended tenant's user", "Authorization", "Bearer " + closed.access, unknown},
		{"a suspended tenant's key", "X-API-Key", closedKey, unknown},
		{"a viewer", "Authorization", "Bearer " + good.access, lower(func(p identity.Permission) bool { return access.RoleAllows(identity.Viewer, p) })},
		{"a key for predicting", "X-API-Key", live, lower(func(p identity.Permission) bool { return access.ScopeAllows(access.Predict, p) })},
	}
	asked := 0
	for _, op := range o.operations() {
		for _, c := range credentials {
			want := c.want(op)
			if op.anonymous || want == 0 {
				continue
			}
			r := o.call(op.method, op.somewhere(), "", nil, c.header, c.value)
			asked++
			if r.status != want || op.Responses[strconv.Itoa(want)] == nil {
				t.Errorf("%s %s with %s = %d %s, want %d", op.method, op.path, c.name, r.status, r.body, want)
			}
			if strings.Contains(r.body, acme.ID) || strings.Contains(r.body, shut.ID) {
				t.Errorf("%s %s with %s tells of a tenant: %s", op.method, op.path, c.name, r.body)
			}
		}
	}
	t.Logf("%d requests refused", asked)
}
