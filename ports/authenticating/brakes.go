package authenticating

import (
	"context"
	"net/netip"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Guessing is slowed down where it comes from, never by locking the account:
// whoever could lock an account by failing on purpose could lock its owner out.
//
// Each network that fails on an account waits longer and longer. An attacker
// with many networks meets a second brake, which counts the failures of all
// networks that the owner has never signed in from; the owner's own networks
// are not held up by it.

// Attempt is somebody trying to sign in.
type Attempt struct {
	TenantID string
	Account  string // the normalised e-mail address, whether it is a user's or not
	Network  string // see [NetworkOf]
	At       time.Time
	// SignIn tells sign-ins, which also count by network alone, from what else
	// is slowed down.
	SignIn bool
}

// Tally is what has failed before an attempt.
type Tally struct {
	Known   bool  // the account was signed in to from this network
	Here    Count // from this network
	Strange Count // from all networks that are not known
}

// Count is failures since the last long quiet.
type Count struct {
	Failures int
	LastAt   time.Time
}

// Quiet is how long without failures makes a [Count] begin anew.
const Quiet = 24 * time.Hour

// Attempts counts attempts. Accounts and networks are kept as keyed hashes.
type Attempts interface {
	// Begin counts an attempt as failed unless wait, which is called with what
	// failed before, says that it comes too soon; it returns what wait said. No
	// two attempts on an account from one place are let through by one tally.
	Begin(ctx context.Context, a Attempt, wait func(Tally) time.Duration) (time.Duration, error)
	// Succeed takes the failures of this network back and makes it known.
	Succeed(ctx context.Context, a Attempt) error
}

const (
	freeHere     = 5  // failures of one network before it waits
	freeStrange  = 50 // of all unknown networks
	longestPause = 15 * time.Minute
)

func pause(c Count, free int) time.Duration {
	if c.Failures < free {
		return 0
	}
	return min(time.Second<<min(c.Failures-free, 20), longestPause)
}

// Wait is how long an attempt at a time comes too soon; zero lets it through.
func Wait(t Tally, at time.Time) time.Duration {
	left := func(c Count, free int) time.Duration { return c.LastAt.Add(pause(c, free)).Sub(at) }
	soonest := left(t.Here, freeHere)
	if !t.Known {
		soonest = max(soonest, left(t.Strange, freeStrange))
	}
	return max(soonest, 0)
}

// slowed refuses an attempt that comes too soon.
func slowed(left time.Duration) error {
	return (&domain.Error{
		Kind: domain.Exhausted, Code: "auth.slowed", Detail: "too many attempts failed; wait before the next",
	}).After(left)
}

// NetworkOf is the network that an address stands for: providers hand out whole
// /64s of IPv6 to one customer, and IPv4 addresses change within a /24.
func NetworkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	bits := 64
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
