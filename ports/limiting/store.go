package limiting

import (
	"context"
	"time"
)

// Store counts for all processes, by a clock of its own.
type Store interface {
	// Lease takes at least d.Cost and at most d.Want calls off every bucket, or
	// nothing. It gives out less than d.Want as a bucket runs low.
	Lease(ctx context.Context, d Demand) (Grant, error)
	// Ping is nil while the store answers.
	Ping(ctx context.Context) error
}

// Demand asks for a lease.
type Demand struct {
	Tenant, Key Bucket // Key is one credential of the tenant
	Cost, Want  int
}

// Bucket is a rate and what is counted against it.
type Bucket struct {
	Name string
	Rate Rate
	// Debt is how long this process believes it takes until the bucket is full.
	// It counts only when the store has lost the bucket.
	Debt time.Duration
	// Owed are calls that were allowed without the store while it was away.
	// They count unless the store has lost the bucket: the debt holds them too.
	Owed int
}

// Grant is what a store gave.
type Grant struct {
	Calls     int           // none when refused
	Wait      time.Duration // until d.Cost fits, when refused
	ByTenant  bool          // the tenant's bucket refused, not just the key's
	Remaining int           // calls left in the fuller-used bucket
	// TenantDebt and KeyDebt are how long it takes until each bucket is full.
	TenantDebt, KeyDebt time.Duration
}
