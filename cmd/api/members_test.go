package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
)

func TestAnInvitedUser(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	invite := func(email, role string) reply {
		return o.call("POST", "users", admin, map[string]string{"email": email, "name": "Grace\u202e Hopper", "role": role})
	}
	made := invite("Grace@acme.com", "viewer").want(t, 201, `"invited":true`)
	invite("grace@acme.com", "viewer").want(t, 409, "user.exists")
	invite("x@acme.com", "operator").want(t, 403, "user.platform_role")
	invite("nonsense", "viewer").want(t, 422, "body.email")
	id := made.field(t, "id")
	o.call("POST", "auth/login", "", credentials("acme", "grace@acme.com", "")).want(t, 422, "")
	o.call("POST", "auth/password/reset", "", map[string]string{"token": o.mailed("grace@acme.com", 1), "password": "grace under pressure"}).want(t, 204, "")
	grace := o.signIn("acme", "grace@acme.com", "grace under pressure").access
	o.call("GET", "users", grace, nil).want(t, 403, "users:manage")
	o.call("GET", "users", admin, nil).want(t, 200, "grace@acme.com")

	o.call("PUT", "users/"+id+"/roles", grace, map[string]string{"role": "tenant_admin"}).want(t, 403, "access.forbidden")
	o.call("PUT", "users/"+id+"/roles", admin, map[string]string{"role": "analyst"}).want(t, 200, `"role":"analyst"`)
	eventually(t, "another role ends sessions", func() bool { return o.call("GET", "users/me", grace, nil).status == 401 })
	grace = o.signIn("acme", "grace@acme.com", "grace under pressure").access
	o.call("PATCH", "users/"+id, admin, map[string]bool{"disabled": true}).want(t, 200, `"disabled":true`)
	eventually(t, "a disabled user is out", func() bool { return o.call("GET", "users/me", grace, nil).status == 401 })
	o.call("POST", "auth/login", "", credentials("acme", "grace@acme.com", "grace under pressure")).want(t, 401, "auth.refused")
	o.call("DELETE", "users/"+id, admin, nil, "If-Match", made.header.Get("ETag")+`"stale"`).want(t, 412, "request.precondition")
	o.call("DELETE", "users/"+id, admin, nil).want(t, 204, "")
	o.call("GET", "users/"+id, admin, nil).want(t, 404, "user.unknown")
	events := o.call("GET", "audit-events?target=user:"+id, admin, nil).want(t, 200, "user.removed")
	if strings.Contains(events.body, "grace@") {
		t.Errorf("the audit log still names the user: %s", events.body)
	}
	o.sound(acme, "user.created", "user.role_changed", "user.removed")
}

func TestNobodyReachesIntoAnotherTenant(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme, globex := o.tenant("acme"), o.tenant("globex")
	theirs := o.user(globex, "hank@globex.com", identity.Viewer)
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	missing := "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", "users/%s", nil},
		{"PATCH", "users/%s", map[string]bool{"disabled": true}},
		{"PUT", "users/%s/roles", map[string]string{"role": "viewer"}},
		{"DELETE", "users/%s", nil},
	} {
		other := o.call(c.method, fmt.Sprintf(c.path, theirs.ID), admin, c.body, "X-Request-ID", "same").want(t, 404, "user.unknown")
		none := o.call(c.method, fmt.Sprintf(c.path, missing), admin, c.body, "X-Request-ID", "same").want(t, 404, "user.unknown")
		if other.body != none.body {
			t.Errorf("%s tells another tenant's user from none:\n%s\n%s", c.method, other.body, none.body)
		}
	}
	if list := o.call("GET", "users", admin, nil).want(t, 200, "admin@acme.com"); strings.Contains(list.body, "globex") {
		t.Errorf("the list shows another tenant: %s", list.body)
	}
	o.sound(acme)
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	second := o.user(acme, "second@acme.com", identity.TenantAdmin)
	one, two := o.signIn("acme", "admin@acme.com", goodPassword).access, o.signIn("acme", "second@acme.com", goodPassword).access
	me := o.call("GET", "users/me", one, nil).want(t, 200, "").field(t, "id")
	// Each takes the other's role away at once: one of them must fail.
	var (
		wait sync.WaitGroup
		done atomic.Int32
	)
	for token, id := range map[string]string{one: second.ID, two: me} {
		wait.Go(func() {
			if o.call("PUT", "users/"+id+"/roles", token, map[string]string{"role": "viewer"}).status == 200 {
				done.Add(1)
			}
		})
	}
	wait.Wait()
	if done.Load() != 1 {
		t.Fatalf("%d of two administrators lost their role", done.Load())
	}
	works := func(token string) bool { return o.call("GET", "users", token, nil).status == 200 }
	eventually(t, "one of them is out", func() bool { return works(one) != works(two) })
	left, id := one, me
	if works(two) {
		left, id = two, second.ID
	}
	o.call("DELETE", "users/"+id, left, nil).want(t, 409, "user.last_admin")
	o.call("PATCH", "users/"+id, left, map[string]bool{"disabled": true}).want(t, 409, "user.last_admin")
	o.call("GET", "users", left, nil).want(t, 200, "")
}

func TestSeatsAreNeverOversold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tenant("acme") // ten seats, one taken
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	var (
		wait  sync.WaitGroup
		taken atomic.Int32
	)
	for i := range 20 {
		wait.Go(func() {
			r := o.call("POST", "users", admin, map[string]string{"email": fmt.Sprintf("u%d@acme.com", i), "name": "U", "role": "viewer"})
			switch {
			case r.status == 201:
				taken.Add(1)
			case r.status != 429 || !strings.Contains(r.body, "quota.users"):
				t.Errorf("answer %d %s", r.status, r.body)
			}
		})
	}
	wait.Wait()
	if taken.Load() != 9 {
		t.Errorf("%d users got a seat, want 9", taken.Load())
	}
}
