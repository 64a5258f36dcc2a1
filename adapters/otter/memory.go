// Package otter keeps answers in the memory of the process, bounded by their
// weight; which of them go when it is full is decided by W-TinyLFU.
package otter

import (
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/football-prediction/football-prediction/ports/caching"
)

var _ caching.Memory = (*Memory)(nil)

// Memory is a bounded map. Use [NewMemory].
type Memory struct {
	cache *otter.Cache[caching.Slot, weighed]
}

type weighed struct {
	value  any
	weight uint32
}

// NewMemory returns a Memory of at most so many bytes, as far as weights are
// right. It forgets what was not set again for life, whether it may still be
// told or not.
func NewMemory(bytes int, life time.Duration) *Memory {
	return &Memory{cache: otter.Must(&otter.Options[caching.Slot, weighed]{
		MaximumWeight:    uint64(bytes),
		Weigher:          func(_ caching.Slot, w weighed) uint32 { return w.weight },
		ExpiryCalculator: otter.ExpiryWriting[caching.Slot, weighed](life),
	})}
}

// Get implements [caching.Memory].
func (m *Memory) Get(s caching.Slot) (any, bool) {
	w, ok := m.cache.GetIfPresent(s)
	return w.value, ok
}

// Set implements [caching.Memory].
func (m *Memory) Set(s caching.Slot, value any, weight int) {
	m.cache.Set(s, weighed{value: value, weight: uint32(max(1, weight))})
}

// Delete implements [caching.Memory].
func (m *Memory) Delete(s caching.Slot) { m.cache.Invalidate(s) }

// Weight is that of all that is kept, once what is too much is gone.
func (m *Memory) Weight() int {
	m.cache.CleanUp()
	return int(m.cache.WeightedSize())
}

// Close ends what goes on in the background.
func (m *Memory) Close() { m.cache.StopAllGoroutines() }
