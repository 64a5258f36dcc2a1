// Package limiting decides whether a caller may go on: API calls run at an even
// rate with a burst, predictions are counted by the day. Processes lease small
// batches from a shared store, so that most decisions cost no round trip.
package limiting

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
)

// Limiter says whether a caller may make API calls now.
type Limiter interface {
	// Take takes cost calls off what p may still make. It decides even while
	// the store is away; an error means only that ctx ended first.
	Take(ctx context.Context, p access.Principal, cost int) (Decision, error)
}

// Decision is what a Limiter decided, and what its caller is told of it.
type Decision struct {
	Allowed    bool
	Limit      int           // calls a window
	Window     time.Duration // over which Limit is counted
	Remaining  int           // calls that may be made at once
	Reset      time.Duration // until nothing counts against the caller any more
	RetryAfter time.Duration // until the refused calls fit; zero when allowed
}

// ErrAPICalls is about a caller who calls too often. Compare with errors.Is.
var ErrAPICalls = &domain.Error{Kind: domain.Exhausted, Code: "quota." + string(tenancy.APICalls)}

// Err is nil for an allowed call, else an [ErrAPICalls] that says which limit
// was met and when to come back.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return domain.Errorf(domain.Exhausted, ErrAPICalls.Code,
		"the quota %s of %d an hour is used up for now; the next call fits in %s, and the whole burst is back in %s",
		tenancy.APICalls, d.Limit, seconds(d.RetryAfter), seconds(d.Reset))
}

// seconds rounds up: who comes back after so long must be let in.
func seconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
