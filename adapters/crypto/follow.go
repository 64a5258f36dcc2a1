package crypto

import (
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

const (
	reread = 30 * time.Second
	// soonest bounds how often what names an unknown key makes us read a file.
	soonest = time.Second
)

// followed is what a file held when it was read last. It is read again by
// whoever wants it younger than it is, so that changing keys restarts nothing.
// A file that cannot be read, or holds nothing good, leaves the value as it
// was: losing sight of it for a moment must not stop sign-ins.
type followed[T any] struct {
	read func() (T, error) // nil for what lies in no file
	now  domain.Clock

	mu     sync.RWMutex
	value  T
	readAt time.Time
	told   func(error)
}

// follow reads for the first time, which must succeed.
func follow[T any](read func() (T, error), now domain.Clock) (*followed[T], error) {
	value, err := read()
	if err != nil {
		return nil, err
	}
	return &followed[T]{read: read, now: now, value: value, readAt: now(), told: func(error) {}}, nil
}

// fixed is a value that never changes.
func fixed[T any](value T) *followed[T] {
	return &followed[T]{value: value}
}

// get returns the value, read again when it is older than age.
func (f *followed[T]) get(age time.Duration) T {
	if f.read == nil {
		return f.value
	}
	now := f.now()
	f.mu.RLock()
	value, fresh := f.value, now.Sub(f.readAt) < age
	f.mu.RUnlock()
	if fresh {
		return value
	}
	return f.renew(now, age)
}

// renew reads the file, unless somebody else has just done so.
func (f *followed[T]) renew(now time.Time, age time.Duration) T {
	f.mu.Lock()
	if now.Sub(f.readAt) < age {
		defer f.mu.Unlock()
		return f.value
	}
	f.readAt = now
	read, err := f.read()
	if err == nil {
		f.value = read
	}
	value, told := f.value, f.told
	f.mu.Unlock()
	told(err)
	return value
}

// tell lets told hear of how each reading from now on went.
func (f *followed[T]) tell(told func(error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = told
}
