package metering

import (
	"context"
	"errors"
	"time"
)

// Keeping is what is to be done again and again while a process runs.
type Keeping struct {
	Meter   *Meter
	Daily   Tidier
	Records Measurer
	// Failed is told what went wrong; it is tried again.
	Failed func(error)
}

// Tidier gives back what it holds and nobody uses.
type Tidier interface {
	Tidy(ctx context.Context) error
	Close(ctx context.Context) error
}

// Measurer measures what tenants hold.
type Measurer interface {
	// Unmeasured are at most so many tenants in use whose holdings are older.
	Unmeasured(ctx context.Context, maxAge time.Duration, most int) ([]string, error)
	Held(ctx context.Context, tenantID string, maxAge time.Duration) (Holdings, error)
	// Prune forgets what is older than anybody may ask for.
	Prune(ctx context.Context) error
}

const (
	// FlushEvery is the most that a process that is killed loses of usage.
	FlushEvery = 3 * time.Second
	// measureEvery and measureAtOnce spread the measuring of many tenants.
	measureEvery  = time.Minute
	measureAtOnce = 100
	pruneEvery    = 6 * time.Hour
	stepTimeout   = 10 * time.Second
)

// Run keeps until ctx ends; [Keeping.Finish] does the rest.
func (k Keeping) Run(ctx context.Context) {
	flush, measure, prune := time.NewTicker(FlushEvery), time.NewTicker(measureEvery), time.NewTicker(pruneEvery)
	defer flush.Stop()
	defer measure.Stop()
	defer prune.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			k.step(ctx, func(ctx context.Context) error {
				return errors.Join(k.Meter.Flush(ctx), k.Daily.Tidy(ctx))
			})
		case <-measure.C:
			k.step(ctx, k.measure)
		case <-prune.C:
			k.step(ctx, k.Records.Prune)
		}
	}
}

// Finish writes what is left. Call it once nothing is counted any more.
func (k Keeping) Finish(ctx context.Context) error {
	return errors.Join(k.Meter.Flush(ctx), k.Daily.Close(ctx))
}

func (k Keeping) step(ctx context.Context, do func(context.Context) error) {
	within, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	if err := do(within); err != nil && ctx.Err() == nil {
		k.Failed(err)
	}
}

// measure is safe to do in many processes at once: what one has measured the
// others find fresh.
func (k Keeping) measure(ctx context.Context) error {
	ids, err := k.Records.Unmeasured(ctx, storageAge, measureAtOnce)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := k.Records.Held(ctx, id, storageAge); err != nil {
			return err
		}
	}
	return nil
}
