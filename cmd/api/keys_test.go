package main

import (
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
)

func TestAKeyFromTheCradleToTheGrave(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	o.tenant("globex")
	o.user(acme, "vic@acme.com", identity.Viewer)
	admin, other := o.signIn("acme", "admin@acme.com", goodPassword).access, o.signIn("globex", "admin@globex.com", goodPassword).access
	vic := o.signIn("acme", "vic@acme.com", goodPassword).access
	o.call("POST", "api-keys", vic, map[string]any{"name": "x", "scopes": []string{"read"}}).want(t, 403, "api_keys:manage")
	made := o.call("POST", "api-keys", admin, map[string]any{"name": "reporting", "scopes": []string{"read"}}).want(t, 201, "fp_live_")
	o.call("POST", "api-keys", admin, map[string]any{"name": "x", "scopes": []string{"operate"}}).want(t, 403, "api_key.scope")
	id, key := made.field(t, "id"), made.field(t, "key")
	o.call("GET", "competitions", "", nil, "X-API-Key", key).want(t, 200, "items")
	o.call("GET", "users", "", nil, "X-API-Key", key).want(t, 403, "users:manage")
	used := o.call("GET", "api-keys/"+id, admin, nil).want(t, 200, `"name":"reporting"`)
	if used.field(t, "last_used_at") == "" {
		t.Errorf("nobody noted that it was used: %s", used.body)
	}
	o.call("GET", "api-keys/"+id, other, nil).want(t, 404, "api_key.unknown")
	o.call("DELETE", "api-keys/"+id, other, nil).want(t, 404, "api_key.unknown")
	o.call("DELETE", "api-keys/"+id, admin, nil).want(t, 204, "")
	eventually(t, "a revoked key stops", func() bool { return o.call("GET", "competitions", "", nil, "X-API-Key", key).status == 401 })
	o.call("GET", "api-keys", admin, nil).want(t, 200, `"revoked_at":"20`)
	o.sound(acme, "api_key.created", "api_key.revoked")
}
