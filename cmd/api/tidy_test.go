package main

import (
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
)

// What has expired is deleted when a server starts, and then now and again.
func TestWhatHasExpiredIsDeleted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	o.user(acme, "vic@acme.com", identity.Viewer)
	o.signIn("acme", "vic@acme.com", goodPassword)
	o.call("POST", "auth/login", "", credentials("acme", "vic@acme.com", "wrong"))
	admin := o.signIn("acme", "admin@acme.com", goodPassword).access
	o.call("POST", "api-keys", admin, map[string]any{"name": "k", "scopes": []string{"read"}}, "Idempotency-Key", "k").want(t, 201, "")
	db := connect(t, o.database.AdminURL)
	for _, statement := range []string{
		`UPDATE sessions SET created_at = now() - interval '61 days' WHERE id IN (SELECT id FROM sessions LIMIT 1)`,
		`UPDATE sign_in_attempts SET last_at = now() - interval '25 hours'`,
		`UPDATE known_networks SET seen_at = now() - interval '91 days'`,
		`UPDATE idempotency_keys SET begun_at = now() - interval '25 hours'`,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		must(t, err)
	}
	newOfficeOn(t, o.database)
	count := func(table string) (n int) {
		must(t, db.NewRaw(`SELECT count(*) FROM `+table).Scan(t.Context(), &n))
		return n
	}
	eventually(t, "what has expired is gone", func() bool {
		return count("sessions") == 1 && count("sign_in_attempts") == 0 && count("known_networks") == 0 && count("idempotency_keys") == 0
	})
}
