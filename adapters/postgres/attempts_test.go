package postgres_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/test/harness"
)

// brakes is the counting of attempts on one account.
type brakes struct {
	t      *testing.T
	kept   *postgres.Attempts
	tenant string
	at     time.Time
}

func newBrakes(t *testing.T) *brakes {
	t.Helper()
	database := harness.Postgres(t)
	ring, err := crypto.Derive("a secret of this test", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return &brakes{
		t: t, kept: postgres.NewAttempts(connect(t, database.AppURL), ring), tenant: newTenant(t, database, "acme").ID,
		at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
	}
}

func (b *brakes) attempt(network string) authenticating.Attempt {
	return authenticating.Attempt{TenantID: b.tenant, Account: "ada@example.com", Network: network, At: b.at}
}

// try is an attempt that fails; it returns how long it came too soon.
func (b *brakes) try(network string) time.Duration {
	b.t.Helper()
	a := b.attempt(network)
	left, err := b.kept.Begin(b.t.Context(), a, func(t authenticating.Tally) time.Duration { return authenticating.Wait(t, a.At) })
	if err != nil {
		b.t.Fatal(err)
	}
	return left
}

func (b *brakes) signIn(network string) {
	b.t.Helper()
	if left := b.try(network); left > 0 {
		b.t.Fatalf("the owner waits %v in %s", left, network)
	}
	if err := b.kept.Succeed(b.t.Context(), b.attempt(network)); err != nil {
		b.t.Fatal(err)
	}
}

func TestAnAttackerCannotLockTheOwnerOut(t *testing.T) {
	t.Parallel()
	b := newBrakes(t)
	b.signIn("home")
	guesses := 0
	for i := range 1_000 { // each network once, a second apart
		b.at = b.at.Add(time.Second)
		if b.try(fmt.Sprint("attacker", i)) == 0 {
			guesses++
		}
	}
	if guesses > 60 {
		t.Errorf("1000 networks got %d guesses in 1000 seconds", guesses)
	}
	b.signIn("home")
	if left := b.try("hotel"); left == 0 {
		t.Error("an unknown network did not wait during the attack")
	}
	b.at = b.at.Add(15 * time.Minute)
	b.signIn("hotel") // the attack has paused
}

func TestOneNetworkGetsFewGuesses(t *testing.T) {
	t.Parallel()
	b := newBrakes(t)
	guesses := 0
	for range 3_600 {
		b.at = b.at.Add(time.Second)
		if b.try("attacker") == 0 {
			guesses++
		}
	}
	if guesses < 5 || guesses > 20 {
		t.Errorf("one network got %d guesses in an hour", guesses)
	}
	b.at = b.at.Add(authenticating.Quiet + time.Minute)
	if left := b.try("attacker"); left != 0 {
		t.Errorf("after a day of quiet it waits %v", left)
	}
	if err := b.kept.Tidy(t.Context(), b.at.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func TestManyAttemptsAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	b := newBrakes(t)
	var (
		wait    sync.WaitGroup
		through atomic.Int32
	)
	for range 40 {
		wait.Go(func() {
			if b.try("attacker") == 0 {
				through.Add(1)
			}
		})
	}
	wait.Wait()
	if through.Load() != 5 { // so many are free
		t.Errorf("%d of 40 at once got through", through.Load())
	}
}
