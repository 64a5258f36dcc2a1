package otter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/ports/caching"
)

func slot(n int) caching.Slot {
	return caching.Slot{Area: caching.Forecasts, Key: caching.Key{Name: fmt.Sprint(n)}}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const bound = 1 << 20
	m := otter.NewMemory(bound, time.Hour)
	t.Cleanup(m.Close)
	for i := range 10_000 {
		m.Set(slot(i), i, 1<<10)
	}
	if w := m.Weight(); w > bound || w < bound/2 {
		t.Errorf("after ten times as much was set, %d bytes are kept; %d are the most", w, bound)
	}
}

func TestMemoryForgets(t *testing.T) {
	t.Parallel()
	m := otter.NewMemory(1<<20, time.Hour)
	t.Cleanup(m.Close)
	m.Set(slot(1), "one", 1)
	m.Set(slot(2), "two", 1)
	if v, ok := m.Get(slot(1)); !ok || v != "one" {
		t.Errorf("got %v, %v", v, ok)
	}
	m.Delete(slot(1))
	if v, ok := m.Get(slot(1)); ok {
		t.Errorf("got %v after it was deleted", v)
	}
	other := slot(2)
	other.Tenant = "other"
	if v, ok := m.Get(other); ok {
		t.Errorf("another tenant got %v", v)
	}
}
