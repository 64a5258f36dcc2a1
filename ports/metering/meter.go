// Package metering counts what tenants use. Requests are counted in memory and
// written together every few seconds: a process that is killed loses no more
// than that.
package metering

import (
	"context"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Kind is something that is counted by the hour.
type Kind string

// The kinds. Predictions are counted where their quota is.
const (
	APICalls Kind = "api_calls" // calls that were let through
	Refused  Kind = "refused"   // calls that a limit turned away
)

// Entry is what an amount is counted of.
type Entry struct {
	TenantID string
	Hour     time.Time // its first moment, in UTC
	Kind     Kind
}

// Visit is a user who was seen on a day.
type Visit struct {
	TenantID, UserID string
	Day              time.Time // its first moment, in UTC
}

// Batch is what was counted between two flushes. Its sequence tells it from
// the other batches of its process; it never changes once it was sent.
type Batch struct {
	Process  string // UUID
	Sequence int64
	Amounts  map[Entry]int64
	Visits   map[Visit]struct{}
}

// Store keeps batches.
type Store interface {
	// Add adds b in one piece. A batch whose sequence is not above the last one
	// of its process is there already and changes nothing.
	Add(ctx context.Context, b Batch) error
}

// The most that is kept while the store is away, and remembered of a day's
// visitors: some 20 MiB in all.
const (
	maxEntries = 100_000
	maxVisits  = 100_000
)

// Meter counts in memory. Use [NewMeter].
type Meter struct {
	store Store
	now   domain.Clock

	flushing sync.Mutex // held while a batch is written

	mu      sync.Mutex
	pending Batch
	sent    *Batch // being written, or to be written again
	seen    map[Visit]struct{}
	today   time.Time // of seen
	dropped int64
}

// NewMeter returns a Meter; process names this process alone, as a UUID.
func NewMeter(store Store, process string, now domain.Clock) *Meter {
	return &Meter{store: store, now: now, pending: newBatch(process, 1), seen: make(map[Visit]struct{})}
}

func newBatch(process string, sequence int64) Batch {
	return Batch{Process: process, Sequence: sequence, Amounts: make(map[Entry]int64), Visits: make(map[Visit]struct{})}
}

// Count counts n of a kind for a tenant.
func (m *Meter) Count(tenantID string, k Kind, n int) {
	e := Entry{TenantID: tenantID, Hour: hourOf(m.now()), Kind: k}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.pending.Amounts[e]; !there && len(m.pending.Amounts) >= maxEntries {
		m.dropped += int64(n)
		return
	}
	m.pending.Amounts[e] += int64(n)
}

// Seen notes that a user was here today.
func (m *Meter) Seen(tenantID, userID string) {
	day := dayOf(m.now())
	v := Visit{TenantID: tenantID, UserID: userID, Day: day}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !day.Equal(m.today) || len(m.seen) >= maxVisits {
		clear(m.seen)
		m.today = day
	}
	if _, known := m.seen[v]; known || len(m.pending.Visits) >= maxVisits {
		return
	}
	m.seen[v] = struct{}{}
	m.pending.Visits[v] = struct{}{}
}

// Dropped is how many counts were lost because too much was waiting for a
// store that is away.
func (m *Meter) Dropped() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dropped
}

// Flush writes what was counted. What cannot be written is kept for the next
// time; what may have been written is sent again unchanged.
func (m *Meter) Flush(ctx context.Context) error {
	m.flushing.Lock()
	defer m.flushing.Unlock()
	for {
		b := m.next()
		if b == nil {
			return nil
		}
		if err := m.store.Add(ctx, *b); err != nil {
			return err
		}
		m.mu.Lock()
		m.sent = nil
		m.mu.Unlock()
	}
}

// next is the batch to write, or nil.
func (m *Meter) next() *Batch {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sent == nil {
		if len(m.pending.Amounts) == 0 && len(m.pending.Visits) == 0 {
			return nil
		}
		full := m.pending
		m.sent, m.pending = &full, newBatch(full.Process, full.Sequence+1)
	}
	return m.sent
}

// unwritten are the batches that may not be in the store. They are copied for
// one tenant, so that what is counted meanwhile changes nothing.
func (m *Meter) unwritten(tenantID string) (process string, batches []Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range []*Batch{m.sent, &m.pending} {
		if b == nil {
			continue
		}
		own := newBatch(b.Process, b.Sequence)
		for e, n := range b.Amounts {
			if e.TenantID == tenantID {
				own.Amounts[e] = n
			}
		}
		batches = append(batches, own)
	}
	return m.pending.Process, batches
}

func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
