package main

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/test/harness"
)

// shifted is a clock that runs, and that a test puts forward.
type shifted struct{ by atomic.Int64 }

func (s *shifted) now() time.Time { return time.Now().Add(time.Duration(s.by.Load())) }

func (s *shifted) forward(d time.Duration) { s.by.Add(int64(d)) }

// Two servers read one file of secrets at different moments, while it goes
// through all steps of an exchange: none refuses what the other has signed.
func TestTheSecretOfTokensIsExchangedUnderRunningServers(t *testing.T) {
	t.Parallel()
	var (
		clock    shifted
		database = harness.Postgres(t)
		path     = filepath.Join(t.TempDir(), "tokens")
	)
	must(t, crypto.GenerateSecrets(path, clock.now()))
	start := func() *office { return openOffice(t, database, domain.Clock(clock.now), "JWT_SECRET_KEY_FILE="+path) }
	a := start()
	clock.forward(17 * time.Second) // so that they never read at the same moment
	b := start()
	acme := a.tenant("acme")
	early := a.signIn("acme", "admin@acme.com", goodPassword)
	pass := func(d time.Duration) {
		t.Helper()
		for range d / (10 * time.Second) {
			clock.forward(10 * time.Second)
			for _, way := range [][2]*office{{a, b}, {b, a}} {
				p := way[0].signIn("acme", "admin@acme.com", goodPassword)
				way[1].call("GET", "users/me", p.access, nil).want(t, 200, "admin@acme.com")
				fresh := way[1].refresh(p.refresh).want(t, 200, "access_token")
				way[0].call("GET", "users/me", fresh.field(t, "access_token"), nil).want(t, 200, "admin@acme.com")
			}
			b.call("GET", "users/me", early.access, nil).want(t, 200, "admin@acme.com")
		}
	}
	pass(40 * time.Second)
	_, err := crypto.AddSecret(path, clock.now())
	must(t, err)
	pass(130 * time.Second)
	_, err = crypto.PromoteSecret(path, clock.now())
	must(t, err)
	pass(130 * time.Second)
	late := b.signIn("acme", "admin@acme.com", goodPassword)
	// The month that --retire waits for would outlast the tokens themselves.
	_, err = crypto.RetireSecrets(path, 0, clock.now())
	must(t, err)
	clock.forward(31 * time.Second)
	for _, o := range []*office{a, b} {
		o.call("GET", "users/me", early.access, nil).want(t, 401, "access.unauthenticated")
		o.refresh(early.refresh).want(t, 401, "auth.session_ended")
		o.call("GET", "users/me", late.access, nil).want(t, 200, "admin@acme.com")
	}
	a.refresh(late.refresh).want(t, 200, "access_token")
	a.sound(acme, "auth.signed_in")
}
