package predicting

import (
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

// recent keeps statistics for a moment: before a big match everybody asks for
// the same ones, and nobody minds that they are two seconds old.
type recent struct {
	now domain.Clock

	mu   sync.Mutex
	kept map[subjectMatter]*kept
}

// subjectMatter is what statistics are of.
type subjectMatter struct {
	tenantID string
	match    football.MatchID
}

type kept struct {
	mu    sync.Mutex // held while it is summed up, so that one does it for all
	value Statistics
	until time.Time
}

const (
	keptFor  = 2 * time.Second
	mostKept = 10_000
)

// get returns what is kept, or what sum makes.
func (r *recent) get(of subjectMatter, sum func() (Statistics, error)) (Statistics, error) {
	r.mu.Lock()
	if len(r.kept) >= mostKept || r.kept == nil {
		r.kept = make(map[subjectMatter]*kept)
	}
	k := r.kept[of]
	if k == nil {
		k = &kept{}
		r.kept[of] = k
	}
	r.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	now := r.now()
	if now.Before(k.until) {
		return k.value, nil
	}
	value, err := sum()
	if err == nil {
		k.value, k.until = value, now.Add(keptFor)
	}
	return value, err
}
