package metering_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/metering"
)

var start = time.Date(2026, time.August, 14, 12, 30, 0, 0, time.UTC)

// shelf keeps batches as a database does, unless it is away.
type shelf struct {
	mu      sync.Mutex
	away    bool
	batches []metering.Batch
}

var errAway = errors.New("away")

func (s *shelf) Add(_ context.Context, b metering.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return errAway
	}
	s.batches = append(s.batches, b)
	return nil
}

func (s *shelf) total(k metering.Kind) (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.batches {
		for e, amount := range b.Amounts {
			if e.Kind == k {
				n += amount
			}
		}
	}
	return n
}

func TestCountsFallIntoTheirHours(t *testing.T) {
	t.Parallel()
	s, now := &shelf{}, start
	m := metering.NewMeter(s, "p1", func() time.Time { return now })
	m.Count("t1", metering.APICalls, 1)
	now = now.Add(40 * time.Minute)
	m.Count("t1", metering.APICalls, 2)
	m.Count("t1", metering.Refused, 1)
	m.Seen("t1", "u1")
	for range 2 { // nothing is left for the second
		if err := m.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	hour := start.Truncate(time.Hour)
	want := []metering.Batch{{
		Process: "p1", Sequence: 1,
		Amounts: map[metering.Entry]int64{
			{TenantID: "t1", Hour: hour, Kind: metering.APICalls}:                1,
			{TenantID: "t1", Hour: hour.Add(time.Hour), Kind: metering.APICalls}: 2,
			{TenantID: "t1", Hour: hour.Add(time.Hour), Kind: metering.Refused}:  1,
		},
		Visits: map[metering.Visit]struct{}{{TenantID: "t1", UserID: "u1", Day: start.Truncate(24 * time.Hour)}: {}},
	}}
	if diff := cmp.Diff(want, s.batches); diff != "" {
		t.Error(diff)
	}
	// Who was seen today is written once a day.
	m.Seen("t1", "u1")
	now = now.Add(24 * time.Hour)
	m.Seen("t1", "u1")
	if err := m.Flush(t.Context()); err != nil || len(s.batches) != 2 || len(s.batches[1].Visits) != 1 {
		t.Errorf("%v, %d batches", err, len(s.batches))
	}
}

func TestNothingIsLostWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	s := &shelf{away: true}
	m := metering.NewMeter(s, "p1", func() time.Time { return start })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				m.Count("t"+strconv.Itoa(i%50), metering.APICalls, 1)
				if i%100 == 0 {
					_ = m.Flush(t.Context())
				}
			}
		})
	}
	wg.Wait()
	s.away = false
	if err := m.Flush(t.Context()); err != nil || s.total(metering.APICalls) != 8000 || m.Dropped() != 0 {
		t.Errorf("%d of 8,000 written, %v", s.total(metering.APICalls), err)
	}
	for i, b := range s.batches {
		if b.Sequence != int64(i+1) {
			t.Errorf("batch %d has the sequence %d", i, b.Sequence)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	s := &shelf{away: true}
	m := metering.NewMeter(s, "p1", func() time.Time { return start })
	for i := range 150_000 {
		m.Count(strconv.Itoa(i), metering.APICalls, 1)
		m.Seen("t1", strconv.Itoa(i))
	}
	m.Count("0", metering.APICalls, 5) // who is known goes on being counted
	s.away = false
	if err := m.Flush(t.Context()); err != nil || s.total(metering.APICalls) != 100_005 || m.Dropped() != 50_000 {
		t.Errorf("%d written, %d dropped, %v", s.total(metering.APICalls), m.Dropped(), err)
	}
	if n := len(s.batches[0].Visits); n != 100_000 {
		t.Errorf("%d visits kept", n)
	}
}

// doorman lets the first so many in.
type doorman struct{ left int }

func (d *doorman) Take(context.Context, access.Principal, int) (limiting.Decision, error) {
	d.left--
	return limiting.Decision{Allowed: d.left >= 0}, nil
}

func TestWhatTheLimiterDecidesIsCounted(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	m := metering.NewMeter(s, "p1", func() time.Time { return start })
	l := metering.Metered(&doorman{left: 3}, m)
	for _, user := range []string{"", "u1", "u1", "u2", "u2"} {
		if _, err := l.Take(t.Context(), access.Principal{TenantID: "t1", UserID: user}, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.total(metering.APICalls) != 3 || s.total(metering.Refused) != 2 || len(s.batches[0].Visits) != 2 {
		t.Errorf("batches = %+v", s.batches)
	}
}

// idle holds nothing.
type idle struct{ closed bool }

func (*idle) Tidy(context.Context) error    { return nil }
func (i *idle) Close(context.Context) error { i.closed = true; return nil }

func TestFinishingWritesWhatIsLeft(t *testing.T) {
	t.Parallel()
	s, d := &shelf{}, &idle{}
	m := metering.NewMeter(s, "p1", func() time.Time { return start })
	m.Count("t1", metering.APICalls, 1)
	if err := (metering.Keeping{Meter: m, Daily: d}).Finish(t.Context()); err != nil || s.total(metering.APICalls) != 1 || !d.closed {
		t.Errorf("%v, %+v, %+v", err, s.batches, d)
	}
}

func TestUsageNeedsPermission(t *testing.T) {
	t.Parallel()
	r := metering.NewReader(nil, metering.NewMeter(&shelf{}, "p1", time.Now), nil, time.Now)
	for name, ctx := range map[string]context.Context{
		"nobody":      t.Context(),
		"wrong scope": access.With(t.Context(), access.Principal{TenantID: "t1", Scopes: []access.Scope{access.Operate}, Limits: tenancy.Limits{}}),
	} {
		if _, err := r.Usage(ctx, time.Time{}, time.Time{}); err == nil {
			t.Errorf("%s may read usage", name)
		}
	}
}
