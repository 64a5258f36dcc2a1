package redis_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/test/harness"
)

// results counts how looking ended.
type results struct {
	mu sync.Mutex
	n  map[caching.Result]int
}

func (r *results) Looked(_ caching.Area, one caching.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == nil {
		r.n = make(map[caching.Result]int)
	}
	r.n[one]++
}

func (r *results) of(one caching.Result) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n[one]
}

// truth is what is cached: a number that counts up, and how often it was read.
type truth struct {
	value, read atomic.Int64
}

func (s *truth) load(context.Context) (int64, error) {
	s.read.Add(1)
	return s.value.Load(), nil
}

// process is what one process has, with connections of its own.
type process struct {
	*caching.House
	results
	cache *caching.Cache[int64]
}

var policy = caching.Policy{Area: caching.Forecasts, Version: 1, Fresh: time.Minute, Life: 2 * time.Minute, Alone: time.Second}

var forecast = caching.Key{Name: "forecast"}

// start runs a process until the test is over, and waits until it is not alone.
func start(t testing.TB, url string, p caching.Policy, change ...func(*caching.Parts)) *process {
	t.Helper()
	c := client(t, url)
	bus, out := redis.NewBus(c), &process{}
	parts := caching.Parts{
		Memory: otter.NewMemory(1<<20, time.Hour), Store: redis.NewAnswers(c), Bus: bus, Observer: &out.results, Now: time.Now,
	}
	for _, do := range change {
		do(&parts)
	}
	parts.Herald = caching.NewHerald(parts.Bus, func(error) {})
	out.House = caching.NewHouse(parts)
	out.cache = caching.New(out.House, p, caching.JSON[int64]())
	run, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); out.Run(run) }()
	t.Cleanup(func() { stop(); <-done })
	out.connect(t)
	return out
}

// connect waits until what is looked up is found in Redis.
func (p *process) connect(t testing.TB) {
	t.Helper()
	n := 0
	until(t, "the process hears Redis", func() bool {
		n++
		before := p.of(caching.Remote)
		key := caching.Key{Name: "connect " + strconv.Itoa(n)}
		for range 2 {
			_, _ = p.cache.Get(t.Context(), key, func(context.Context) (int64, error) { return 1, nil })
			p.Forget(caching.Slot{Area: caching.Forecasts, Key: key})
		}
		return p.of(caching.Remote) > before
	})
}

func (p *process) get(t testing.TB, load caching.Load[int64]) int64 {
	t.Helper()
	v, err := p.cache.Get(t.Context(), forecast, load)
	if err != nil {
		t.Error(err)
	}
	return v
}

func TestOneLooksUpForAllProcesses(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	both := []*process{start(t, url, policy), start(t, url, policy)}
	var loads atomic.Int64
	slow := func(context.Context) (int64, error) {
		loads.Add(1)
		timer := time.NewTimer(50 * time.Millisecond)
		defer timer.Stop()
		<-timer.C
		return 7, nil
	}
	var wg sync.WaitGroup
	for _, p := range both {
		for range 64 {
			wg.Go(func() {
				if v := p.get(t, slow); v != 7 {
					t.Errorf("got %d", v)
				}
			})
		}
	}
	wg.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("128 callers in two processes looked up %d times", n)
	}
}

func TestOneThatDiesHoldsUpNobodyForLong(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first, second := start(t, url, policy), start(t, url, policy)
	started, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	go func() {
		_, _ = first.cache.Get(context.Background(), forecast, func(context.Context) (int64, error) { close(started); <-release; return 1, nil })
	}()
	<-started
	at := time.Now()
	if v := second.get(t, func(context.Context) (int64, error) { return 2, nil }); v != 2 {
		t.Errorf("got %d", v)
	}
	if took := time.Since(at); took > 2*time.Second {
		t.Errorf("the second process waited %v for the first", took)
	}
}

// What is asked for is renewed in the background, and nobody waits.
func TestRenewingBlocksNobody(t *testing.T) {
	t.Parallel()
	p := policy
	p.Fresh = 50 * time.Millisecond
	one := start(t, harness.Redis(t), p)
	release := make(chan struct{})
	var calls atomic.Int64
	load := func(context.Context) (int64, error) {
		n := calls.Add(1)
		if n > 1 {
			<-release
		}
		return n, nil
	}
	one.get(t, load)
	until(t, "it is renewed", func() bool {
		at := time.Now()
		if v := one.get(t, load); v != 1 {
			t.Errorf("got %d before anything was renewed", v)
		}
		if took := time.Since(at); took > 200*time.Millisecond {
			t.Errorf("a caller waited %v", took)
		}
		return calls.Load() == 2
	})
	close(release)
	until(t, "the new answer is told", func() bool { return one.get(t, load) >= 2 })
}

func TestInvalidationReachesEveryProcess(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first, second := start(t, url, policy), start(t, url, policy)
	var s truth
	first.get(t, s.load)
	second.get(t, s.load)
	football := caching.New(second.House, caching.Policy{Area: caching.Football, Fresh: time.Minute, Life: time.Minute, Alone: time.Second}, caching.JSON[int64]())
	_, _ = football.Get(t.Context(), forecast, s.load)
	s.value.Store(1)
	first.Invalidate(t.Context(), caching.Forecasts)
	at := time.Now()
	if v := first.get(t, s.load); v != 1 {
		t.Errorf("who says it is wrong tells %d", v)
	}
	until(t, "the other process tells the new answer", func() bool { return second.get(t, s.load) == 1 })
	took := time.Since(at)
	t.Logf("it reached the other process in %v", took)
	if took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	if v, _ := football.Get(t.Context(), forecast, s.load); v != 0 {
		t.Error("another area was invalidated too")
	}
	if n := s.read.Load(); n != 3 {
		t.Errorf("the truth was read %d times, 3 are needed", n)
	}
}

func TestADroppedAnswerIsDroppedEverywhere(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first, second := start(t, url, policy), start(t, url, policy)
	var s truth
	first.get(t, s.load)
	second.get(t, s.load)
	s.value.Store(1)
	first.cache.Drop(forecast)
	if v := first.get(t, s.load); v != 1 {
		t.Errorf("who dropped it tells %d", v)
	}
	until(t, "the other process tells the new answer", func() bool { return second.get(t, s.load) == 1 })
}

// deaf hears no messages.
type deaf struct{ caching.Bus }

func (deaf) Listen(ctx context.Context, _ func(caching.Heard)) error { <-ctx.Done(); return ctx.Err() }

func TestAMessageThatIsLostIsMadeUpFor(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first := start(t, url, policy)
	second := start(t, url, policy, func(p *caching.Parts) { p.Bus = deaf{p.Bus} })
	var s truth
	second.get(t, s.load)
	s.value.Store(1)
	first.Invalidate(t.Context(), caching.Forecasts)
	at := time.Now()
	until(t, "the deaf process tells the new answer", func() bool { return second.get(t, s.load) == 1 })
	if took := time.Since(at); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

// late answers polls late, when it is told to.
type late struct {
	caching.Bus
	hold          atomic.Bool
	held, release chan struct{}
	heard         chan struct{}
}

func (l *late) Poll(ctx context.Context, counted []caching.Count) (map[caching.Area]int64, error) {
	generations, err := l.Bus.Poll(ctx, counted)
	if l.hold.CompareAndSwap(true, false) {
		l.held <- struct{}{}
		<-l.release
	}
	return generations, err
}

func (l *late) Listen(ctx context.Context, heard func(caching.Heard)) error {
	return l.Bus.Listen(ctx, func(h caching.Heard) {
		heard(h)
		l.heard <- struct{}{}
	})
}

// What was asked for before an invalidation was told, and comes after it, brings
// no former generation back.
func TestAPollThatComesLate(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first := start(t, url, policy)
	slow := &late{held: make(chan struct{}), release: make(chan struct{}), heard: make(chan struct{}, 1)}
	second := start(t, url, policy, func(p *caching.Parts) { slow.Bus = p.Bus; p.Bus = slow })
	var s truth
	second.get(t, s.load)
	slow.hold.Store(true)
	<-slow.held
	s.value.Store(1)
	first.Invalidate(t.Context(), caching.Forecasts)
	<-slow.heard
	close(slow.release)
	for range 100 {
		if v := second.get(t, s.load); v != 1 {
			t.Fatalf("it tells %d", v)
		}
		tick := time.NewTimer(time.Millisecond)
		<-tick.C
	}
}

// mute cannot tell anything a few times.
type mute struct {
	caching.Bus
	left *atomic.Int64
}

func (m mute) Tell(ctx context.Context, w caching.Wrong) (map[caching.Area]int64, error) {
	if m.left.Add(-1) >= 0 {
		return nil, errors.New("mute")
	}
	return m.Bus.Tell(ctx, w)
}

func TestWhatCannotBeToldIsToldLater(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	var left atomic.Int64
	left.Store(2)
	first := start(t, url, policy, func(p *caching.Parts) { p.Bus = mute{p.Bus, &left} })
	second := start(t, url, policy)
	var s truth
	first.get(t, s.load)
	second.get(t, s.load)
	s.value.Store(1)
	first.Invalidate(t.Context(), caching.Forecasts)
	// What it knows to be wrong it does not take from Redis either.
	if v := first.get(t, s.load); v != 1 {
		t.Errorf("who says it is wrong tells %d", v)
	}
	until(t, "the other process tells the new answer", func() bool { return second.get(t, s.load) == 1 })
}

// Whatever makes an answer wrong while it is looked up, it is not kept, and not
// told to those who ask afterwards.
func TestWhatWasLookedUpBeforeIsNotKeptAfter(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]func(context.Context, *process){
		"invalidated": func(ctx context.Context, p *process) { p.Invalidate(ctx, caching.Forecasts) },
		"dropped":     func(_ context.Context, p *process) { p.cache.Drop(forecast) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := harness.Redis(t)
			first, second := start(t, url, policy), start(t, url, policy)
			started, release, got := make(chan struct{}), make(chan struct{}), make(chan int64)
			go func() {
				got <- first.get(t, func(context.Context) (int64, error) { close(started); <-release; return 0, nil })
			}()
			<-started
			wrong(t.Context(), first)
			fresh := func(context.Context) (int64, error) { return 1, nil }
			if v := first.get(t, fresh); v != 1 {
				t.Errorf("while the old answer is on its way, %d is told", v)
			}
			close(release)
			if v := <-got; v != 0 {
				t.Errorf("who asked before was told %d", v)
			}
			for i, p := range []*process{first, second} {
				if v := p.get(t, fresh); v != 1 {
					t.Errorf("process %d tells %d, which was looked up before", i, v)
				}
			}
			until(t, "the second process cannot find it either", func() bool { return second.get(t, fresh) == 1 })
		})
	}
}

func TestTenantsShareNothing(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first, second := start(t, url, policy), start(t, url, policy)
	for i, tenant := range []string{"a", "b", ""} {
		for _, p := range []*process{first, second} {
			v, err := p.cache.Get(t.Context(), caching.Key{Tenant: tenant, Name: "same"}, func(context.Context) (int64, error) { return int64(i), nil })
			if err != nil || v != int64(i) {
				t.Errorf("tenant %q is told %d, %v", tenant, v, err)
			}
		}
	}
	if n := second.of(caching.Remote); n < 3 {
		t.Errorf("the second process found %d in Redis", n)
	}
}

func TestFailuresAreNotKept(t *testing.T) {
	t.Parallel()
	p := start(t, harness.Redis(t), policy)
	broken := errors.New("broken")
	if _, err := p.cache.Get(t.Context(), forecast, func(context.Context) (int64, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic is kept from the caller")
			}
		}()
		p.get(t, func(context.Context) (int64, error) { panic("the sky fell") })
	}()
	at := time.Now()
	if v := p.get(t, func(context.Context) (int64, error) { return 3, nil }); v != 3 {
		t.Errorf("got %d", v)
	}
	if took := time.Since(at); took > 400*time.Millisecond && p.of(caching.Error) != 1 {
		t.Errorf("after a failure it took %v; counted %v", took, p.n)
	}
}

// While Redis is away, or does not answer, everything goes on: what is told is a
// second old at most, and nobody waits long.
func TestRedisMayBeAwayOrHang(t *testing.T) {
	for _, name := range []string{"killed", "paused"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, server := harness.PrivateRedis(t)
			first, second := start(t, url, policy), start(t, url, policy)
			var s truth
			first.get(t, s.load)
			second.get(t, s.load)
			if name == "killed" {
				server.Kill()
			} else if err := syscall.Kill(server.PID(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = syscall.Kill(server.PID(), syscall.SIGCONT) })
			s.value.Store(1)
			first.Invalidate(t.Context(), caching.Forecasts) // nobody hears of it
			wrongSince := time.Now()
			var slowest time.Duration
			until(t, "the other process tells the new answer", func() bool {
				at := time.Now()
				v := second.get(t, s.load)
				slowest = max(slowest, time.Since(at))
				return v == 1
			})
			t.Logf("%v after the change, at most %v for one call", time.Since(wrongSince), slowest)
			if took := time.Since(wrongSince); took > 4*time.Second {
				t.Errorf("a wrong answer was told for %v", took)
			}
			if slowest > time.Second {
				t.Errorf("a caller waited %v", slowest)
			}
			if name == "killed" {
				if err := server.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
			} else if err := syscall.Kill(server.PID(), syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			first.connect(t)
			second.connect(t)
			second.get(t, s.load)
			s.value.Store(2)
			first.Invalidate(t.Context(), caching.Forecasts)
			until(t, "invalidation reaches the other process again", func() bool { return second.get(t, s.load) == 2 })
		})
	}
}

func TestStatsAreOfAllProcesses(t *testing.T) {
	t.Parallel()
	url := harness.Redis(t)
	first, second := start(t, url, policy), start(t, url, policy)
	var s truth
	for range 5 {
		first.get(t, s.load)
		second.get(t, s.load)
	}
	first.Invalidate(t.Context(), caching.Forecasts)
	bus := redis.NewBus(client(t, url))
	var forecasts redis.AreaStats
	until(t, "both have told what they counted", func() bool {
		all, err := bus.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.Area == caching.Forecasts {
				forecasts = one
			}
		}
		return forecasts.Counted[caching.Hit] == 8
	})
	if ratio, ok := forecasts.HitRatio(); !ok || ratio <= 0 || ratio >= 1 {
		t.Errorf("the hit ratio is %v", ratio)
	}
	if forecasts.Answers == 0 || forecasts.Bytes == 0 || time.Since(forecasts.Since).Abs() > time.Minute {
		t.Errorf("got %+v", forecasts)
	}
}
