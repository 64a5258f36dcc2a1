package postgres_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/test/harness"
)

// Of many that claim a resource at once one gets it, and again; the others hear
// who has it, until it is given back or lapses.
func TestOneHoldsALease(t *testing.T) {
	t.Parallel()
	leases := postgres.NewLeases(connect(t, harness.Postgres(t).AppURL))
	claim := func(holder string) exclusion.Claim {
		return exclusion.Claim{Resource: exclusion.Database, Holder: holder, Purpose: "backup of " + holder}
	}
	var got atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			err := leases.Acquire(t.Context(), claim(string(rune('a'+i))), time.Minute)
			if err == nil {
				got.Add(1)
			} else if !errors.Is(err, exclusion.ErrHeld) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Fatalf("%d hold it", got.Load())
	}
	other := claim("another")
	err := leases.Acquire(t.Context(), other, time.Minute)
	if !errors.Is(err, exclusion.ErrHeld) || !strings.Contains(err.Error(), "backup of ") {
		t.Errorf("error %v", err)
	}
	must(t, leases.Release(t.Context(), other)) // what it does not hold stays
	if err := leases.Acquire(t.Context(), other, time.Minute); !errors.Is(err, exclusion.ErrHeld) {
		t.Errorf("after another's release: %v", err)
	}
	redis := exclusion.Claim{Resource: exclusion.Redis, Holder: "a"}
	must(t, leases.Acquire(t.Context(), redis, time.Minute))
	must(t, leases.Acquire(t.Context(), redis, -time.Second)) // it lapses
	redis.Holder = "b"
	must(t, leases.Acquire(t.Context(), redis, time.Minute))
	must(t, leases.Release(t.Context(), redis))
	redis.Holder = "c"
	must(t, leases.Acquire(t.Context(), redis, time.Minute))
}

// A claim on the service is seen for as long as it lasts, and so is that its
// holder has ended it.
func TestAPauseIsSeen(t *testing.T) {
	t.Parallel()
	leases := postgres.NewLeases(connect(t, harness.Postgres(t).AppURL))
	if _, ok, err := leases.Last(t.Context()); ok || err != nil {
		t.Errorf("before there was one: %v, %v", ok, err)
	}
	run := exclusion.Claim{Resource: exclusion.Service, Holder: "restore/run", Purpose: "a restore"}
	must(t, leases.Acquire(t.Context(), run, time.Hour))
	p, ok, err := leases.Last(t.Context())
	if err != nil || !ok || p.Holder != "restore/run" || p.Purpose != "a restore" || p.Left < 59*time.Minute || p.Left > time.Hour || p.Since.IsZero() {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
	must(t, leases.Release(t.Context(), run))
	if p, ok, err := leases.Last(t.Context()); err != nil || !ok || p.Holder != "restore/run" || p.Left > 0 {
		t.Errorf("after its end: %+v, %v, %v", p, ok, err)
	}
}

// In a restored database there are claims of the past; whoever has restored it
// does not wait for them to lapse.
func TestClaimsOfThePastEnd(t *testing.T) {
	t.Parallel()
	db := connect(t, harness.Postgres(t).AppURL)
	leases := postgres.NewLeases(db)
	for resource, age := range map[string]string{exclusion.Database: "1 hour", exclusion.Redis: "1 second"} {
		must(t, leases.Acquire(t.Context(), exclusion.Claim{Resource: resource, Holder: "backup"}, 2*time.Hour))
		_, err := db.NewRaw(`UPDATE leases SET acquired_at = now() - ?::interval WHERE resource = ?`, age, resource).Exec(t.Context())
		must(t, err)
	}
	must(t, leases.Void(t.Context(), time.Now().Add(-time.Minute)))
	must(t, leases.Acquire(t.Context(), exclusion.Claim{Resource: exclusion.Database, Holder: "restore"}, time.Minute))
	if err := leases.Acquire(t.Context(), exclusion.Claim{Resource: exclusion.Redis, Holder: "restore"}, time.Minute); !errors.Is(err, exclusion.ErrHeld) {
		t.Errorf("a claim of now: %v", err)
	}
}
