// Package exclusion lets one run at a time work on a resource, whatever the
// runs are called and wherever they were started.
package exclusion

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// The resources.
const (
	// Database is held by whoever dumps, restores or swaps it.
	Database = "database"
	// Redis and Application are held by whoever backs them up or restores them.
	Redis       = "redis"
	Application = "application"
	// Release is held by whoever moves requests between colours.
	Release = "release"
	// Service is held by whoever needs everybody else to rest, see ports/pausing.
	Service = "service"
)

// Claim says who wants which resource, and what for.
type Claim struct {
	Resource string
	Holder   string // the run; the same one may claim again
	Purpose  string // for those who wait
}

// TTL is how long a claim outlives the last sign of its holder.
const TTL = 2 * time.Minute

// ErrHeld is about a resource that another holder has. It passes.
var ErrHeld = &domain.Error{Kind: domain.Unavailable, Code: "exclusion.held"}

// ErrLost is about a claim that lapsed while its holder worked.
var ErrLost = &domain.Error{Kind: domain.Unavailable, Code: "exclusion.lost", Detail: "another run took over; what this one did meanwhile is not relied on"}

// Leases are claims with a time, kept where all processes see them.
type Leases interface {
	// Acquire gives the claim until ttl from now, on the keeper's clock, also
	// when its holder has it already. It returns [ErrHeld], which names the
	// holder, when another has it.
	Acquire(ctx context.Context, c Claim, ttl time.Duration) error
	// Release gives it back; a claim of another holder stays. That it was given
	// back, and by whom, can be seen until somebody else claims it.
	Release(ctx context.Context, c Claim) error
	// Void ends all claims that were made until a moment: those in a database
	// that is as of then, whose holders are of the past.
	Void(ctx context.Context, until time.Time) error
}

// Hold runs use while the claim is held, and says so again and again. The
// context of use ends when the claim is lost. It does not release: the next
// step of the same run goes on with it.
func Hold(ctx context.Context, leases Leases, c Claim, use func(ctx context.Context) error) error {
	if err := leases.Acquire(ctx, c, TTL); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		renew(ctx, leases, c, cancel)
	}()
	err := use(ctx)
	lost := errors.Is(context.Cause(ctx), ErrLost)
	cancel(nil)
	<-renewing
	if lost {
		return fmt.Errorf("%s: %w", c.Purpose, ErrLost)
	}
	return err
}

// HoldAll is [Hold] of several claims, which are acquired in their order.
func HoldAll(ctx context.Context, leases Leases, all []Claim, use func(ctx context.Context) error) error {
	if len(all) == 0 {
		return use(ctx)
	}
	return Hold(ctx, leases, all[0], func(ctx context.Context) error { return HoldAll(ctx, leases, all[1:], use) })
}

// renews is how often a claim is renewed in its time. A keeper that is away for
// less than the time takes nothing from us.
const renews = 4

func renew(ctx context.Context, leases Leases, c Claim, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(TTL / renews)
	defer ticker.Stop()
	missed := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := leases.Acquire(ctx, c, TTL)
		if err == nil {
			missed = 0
			continue
		}
		if missed++; errors.Is(err, ErrHeld) || missed == renews {
			cancel(ErrLost)
			return
		}
	}
}
