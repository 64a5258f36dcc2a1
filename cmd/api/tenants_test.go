package main

import (
	"fmt"
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
)

func TestTheLifeOfATenant(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	home, acme := o.platform(), o.tenant("acme")
	o.user(home, "root@platform.com", identity.PlatformAdmin)
	o.user(home, "op@platform.com", identity.Operator)
	root, operator := o.signIn(tenancy.PlatformSlug, "root@platform.com", goodPassword).access, o.signIn(tenancy.PlatformSlug, "op@platform.com", goodPassword).access
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	for _, stranger := range []string{admin, operator} {
		o.call("GET", "tenants", stranger, nil).want(t, 403, "platform:manage")
		o.call("POST", "tenants/"+acme.ID+"/suspend", stranger, map[string]string{"reason": "mischief"}).want(t, 403, "platform:manage")
	}
	o.call("GET", "tenants?limit=1", root, nil).want(t, 200, `"slug":"acme"`)
	made := o.call("POST", "tenants", root, map[string]any{"slug": "globex", "name": "Globex", "plan": "professional", "trial": true}).want(t, 201, `"status":"trial"`)
	globex := made.field(t, "id")
	o.call("POST", "tenants", root, map[string]any{"slug": "globex"}).want(t, 409, "tenant.exists")
	o.call("POST", "tenants", root, map[string]any{"slug": "Globex!"}).want(t, 422, "body.slug")
	o.call("POST", "tenants", root, map[string]any{"slug": "custom", "plan": "custom"}).want(t, 422, "body.limits")

	o.user(tenancy.Tenant{ID: globex, Slug: "globex", Limits: tenancy.Limits{Users: 50}}, "gus@globex.com", identity.TenantAdmin)
	gus := o.signIn("globex", "gus@globex.com", goodPassword).access
	key := o.call("POST", "api-keys", gus, map[string]any{"name": "k", "scopes": []string{"read"}}).want(t, 201, "").field(t, "key")
	_, err := connect(t, o.database.AdminURL).ExecContext(t.Context(), `UPDATE tenants SET trial_ends = now() - interval '1 second' WHERE slug = 'globex'`)
	must(t, err)
	out := func() bool {
		return o.call("GET", "users/me", gus, nil).status == 401 && o.call("GET", "teams", "", nil, "X-API-Key", key).status == 401
	}
	eventually(t, "a trial that is over stops all credentials", out)
	o.call("POST", "auth/login", "", credentials("globex", "gus@globex.com", goodPassword)).want(t, 403, "tenant.expired")
	o.call("GET", "tenants/"+globex, root, nil).want(t, 200, `"status":"expired"`)
	o.call("POST", "tenants/"+globex+"/activate", root, map[string]string{"reason": "paid"}).want(t, 200, `"status":"active"`)
	eventually(t, "an active tenant calls", func() bool { return o.call("GET", "teams", "", nil, "X-API-Key", key).status == 200 })
	o.call("POST", "tenants/"+globex+"/suspend", root, map[string]string{"reason": "unpaid"}).want(t, 200, `"status":"suspended"`)
	eventually(t, "a suspended tenant is out", out)
	o.call("POST", "tenants/"+globex+"/suspend", root, map[string]string{"reason": "unpaid"}).want(t, 409, "tenant.transition")
	o.call("POST", "tenants/"+home.ID+"/suspend", root, map[string]string{"reason": "oops"}).want(t, 409, "tenant.transition")
	o.sound(tenancy.Tenant{ID: globex}, "tenant.created", "tenant.status_changed")
}

func TestPlansAndSettings(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	home, acme := o.platform(), o.tenant("acme")
	o.user(home, "root@platform.com", identity.PlatformAdmin)
	root, admin := o.signIn(tenancy.PlatformSlug, "root@platform.com", goodPassword).access, o.signIn("acme", "admin@acme.com", goodPassword).access
	at := "tenants/" + acme.ID
	o.call("PATCH", at, root, map[string]any{"plan": "professional"}).want(t, 200, `"users":50`)
	acme.Limits.Users = 50
	for i := range 11 {
		o.user(acme, fmt.Sprintf("u%d@acme.com", i), identity.Viewer)
	}
	o.call("PATCH", at, root, map[string]any{"plan": "basic"}).want(t, 409, "remove 2 first")
	limits := map[string]int{"users": 12, "predictions": 5, "api_calls": 2000, "storage_mb": 10}
	o.call("PATCH", at, root, map[string]any{"plan": "custom", "limits": limits}).want(t, 200, `"api_calls":2000`)
	o.call("PATCH", at, root, map[string]any{"plan": "basic", "limits": limits}).want(t, 422, "body.limits")

	own := o.call("GET", "tenant", admin, nil).want(t, 200, `"time_zone":"UTC"`)
	settings := map[string]any{"time_zone": "Asia/Shanghai", "language": "zh", "odds_format": "fractional", "retention_days": 90}
	tag := own.header.Get("ETag")
	o.call("PATCH", "tenant", admin, map[string]any{"name": "Acme 上海", "settings": settings}, "If-Match", tag).want(t, 200, "Asia/Shanghai")
	o.call("PATCH", "tenant", admin, map[string]any{"name": "Acme"}, "If-Match", tag).want(t, 412, "request.precondition")
	for name, value := range map[string]any{"time_zone": "Mars/Olympus", "language": "xx", "odds_format": "roman", "retention_days": 1} {
		broken := map[string]any{}
		for k, v := range settings {
			broken[k] = v
		}
		broken[name] = value
		o.call("PATCH", "tenant", admin, map[string]any{"settings": broken}).want(t, 422, "body.settings."+name)
	}
	o.call("PATCH", "tenant", admin, map[string]any{"plan": "enterprise"}).want(t, 422, "") // which is not the tenant's to choose
	o.call("POST", "auth/password/forgot", "", map[string]string{"tenant": "acme", "email": "admin@acme.com"}).want(t, 202, "")
	o.mailed("admin@acme.com", 1)
	o.sound(acme, "tenant.changed", "tenant.settings_changed")
}
