package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/ports/access"
)

func recollection(v *access.Vigil, now func() time.Time) *access.Recollection {
	return access.NewRecollection(otter.NewMemory(1<<20, time.Minute), v, nil, now)
}

// Whoever hears of changes believes for longer than a moment, and only what he
// would have heard of.
func TestWhatIsBelievedForLong(t *testing.T) {
	t.Parallel()
	const moment = time.Second // longer than anything is believed without hearing
	tests := map[string]struct {
		until  time.Duration // when the credential ends by itself; 0: never
		after  time.Duration
		happen func(v *access.Vigil, now time.Time)
		asked  int // look-ups in all
	}{
		"heard all":              {after: moment, happen: func(v *access.Vigil, now time.Time) { v.Heard(now.Add(-700 * time.Millisecond)) }, asked: 1},
		"not heard for too long": {after: moment, happen: func(v *access.Vigil, now time.Time) { v.Heard(now.Add(-800 * time.Millisecond)) }, asked: 2},
		"the tenant changed": {after: moment, happen: func(v *access.Vigil, now time.Time) {
			v.Changed("demo")
			v.Heard(now)
		}, asked: 2},
		"another changed": {after: moment, happen: func(v *access.Vigil, now time.Time) {
			v.Changed("other")
			v.Heard(now)
		}, asked: 1},
		"the connection is new": {after: moment, happen: func(v *access.Vigil, now time.Time) {
			v.Begin()
			v.Heard(now)
		}, asked: 2},
		"too many changed to tell which": {after: moment, happen: func(v *access.Vigil, now time.Time) {
			for i := range 10_001 {
				v.Changed("many " + string(rune(i)))
			}
			v.Heard(now)
		}, asked: 2},
		"changed a moment ago": {after: 700 * time.Millisecond, happen: func(v *access.Vigil, _ time.Time) { v.Changed("demo") }, asked: 1},
		"old":                  {after: 30 * time.Second, happen: func(v *access.Vigil, now time.Time) { v.Heard(now) }, asked: 2},
		"over by itself":       {until: moment, after: moment, happen: func(v *access.Vigil, now time.Time) { v.Heard(now) }, asked: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, now := newBook(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			key, _ := newKey(t, issuer(b))
			vigil := access.NewVigil(func() time.Time { return now })
			vigil.Begin()
			vigil.Heard(now)
			dated := until{b, now.Add(tt.until), tt.until > 0}
			a := access.NewAuthenticator(dated, nil, nil, recollection(vigil, func() time.Time { return now }))
			ask := func() {
				if _, err := a.Authenticate(t.Context(), key); err != nil {
					t.Fatal(err)
				}
			}
			ask()
			now = now.Add(tt.after)
			tt.happen(vigil, now)
			ask()
			if b.lookups != tt.asked {
				t.Errorf("looked up %d times, want %d", b.lookups, tt.asked)
			}
		})
	}
}

// What changes while it is looked up is not believed for long.
func TestAChangeDuringTheLookup(t *testing.T) {
	t.Parallel()
	b, now := newBook(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	key, _ := newKey(t, issuer(b))
	vigil := access.NewVigil(func() time.Time { return now })
	vigil.Begin()
	a := access.NewAuthenticator(changing{b, vigil}, nil, nil, recollection(vigil, func() time.Time { return now }))
	for range 2 {
		vigil.Heard(now)
		if _, err := a.Authenticate(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	if b.lookups != 2 {
		t.Errorf("looked up %d times, want 2", b.lookups)
	}
}

// until is a look-up whose credentials end by themselves.
type until struct {
	access.Lookup
	at  time.Time
	set bool
}

func (u until) Principal(ctx context.Context, h access.Hash, at time.Time) (access.Principal, error) {
	p, err := u.Lookup.Principal(ctx, h, at)
	if u.set {
		p.Until = u.at
	}
	return p, err
}

// changing is a look-up during which the tenant changes.
type changing struct {
	access.Lookup
	vigil *access.Vigil
}

func (c changing) Principal(ctx context.Context, h access.Hash, at time.Time) (access.Principal, error) {
	p, err := c.Lookup.Principal(ctx, h, at)
	c.vigil.Changed(p.TenantID)
	return p, err
}
