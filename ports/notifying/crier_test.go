package notifying_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// board is a channel that keeps what is posted, with the time.
type board struct {
	name  string
	pace  time.Duration
	fails func(n int) error // of the n-th post
	mu    sync.Mutex
	posts []notifying.Notice
	times []time.Time
}

func (b *board) Name() string        { return b.name }
func (b *board) Pace() time.Duration { return b.pace }

func (b *board) Post(_ context.Context, n notifying.Notice) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts, b.times = append(b.posts, n), append(b.times, time.Now())
	if b.fails != nil {
		return b.fails(len(b.posts))
	}
	return nil
}

func crier(observe func(string, notifying.Outcome, int), all ...notifying.Channel) *notifying.Crier {
	return notifying.NewCrier(notifying.CrierParts{Channels: all, Observe: observe, Now: time.Now})
}

// A hundred notices at once go to each channel at its pace: the first alone, the
// others as one digest. All who wait hear of it.
func TestManyNoticesAreOneDigest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, fast := &board{name: "slow", pace: 3 * time.Second}, &board{name: "fast", pace: time.Second}
		var mu sync.Mutex
		counted := map[string]int{}
		c := crier(func(channel string, o notifying.Outcome, n int) {
			mu.Lock()
			defer mu.Unlock()
			counted[channel+" "+string(o)] += n
		}, slow, fast)
		if err := c.Cry(t.Context(), notifying.Notice{Subject: "first"}); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for n := range 100 {
			wait.Go(func() {
				if err := c.Cry(t.Context(), notifying.Notice{Subject: fmt.Sprintf("subject %d", n), Body: "body"}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, b := range []*board{slow, fast} {
			if len(b.posts) != 2 || b.posts[1].Subject != "100 notices" || !strings.HasSuffix(b.posts[1].Body, "and 90 more") {
				t.Errorf("%s: %+v", b.name, b.posts)
			}
			if between := b.times[1].Sub(b.times[0]); between != b.pace {
				t.Errorf("%s was posted to again after %s", b.name, between)
			}
		}
		for what, n := range map[string]int{"slow sent": 1, "fast sent": 1, "slow digested": 100, "fast digested": 100} {
			if counted[what] != n {
				t.Errorf("%s %d times: %v", what, counted[what], counted)
			}
		}
	})
}

// One channel fails, one hangs for long, and a third one gets all at once.
func TestOneChannelStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &board{name: "broken", fails: func(int) error { return errors.New("no such channel") }}
		good := &board{name: "good"}
		began := time.Now()
		err := crier(nil, broken, good).Cry(t.Context(), notifying.Notice{Subject: "it"})
		if err == nil || !strings.Contains(err.Error(), "broken: no such channel") || len(good.posts) != 1 || time.Since(began) > 0 {
			t.Errorf("error %v, %d posts after %s", err, len(good.posts), time.Since(began))
		}
	})
}

// What a channel asks for is obeyed, and who has given up is not posted for.
func TestPatienceIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		patient := domain.Errorf(domain.Exhausted, "x", "patience")
		patient.RetryAfter = time.Minute
		b := &board{name: "b", pace: time.Second, fails: func(n int) error {
			if n == 1 {
				return patient
			}
			return nil
		}}
		c := crier(nil, b)
		if err := c.Cry(t.Context(), notifying.Notice{Subject: "one"}); !errors.Is(err, patient) {
			t.Errorf("error %v", err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Cry(short, notifying.Notice{Subject: "given up"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if err := c.Cry(t.Context(), notifying.Notice{Subject: "two"}); err != nil {
			t.Error(err)
		}
		if len(b.posts) != 2 || b.posts[1].Subject != "two" || b.times[1].Sub(b.times[0]) != time.Minute {
			t.Errorf("posted %+v at %v", b.posts, b.times)
		}
	})
}

func TestWithoutChannelsNobodyIsTold(t *testing.T) {
	if err := crier(nil).Cry(t.Context(), notifying.Notice{Subject: "it"}); err != nil {
		t.Error(err)
	}
}
