package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
)

func TestARequestThatIsSentAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	o.tenant("globex")
	o.user(acme, "second@acme.com", identity.TenantAdmin)
	admin, second := o.signIn("acme", "admin@acme.com", goodPassword).access, o.signIn("acme", "second@acme.com", goodPassword).access
	other := o.signIn("globex", "admin@globex.com", goodPassword).access
	ask := func(token, key, name string) reply {
		return o.call("POST", "api-keys", token, map[string]any{"name": name, "scopes": []string{"read"}}, "Idempotency-Key", key)
	}
	first := ask(admin, "k1", "one").want(t, 201, "fp_live_")
	again := ask(admin, "k1", "one").want(t, 201, "fp_live_")
	if again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" || again.header.Get("Cache-Control") != "no-store" {
		t.Errorf("sent again: %s %v\nfirst: %s", again.body, again.header, first.body)
	}
	ask(admin, "k1", "two").want(t, 422, "idempotency.mismatch")
	for _, stranger := range []string{second, other} { // keys of two callers never meet
		if r := ask(stranger, "k1", "one").want(t, 201, "fp_live_"); r.field(t, "key") == first.field(t, "key") {
			t.Error("a caller was told another's key")
		}
	}
	ask(admin, strings.Repeat("k", 256), "one").want(t, 422, "")
	ask(admin, "with space", "one").want(t, 422, "idempotency.key")
	ask(admin, "k2", "").want(t, 422, "") // which is not kept: mended, it succeeds
	ask(admin, "k2", "mended").want(t, 201, "fp_live_")
	if n := strings.Count(o.call("GET", "api-keys", admin, nil).want(t, 200, "").body, `"id"`); n != 3 {
		t.Errorf("acme has %d keys, want 3", n)
	}
	var kept int
	must(t, connect(t, o.database.AdminURL).NewRaw(`SELECT count(*) FROM idempotency_keys WHERE encode(body, 'escape') LIKE '%fp_live_%'`).Scan(t.Context(), &kept))
	if kept != 0 {
		t.Errorf("%d answers stand open in the database", kept)
	}
}

func TestOneOfManyAtOnceIsServed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tenant("acme")
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		bodies = map[string]int{}
	)
	for range 50 {
		wait.Go(func() {
			r := o.call("POST", "users", admin, map[string]string{"email": "new@acme.com", "name": "New", "role": "viewer"}, "Idempotency-Key", "one")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.status == 201:
				bodies[r.body]++
			case r.status != 409 || !strings.Contains(r.body, "idempotency.in_progress") || r.header.Get("Retry-After") == "":
				t.Errorf("answer %d %s %v", r.status, r.body, r.header)
			}
		})
	}
	wait.Wait()
	if len(bodies) != 1 {
		t.Errorf("%d different answers: %v", len(bodies), bodies)
	}
	o.call("POST", "users", admin, map[string]string{"email": "new@acme.com", "name": "New", "role": "viewer"}, "Idempotency-Key", "one").want(t, 201, "new@acme.com")
	if n := len(o.mail.Mails("new@acme.com")); n > 1 {
		t.Errorf("%d invitations were mailed", n)
	}
}

// A server that dies between doing and telling leaves a request that has begun.
func TestARequestWhoseServerDied(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tenant("acme")
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	ask := func() reply {
		return o.call("POST", "users", admin, map[string]string{"email": "new@acme.com", "name": "New", "role": "viewer"}, "Idempotency-Key", "one")
	}
	ask().want(t, 201, "")
	db := connect(t, o.database.AdminURL)
	unfinish := func(ago string) {
		_, err := db.ExecContext(t.Context(), `UPDATE idempotency_keys SET status = NULL, body = NULL, begun_at = now() - ?::interval`, ago)
		must(t, err)
	}
	unfinish("10 seconds")
	ask().want(t, 409, "idempotency.in_progress")
	unfinish("2 minutes")
	ask().want(t, 409, "user.exists") // done before, and not twice
	unfinish("2 days")
	ask().want(t, 409, "user.exists")
}
