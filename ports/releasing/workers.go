package releasing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// Workers moves workflow runs between the workers of releases. A run stays with
// the release that it began with, unless it is handed over.
type Workers interface {
	// Ready is nil when a release has workers; [ErrUnready] says that it has none.
	Ready(ctx context.Context, release string) error
	// Leading is the release that new runs go to, empty when workers have no releases.
	Leading(ctx context.Context) (string, error)
	// Lead has new runs go to a release, or to workers without one when it is empty.
	Lead(ctx context.Context, release string) error
	// Unfinished counts the runs that a release began and has not ended.
	Unfinished(ctx context.Context, release string) (int, error)
	// HandOver gives them to the release that leads, and returns how many there were.
	HandOver(ctx context.Context, release string) (int, error)
}

const (
	// draining is how long the workers of a release may take for what they began;
	// trainings take minutes.
	draining = 10 * time.Minute
	// leaving is the same for a release that is taken back.
	leaving = 30 * time.Second
	// noticing is how long Temporal may take to see all queues of new workers.
	noticing = 20 * time.Second
	// leadEvery is how often it is tried.
	leadEvery = time.Second
)

// lead has new runs go to a release, as soon as its workers serve all queues.
func (r *Releaser) lead(ctx context.Context, release string) error {
	for since := r.Now(); ; {
		err := r.Workers.Lead(ctx, release)
		if !isUnready(err) || r.Now().Sub(since) > noticing {
			return err
		}
		if err := rest(ctx, leadEvery); err != nil {
			return err
		}
	}
}

// leadBack has new runs go to what led before, if they go to a release that is
// taken back.
func (r *Releaser) leadBack(ctx context.Context, p operation.Release) error {
	leads, err := r.Workers.Leading(ctx)
	if err != nil || leads != p.Name {
		return err
	}
	before, err := r.live(ctx)
	if err != nil {
		return err
	}
	if err := r.Workers.Ready(ctx, before); isUnready(err) {
		before = "" // it was released before workers had releases
	}
	return r.Workers.Lead(ctx, before)
}

// live is the name of the release that is live, empty when none is recorded.
func (r *Releaser) live(ctx context.Context) (string, error) {
	all, err := r.Releases.List(ctx, 100)
	if err != nil {
		return "", err
	}
	for _, x := range all {
		if x.Status == operation.Live {
			return x.Name, nil
		}
	}
	return "", nil
}

// drain waits for the runs of a release, and hands over those that take too long:
// nothing must wait for workers that are gone. Temporal lists a run a moment after
// it has begun, so that none is found counts only the second time.
func (r *Releaser) drain(ctx context.Context, release string, patience time.Duration, report func(string)) error {
	none := 0
	for since := r.Now(); none < 2; {
		n, err := r.Workers.Unfinished(ctx, release)
		if err != nil {
			return fmt.Errorf("count the runs of %s: %w", release, err)
		}
		switch {
		case n == 0:
			none++
		case r.Now().Sub(since) > patience:
			return r.handOver(ctx, release, report)
		default:
			none = 0
			report(fmt.Sprintf("%d runs of %s go on", n, release))
		}
		if err := rest(ctx, r.Settling); err != nil {
			return err
		}
	}
	return nil
}

func (r *Releaser) handOver(ctx context.Context, release string, report func(string)) error {
	moved, err := r.Workers.HandOver(ctx, release)
	if err != nil {
		return fmt.Errorf("hand the runs of %s over: %w", release, err)
	}
	if moved > 0 {
		report(fmt.Sprintf("%d runs of %s are handed over", moved, release))
	}
	return nil
}

func isUnready(err error) bool {
	var e *domain.Error
	return errors.As(err, &e) && e.Code == ErrUnready.Code
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
