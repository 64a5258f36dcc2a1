package predicting_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// summer sums up slowly, and counts how often.
type summer struct {
	predicting.Store
	mu     sync.Mutex
	asked  map[string]int
	broken bool
}

func (s *summer) Statistics(_ context.Context, tenantID string, m football.MatchID) (predicting.Statistics, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[tenantID]++
	if s.broken {
		return predicting.Statistics{}, errors.New("broken")
	}
	return predicting.Statistics{Match: m, Count: s.asked[tenantID]}, nil
}

func TestStatisticsAreSummedUpOnceForAll(t *testing.T) {
	store := &summer{asked: map[string]int{}}
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	house := caching.NewHouse(caching.Parts{Memory: otter.NewMemory(1<<20, time.Minute), Now: now})
	book := predicting.NewBook(store, nil, nil, nil, now, house)
	ask := func(tenant string) predicting.Statistics {
		s, err := book.Statistics(access.With(t.Context(), access.Principal{TenantID: tenant, Role: identity.Viewer}), "m")
		if err != nil {
			t.Error(err)
		}
		return s
	}
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { ask("a") })
	}
	wait.Wait()
	if ask("b").Count != 1 || store.asked["a"] != 1 {
		t.Errorf("asked %v times", store.asked)
	}
	at = at.Add(2 * time.Second)
	if got := ask("a").Count; got != 2 {
		t.Errorf("later it tells %d", got)
	}
	at, store.broken = at.Add(2*time.Second), true
	ctx := access.With(t.Context(), access.Principal{TenantID: "a", Role: identity.Viewer})
	if _, err := book.Statistics(ctx, "m"); err == nil {
		t.Error("an error was kept from the caller")
	}
	if _, err := book.Statistics(t.Context(), "m"); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("nobody asked: %v", err)
	}
}
