package pausing_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/pausing"
)

// shelf keeps one claim, by a clock of its own.
type shelf struct {
	now    time.Time
	claim  exclusion.Claim
	ends   time.Time
	there  bool
	away   error
	events []string
}

func (s *shelf) Last(context.Context) (pausing.Pause, bool, error) {
	return pausing.Pause{Holder: s.claim.Holder, Purpose: s.claim.Purpose, Left: s.ends.Sub(s.now)}, s.there, s.away
}

func (s *shelf) Acquire(_ context.Context, c exclusion.Claim, ttl time.Duration) error {
	if s.there && s.ends.After(s.now) && s.claim.Holder != c.Holder {
		return domain.Errorf(domain.Unavailable, exclusion.ErrHeld.Code, "held by %s", s.claim.Holder)
	}
	s.claim, s.ends, s.there = c, s.now.Add(ttl), true
	return nil
}

func (*shelf) Void(context.Context, time.Time) error { return nil }

func (s *shelf) Release(_ context.Context, c exclusion.Claim) error {
	if s.claim.Holder == c.Holder {
		s.ends = s.now
	}
	return nil
}

func (s *shelf) Record(_ context.Context, e auditing.Event) error {
	s.events = append(s.events, e.Action)
	return nil
}

func claim(holder string) exclusion.Claim {
	return exclusion.Claim{Resource: exclusion.Service, Holder: holder, Purpose: "a restore"}
}

// A pause is believed through the loss of what it was kept in, and no longer
// than it was claimed for.
func TestAPauseIsBelieved(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	replaced := func(s *shelf) { s.claim, s.ends, s.there = claim("an older run"), s.now.Add(-time.Hour), true }
	tests := map[string]struct {
		happens func(s *shelf)
		after   time.Duration
		rests   bool
	}{
		"it goes on":                           {func(*shelf) {}, time.Minute, true},
		"its holder ends it":                   {func(s *shelf) { _ = s.Release(t.Context(), claim("run")) }, time.Second, false},
		"it lapses":                            {func(*shelf) {}, 3 * time.Minute, false},
		"it is prolonged":                      {func(s *shelf) { _ = s.Acquire(t.Context(), claim("run"), 10*time.Minute) }, 3 * time.Minute, true},
		"the keeper is away":                   {func(s *shelf) { s.away = errors.New("away") }, time.Minute, true},
		"the keeper is away for long":          {func(s *shelf) { s.away = errors.New("away") }, 3 * time.Minute, false},
		"the keeper is another, without it":    {func(s *shelf) { s.there = false }, time.Minute, true},
		"the keeper is another, with an older": {replaced, time.Minute, true},
		"that stays so":                        {replaced, 3 * time.Minute, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := &shelf{now: start}
			g := pausing.NewGate(s, func() time.Time { return s.now })
			if _, rests := g.Paused(); rests {
				t.Error("it rests before anybody has asked for it")
			}
			if err := s.Acquire(t.Context(), claim("run"), 2*time.Minute); err != nil {
				t.Fatal(err)
			}
			_ = g.Look(t.Context())
			test.happens(s)
			_ = g.Look(t.Context())
			s.now = s.now.Add(test.after)
			if s.claim.Holder == "run" {
				_ = g.Look(t.Context())
			}
			p, rests := g.Paused()
			if rests != test.rests || rests && p.Holder != "run" {
				t.Errorf("rests: %v (%+v)", rests, p)
			}
		})
	}
}

func TestANilGateIsOpen(t *testing.T) {
	var g *pausing.Gate
	if _, rests := g.Paused(); rests {
		t.Error("it rests")
	}
}

func TestOperatorsSwitch(t *testing.T) {
	s := &shelf{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	w := pausing.NewSwitch(s, s, s)
	for name, err := range map[string]error{
		"say why":                     w.On(t.Context(), "ada", " ", time.Hour),
		"a minute up to a day":        w.On(t.Context(), "ada", "why", time.Second),
		"a minute up to a day, and n": w.On(t.Context(), "ada", "why", 25*time.Hour),
	} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v instead of %q", err, name)
		}
	}
	if err := w.Off(t.Context(), false); err != nil || len(s.events) > 0 {
		t.Errorf("ending what never began: %v, %v", err, s.events)
	}
	if err := errors.Join(w.On(t.Context(), "ada", "why", time.Hour), w.Off(t.Context(), false), w.Off(t.Context(), false)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.events, " "); got != "service.paused service.resumed" {
		t.Errorf("recorded %s", got)
	}
	if err := s.Acquire(t.Context(), claim("restore/run"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.Off(t.Context(), false); !errors.Is(err, pausing.ErrRun) {
		t.Errorf("ending a run's: %v", err)
	}
	if err := w.On(t.Context(), "ada", "why", time.Hour); !errors.Is(err, exclusion.ErrHeld) {
		t.Errorf("taking a run's: %v", err)
	}
	if err := w.Off(t.Context(), true); err != nil || s.ends.After(s.now) {
		t.Errorf("by force: %v", err)
	}
}
