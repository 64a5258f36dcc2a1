package limiting_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

// watch is a stopwatch that a test turns.
type watch struct{ at atomic.Int64 }

func (w *watch) elapsed() time.Duration { return time.Duration(w.at.Load()) }
func (w *watch) pass(d time.Duration)   { w.at.Add(int64(d)) }

// store gives what it is told to, and remembers what it was asked.
type store struct {
	mu      sync.Mutex
	demands []limiting.Demand
	grant   func(limiting.Demand) limiting.Grant
	gone    atomic.Bool
	asking  chan struct{} // closed to let those who ask go on; nil: at once
	began   chan struct{} // told when somebody asks, if anybody listens
}

var errGone = errors.New("gone")

func (s *store) Lease(_ context.Context, d limiting.Demand) (limiting.Grant, error) {
	s.mu.Lock()
	s.demands = append(s.demands, d)
	s.mu.Unlock()
	if s.asking != nil {
		s.began <- struct{}{}
		<-s.asking
	}
	if s.gone.Load() {
		return limiting.Grant{}, errGone
	}
	if s.grant != nil {
		return s.grant(d), nil
	}
	return limiting.Grant{Calls: d.Want, Remaining: 100}, nil
}

func (s *store) Ping(context.Context) error {
	if s.gone.Load() {
		return errGone
	}
	return nil
}

func (s *store) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.demands)
}

type modes struct{ switched chan bool }

func (modes) Decided(bool, bool)  {}
func (m modes) LocalMode(on bool) { m.switched <- on }

func leasing(t *testing.T, s *store, w *watch) (*limiting.Leasing, chan bool) {
	t.Helper()
	switched := make(chan bool, 10)
	l := limiting.NewLeasing(s, w.elapsed, modes{switched})
	t.Cleanup(l.Close)
	return l, switched
}

var caller = access.Principal{TenantID: "t1", Subject: "api-key:1", Limits: tenancy.Limits{APICalls: 100_000}}

func take(t *testing.T, l *limiting.Leasing, p access.Principal) limiting.Decision {
	t.Helper()
	d, err := l.Take(t.Context(), p, 1)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBusyCallersLeaseAheadAndIdleOnesDoNot(t *testing.T) {
	t.Parallel()
	s, w := &store{}, &watch{}
	l, _ := leasing(t, s, w)
	for range 1000 {
		take(t, l, caller)
	}
	busy := s.asked()
	if busy > 30 || s.demands[busy-1].Want != 100 {
		t.Errorf("1,000 calls asked %d times, for %d at last", busy, s.demands[busy-1].Want)
	}
	for range 20 {
		w.pass(10 * time.Second)
		take(t, l, caller)
	}
	if last := s.demands[s.asked()-1]; last.Want != 1 {
		t.Errorf("a caller of every ten seconds leases %d", last.Want)
	}
}

func TestLeasesExpire(t *testing.T) {
	t.Parallel()
	s, w := &store{grant: func(limiting.Demand) limiting.Grant { return limiting.Grant{Calls: 50} }}, &watch{}
	l, _ := leasing(t, s, w)
	for range 50 {
		take(t, l, caller)
	}
	take(t, l, caller)
	if s.asked() != 2 {
		t.Fatalf("asked %d times for 51 calls in leases of 50", s.asked())
	}
	w.pass(time.Second)
	if take(t, l, caller); s.asked() != 3 {
		t.Error("a lease of a second ago is used")
	}
}

func TestOneAsksAndTheOthersWait(t *testing.T) {
	t.Parallel()
	s, w := &store{asking: make(chan struct{}), began: make(chan struct{}, 100)}, &watch{}
	l, _ := leasing(t, s, w)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() { take(t, l, caller) })
	}
	gaveUp, cancel := context.WithCancel(t.Context())
	cancel()
	<-s.began
	if _, err := l.Take(gaveUp, caller, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who gave up: %v", err)
	}
	close(s.asking)
	wg.Wait()
	if n := s.asked(); n > 10 {
		t.Errorf("32 callers at once asked %d times", n)
	}
}

func TestRefusalsAreRememberedUntilTheirTime(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		byTenant bool
		asked    int // when another key of the tenant calls too
	}{
		"the tenant is refused": {byTenant: true, asked: 1},
		"the key is refused":    {asked: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &watch{}
			s := &store{grant: func(limiting.Demand) limiting.Grant {
				return limiting.Grant{Wait: 3 * time.Second, ByTenant: tt.byTenant, TenantDebt: 9 * time.Second}
			}}
			l, _ := leasing(t, s, w)
			other := caller
			other.Subject = "user:2"
			for range 100 {
				if d := take(t, l, caller); d.Allowed || d.RetryAfter != 3*time.Second || d.Reset != 9*time.Second || !errors.Is(d.Err(), limiting.ErrAPICalls) {
					t.Fatalf("%+v", d)
				}
				take(t, l, other)
			}
			if s.asked() != tt.asked {
				t.Errorf("asked %d times, want %d", s.asked(), tt.asked)
			}
			w.pass(3 * time.Second)
			if take(t, l, caller); s.asked() != tt.asked+1 {
				t.Error("it does not ask again when it is time")
			}
		})
	}
}

func TestWithoutTheStoreHalfTheRateIsAllowed(t *testing.T) {
	t.Parallel()
	s, w := &store{}, &watch{}
	s.gone.Store(true)
	l, switched := leasing(t, s, w)
	count := func() (allowed int) {
		for range 20_000 {
			if take(t, l, caller).Allowed {
				allowed++
			}
		}
		return allowed
	}
	if got := count(); got != 5000 {
		t.Errorf("%d calls at once, want half the burst of 10,000", got)
	}
	w.pass(36 * time.Second) // 1,000 calls at the plan's rate
	if got := count(); got != 500 {
		t.Errorf("%d calls in 36 s, want 500", got)
	}
	if s.asked() != 1 || !<-switched {
		t.Errorf("the store that is away was asked %d times", s.asked())
	}
	s.gone.Store(false)
	if <-switched {
		t.Error("it does not come back")
	}
	take(t, l, caller)
	if last := s.demands[s.asked()-1]; last.Tenant.Debt < 300*time.Second || last.Tenant.Owed != 5500 {
		t.Errorf("the store is told a debt of %v and %d calls only", last.Tenant.Debt, last.Tenant.Owed)
	}
	w.pass(time.Second)
	take(t, l, caller)
	if last := s.demands[s.asked()-1]; last.Tenant.Owed != 0 {
		t.Errorf("the store is told %d calls again", last.Tenant.Owed)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		limit           int
		interval        time.Duration
		burst, keyBurst int
	}{
		"basic":           {1_000, 3600 * time.Millisecond, 100, 80},
		"enterprise":      {100_000, 36 * time.Millisecond, 10_000, 8_000},
		"tiny":            {10, 6 * time.Minute, 60, 48},
		"no limits known": {0, 3600 * time.Millisecond, 100, 80},
		"a billion":       {1_000_000_000, 3600 * time.Nanosecond, 100_000_000, 80_000_000},
		"uneven":          {7, 514285714286 * time.Nanosecond, 60, 48},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &store{}
			l, _ := leasing(t, s, &watch{})
			p := caller
			p.Limits.APICalls = tt.limit
			take(t, l, p)
			d := s.demands[0]
			if d.Tenant.Rate != (limiting.Rate{Interval: tt.interval, Burst: tt.burst}) || d.Key.Rate != (limiting.Rate{Interval: tt.interval, Burst: tt.keyBurst}) {
				t.Errorf("rates %+v and %+v", d.Tenant.Rate, d.Key.Rate)
			}
		})
	}
}

func TestARefusalSaysWhatAndWhen(t *testing.T) {
	t.Parallel()
	err := limiting.Decision{Limit: 1000, Window: time.Hour, RetryAfter: 3100 * time.Millisecond, Reset: time.Minute}.Err()
	var known *domain.Error
	if !errors.As(err, &known) || known.Kind != domain.Exhausted || known.Code != "quota.api_calls" {
		t.Fatalf("error = %v", err)
	}
	for _, part := range []string{"api_calls", "1000", "an hour", "4s", "1m0s"} {
		if !strings.Contains(known.Detail, part) {
			t.Errorf("%q does not tell %s", known.Detail, part)
		}
	}
}
