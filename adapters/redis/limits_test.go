package redis_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/test/harness"
)

const (
	processes = 4
	clients   = 64
	hourly    = 36_000 // 10 a second
	burst     = 3_600
	keyBurst  = 2_880
	lease     = 36 // a hundredth of the burst
)

// modes counts decisions, by allowed and local.
type modes struct {
	decided  [2][2]atomic.Int64
	switches atomic.Int64
}

func (m *modes) Decided(allowed, local bool) { m.decided[index(allowed)][index(local)].Add(1) }
func (m *modes) LocalMode(bool)              { m.switches.Add(1) }

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

func client(t testing.TB, url string) goredis.UniversalClient {
	t.Helper()
	c, err := redis.Open(redis.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func stopwatch() limiting.Stopwatch {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}

// limiter is what one process has, with a connection pool of its own.
func limiter(t testing.TB, url string, elapsed limiting.Stopwatch, m *modes) *limiting.Leasing {
	t.Helper()
	l := limiting.NewLeasing(redis.NewLimits(client(t, url)), elapsed, m)
	t.Cleanup(l.Close)
	return l
}

func caller(tenant, subject string) access.Principal {
	return access.Principal{TenantID: tenant, Subject: subject, Limits: tenancy.Limits{APICalls: hourly}}
}

// serverTime is Redis' own clock.
func serverTime(t testing.TB, c goredis.UniversalClient) time.Time {
	t.Helper()
	at, err := c.Time(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// hammer lets clients call, through all limiters in turn, as fast as they can
// until stop is closed, and returns how many calls were allowed.
func hammer(t testing.TB, limiters []*limiting.Leasing, callers []access.Principal, stop <-chan struct{}) int {
	t.Helper()
	var (
		allowed atomic.Int64
		wg      sync.WaitGroup
	)
	for i := range clients {
		l, who := limiters[i%len(limiters)], callers[i/len(limiters)%len(callers)]
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				d, err := l.Take(t.Context(), who, 1)
				if err != nil {
					t.Error(err)
					return
				}
				if d.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(allowed.Load())
}

// Whatever many processes do at once, no more than the burst and the rate over
// the time is allowed, and no less but for what they hold.
func TestManyProcessesKeepOneRate(t *testing.T) {
	tests := map[string]struct {
		subjects []string
		burst    int
		jumps    bool // the processes' clocks jump by hours
	}{
		"one key":         {subjects: []string{"api-key:1"}, burst: keyBurst},
		"keys share":      {subjects: []string{"api-key:1", "api-key:2", "user:3"}, burst: burst},
		"clocks go wrong": {subjects: []string{"api-key:1"}, burst: keyBurst, jumps: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			url, _ := harness.PrivateRedis(t)
			var m modes
			limiters := make([]*limiting.Leasing, processes)
			for i := range limiters {
				limiters[i] = limiting.NewLeasing(patient{redis.NewLimits(client(t, url))}, skewed(i, tt.jumps), &m)
				t.Cleanup(limiters[i].Close)
			}
			callers := make([]access.Principal, len(tt.subjects))
			for i, s := range tt.subjects {
				callers[i] = caller("t1", s)
			}
			c := client(t, url)
			begin := serverTime(t, c)
			stop := make(chan struct{})
			time.AfterFunc(2500*time.Millisecond, func() { close(stop) })
			allowed := hammer(t, limiters, callers, stop)
			elapsed := serverTime(t, c).Sub(begin)
			most := tt.burst + int(elapsed.Seconds()*hourly/3600)
			if m.switches.Load() > 0 {
				t.Fatal("Redis was too slow for this test: a process went on by itself")
			}
			refused := m.decided[0][0].Load()
			t.Logf("%d allowed of at most %d, %d refused in %v", allowed, most, refused, elapsed)
			if allowed > most {
				t.Errorf("%d calls allowed, %d are the most", allowed, most)
			}
			if held := processes * len(callers) * lease; !tt.jumps && allowed < most-held {
				t.Errorf("%d calls allowed, fewer than %d less the leases of %d", allowed, most, held)
			}
			if refused == 0 {
				t.Error("nothing was refused; the limit was not met")
			}
		})
	}
}

// patient waits longer for Redis than a request may, since a busy machine must
// not look like an absent Redis here.
type patient struct{ limiting.Store }

func (p patient) Lease(ctx context.Context, d limiting.Demand) (limiting.Grant, error) {
	return p.Store.Lease(context.WithoutCancel(ctx), d)
}

// skewed is a stopwatch; one that jumps goes hours ahead after half a second
// and hours back after another.
func skewed(i int, jumps bool) limiting.Stopwatch {
	watch := stopwatch()
	if !jumps {
		return watch
	}
	return func() time.Duration {
		switch at := watch(); {
		case at > time.Second:
			return at - 5*time.Hour
		case at > time.Duration(500+10*i)*time.Millisecond:
			return at + 7*time.Hour
		default:
			return at
		}
	}
}

// A process that was refused asks again only when it is time.
func TestRefusedCallersCostNoRoundTrips(t *testing.T) {
	t.Parallel()
	c := client(t, harness.Redis(t))
	store := &counted{Store: redis.NewLimits(c)}
	l := limiting.NewLeasing(store, stopwatch(), &modes{})
	t.Cleanup(l.Close)
	who := caller("t1", "api-key:1")
	who.Limits.APICalls = 36 // the next call fits after 100 s
	for range 10_000 {
		if _, err := l.Take(t.Context(), who, 1); err != nil {
			t.Fatal(err)
		}
	}
	if asked := store.asked.Load(); asked > 50 {
		t.Errorf("10,000 calls of which 48 are allowed asked Redis %d times", asked)
	}
	// The other keys of the tenant still have the rest of its burst.
	who.Subject = "api-key:2"
	if d, err := l.Take(t.Context(), who, 1); err != nil || !d.Allowed || d.Remaining > 11 {
		t.Errorf("another key: %+v, %v", d, err)
	}
	// A larger plan counts at once.
	who.Subject, who.Limits.APICalls = "api-key:1", hourly
	if d, err := l.Take(t.Context(), who, 1); err != nil || !d.Allowed || d.Limit != hourly {
		t.Errorf("after the plan was raised: %+v, %v", d, err)
	}
}

type counted struct {
	limiting.Store
	asked atomic.Int64
}

func (c *counted) Lease(ctx context.Context, d limiting.Demand) (limiting.Grant, error) {
	c.asked.Add(1)
	return c.Store.Lease(ctx, d)
}

// While Redis is away each process goes on by itself, without waiting for it,
// and a Redis that has lost all opens no new burst.
func TestRedisMayGoAndComeBackEmpty(t *testing.T) {
	url, server := harness.PrivateRedis(t)
	var m modes
	limiters := make([]*limiting.Leasing, processes)
	for i := range limiters {
		limiters[i] = limiter(t, url, stopwatch(), &m)
	}
	callers := []access.Principal{caller("t1", "api-key:1")}
	begin, stop, total := time.Now(), make(chan struct{}), make(chan int, 1)
	go func() { total <- hammer(t, limiters, callers, stop) }()
	until(t, "the burst is used up", func() bool { return m.decided[0][0].Load() > 0 })
	server.Kill()
	// All are refused from memory at first; then they notice.
	until(t, "every process goes on by itself", func() bool { return m.switches.Load() == processes })
	slow := slow(t, limiters[0], callers[0])
	if slow > 200*time.Millisecond {
		t.Errorf("one call in a hundred took %v while Redis was away", slow)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "every process is back", func() bool { return m.switches.Load() == 2*processes })
	c := client(t, url)
	until(t, "the bucket is in Redis again", func() bool { return c.Exists(t.Context(), "rate:{t1}:36000").Val() == 1 })
	time.AfterFunc(time.Second, func() { close(stop) })
	allowed, elapsed := <-total, time.Since(begin)
	rate := elapsed.Seconds() * hourly / 3600
	// By itself each process may use half the rate, and half the rest of the
	// burst that a key's own bucket left.
	alone := processes * int(rate/2+(burst-keyBurst)/2)
	most := keyBurst + int(rate) + alone
	t.Logf("%d allowed, at most %d, of which %d alone; %v in all, 99 in 100 took at most %v", allowed, most, alone, elapsed, slow)
	if allowed > most {
		t.Errorf("%d calls allowed, %d are the most", allowed, most)
	}
	if m.decided[1][1].Load() == 0 {
		t.Error("nothing was allowed while Redis was away")
	}
}

// slow is what all but one call in a hundred stay below.
func slow(t *testing.T, l *limiting.Leasing, who access.Principal) time.Duration {
	t.Helper()
	took := make([]time.Duration, 1000)
	for i := range took {
		at := time.Now()
		if _, err := l.Take(t.Context(), who, 1); err != nil {
			t.Fatal(err)
		}
		took[i] = time.Since(at)
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("20 s passed until %s", what)
		}
	}
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	hour := limiting.Rate{Interval: time.Hour, Burst: 10}
	day := limiting.Rate{Interval: 24 * time.Hour, Burst: 4}
	type step struct {
		tenant, key limiting.Bucket
		cost, want  int
		calls, left int
		byTenant    bool
	}
	of := func(name string, r limiting.Rate) limiting.Bucket { return limiting.Bucket{Name: name, Rate: r} }
	tests := map[string][]step{
		"the lower bucket decides": {
			{tenant: of("t", hour), key: of("k", day), cost: 3, want: 3, calls: 3, left: 1},
			{tenant: of("t", hour), key: of("k", day), cost: 2, want: 2, left: 1},
			{tenant: of("t", hour), key: of("k", day), cost: 1, want: 1, calls: 1, left: 0},
			{tenant: of("t", hour), key: of("other", day), cost: 4, want: 4, calls: 4, left: 0},
			{tenant: of("t", hour), key: of("third", day), cost: 3, want: 3, left: 2, byTenant: true},
		},
		"leases shrink": {
			{tenant: of("t", limiting.Rate{Interval: time.Hour, Burst: 100}), key: of("k", hour), cost: 1, want: 64, calls: 1, left: 9},
			{tenant: of("t", limiting.Rate{Interval: time.Hour, Burst: 1000}), key: of("k2", limiting.Rate{Interval: time.Hour, Burst: 80}), cost: 1, want: 64, calls: 10, left: 70},
		},
		"a lost bucket takes the debt that is told": {
			{tenant: limiting.Bucket{Name: "t", Rate: hour, Debt: 4 * time.Hour, Owed: 9}, key: of("k", hour), cost: 1, want: 1, calls: 1, left: 5},
		},
		"a debt beyond the burst is forgiven": {
			{tenant: limiting.Bucket{Name: "t", Rate: hour, Debt: 400 * time.Hour}, key: of("k", hour), cost: 1, want: 1, left: 0, byTenant: true},
		},
		"what was allowed elsewhere is counted": {
			{tenant: of("t", hour), key: of("k", hour), cost: 1, want: 1, calls: 1, left: 9},
			{tenant: limiting.Bucket{Name: "t", Rate: hour, Owed: 6}, key: of("k", hour), cost: 1, want: 1, calls: 1, left: 2},
			{tenant: limiting.Bucket{Name: "t", Rate: hour, Owed: 99}, key: of("k", hour), cost: 1, want: 1, left: 0, byTenant: true},
			{tenant: of("t", hour), key: of("k", hour), cost: 1, want: 1, left: 0, byTenant: true},
		},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := redis.NewLimits(client(t, harness.Redis(t)))
			for i, s := range steps {
				g, err := limits.Lease(t.Context(), limiting.Demand{Tenant: s.tenant, Key: s.key, Cost: s.cost, Want: s.want})
				if err != nil || g.Calls != s.calls || g.Remaining != s.left || g.ByTenant != s.byTenant || (g.Calls == 0) != (g.Wait > 0) {
					t.Errorf("step %d: %+v, %v; want %+v", i, g, err, s)
				}
			}
		})
	}
}
