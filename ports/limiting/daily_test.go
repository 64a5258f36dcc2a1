package limiting_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

// days counts one tenant's days in memory.
type days struct {
	now    time.Time
	leased map[time.Time]int
	asked  int
	err    error
}

func (d *days) Lease(_ context.Context, in limiting.DayDemand) (limiting.DayGrant, error) {
	d.asked++
	if d.err != nil {
		return limiting.DayGrant{}, d.err
	}
	day := d.now.Truncate(24 * time.Hour)
	n := min(in.Limit-d.leased[day], in.Want)
	d.leased[day] += n
	return limiting.DayGrant{Granted: n, Day: day, Left: day.AddDate(0, 0, 1).Sub(d.now)}, nil
}

func (d *days) Return(_ context.Context, _ string, _ tenancy.Quota, day time.Time, n int) error {
	d.leased[day] -= n
	return d.err
}

// desk is a Daily over days, with a stopwatch that goes with them.
func desk() (*limiting.Daily, *days, func(time.Duration)) {
	d, w := &days{now: time.Date(2026, 8, 14, 12, 0, 0, 0, time.UTC), leased: make(map[time.Time]int)}, &watch{}
	return limiting.NewDaily(tenancy.Predictions, d, w.elapsed), d, func(by time.Duration) {
		w.pass(by)
		d.now = d.now.Add(by)
	}
}

func TestBusyDaysAreLeasedAhead(t *testing.T) {
	t.Parallel()
	daily, d, pass := desk()
	for range 1000 {
		if n, _, err := daily.Take(t.Context(), "t1", 10_000, 1); err != nil || n != 1 {
			t.Fatal(n, err)
		}
	}
	today := d.now.Truncate(24 * time.Hour)
	if d.asked > 20 || d.leased[today]-daily.Held("t1") != 1000 {
		t.Errorf("asked %d times; %d leased and %d held", d.asked, d.leased[today], daily.Held("t1"))
	}
	// What is not used goes back, but not at once.
	held := daily.Held("t1")
	if err := daily.Tidy(t.Context()); err != nil || daily.Held("t1") != held {
		t.Errorf("%d of %d held, %v", daily.Held("t1"), held, err)
	}
	pass(10 * time.Second)
	if err := daily.Tidy(t.Context()); err != nil || daily.Held("t1") != 0 || d.leased[today] != 1000 {
		t.Errorf("%d held, %d leased, %v", daily.Held("t1"), d.leased[today], err)
	}
	// Who comes rarely takes just what he needs.
	if n, _, err := daily.Take(t.Context(), "t1", 10_000, 3); err != nil || n != 3 || daily.Held("t1") != 0 {
		t.Errorf("took %d, %d held, %v", n, daily.Held("t1"), err)
	}
}

func TestADayEnds(t *testing.T) {
	t.Parallel()
	daily, d, pass := desk()
	if n, retryAt, err := daily.Take(t.Context(), "t1", 5, 9); err != nil || n != 5 || !retryAt.Equal(d.now.Truncate(24*time.Hour).AddDate(0, 0, 1)) {
		t.Errorf("took %d, more at %v, %v", n, retryAt, err)
	}
	asked := d.asked
	for range 100 {
		if n, _, err := daily.Take(t.Context(), "t1", 5, 1); err != nil || n != 0 {
			t.Fatal(n, err)
		}
	}
	if d.asked != asked {
		t.Errorf("a quota that is used up was asked for %d times", d.asked-asked)
	}
	if n, _, err := daily.Take(t.Context(), "t1", 6, 1); err != nil || n != 1 {
		t.Errorf("after the plan was raised: %d, %v", n, err)
	}
	daily.Return("t1", 1)
	pass(12 * time.Hour)
	if held := daily.Held("t1"); held != 0 {
		t.Errorf("%d of yesterday are held", held)
	}
	daily.Return("t1", 3) // of yesterday
	if n, _, err := daily.Take(t.Context(), "t1", 5, 9); err != nil || n != 5 {
		t.Errorf("the next day: %d, %v", n, err)
	}
}

func TestNoQuotaWithoutItsStore(t *testing.T) {
	t.Parallel()
	daily, d, _ := desk()
	d.err = errors.New("away")
	if n, _, err := daily.Take(t.Context(), "t1", 5, 1); !errors.Is(err, d.err) || n != 0 {
		t.Errorf("took %d, %v", n, err)
	}
	for _, n := range []int{0, -1} {
		if _, _, err := daily.Take(t.Context(), "t1", 5, n); err == nil {
			t.Errorf("took %d", n)
		}
	}
}
