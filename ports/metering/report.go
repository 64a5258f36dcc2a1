package metering

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
)

// Records are what has been written of usage.
type Records interface {
	// Usage returns what a tenant used in a span. It tells of one moment which
	// batches of a process are in it.
	Usage(ctx context.Context, tenantID string, s Span) (Recorded, error)
	// Limits are a tenant's limits as they are now.
	Limits(ctx context.Context, tenantID string) (tenancy.Limits, error)
	// Held returns what a tenant holds: users as they are now, and storage as
	// it was at most maxAge ago.
	Held(ctx context.Context, tenantID string, maxAge time.Duration) (Holdings, error)
}

// Span is what to read.
type Span struct {
	Process  string    // whose last sequence to tell
	From, To time.Time // days; To is included
	Hour     time.Time // the hour that runs, in UTC
}

// Day is what was used on one day in UTC.
type Day struct {
	Date                                        time.Time
	APICalls, Refused, Predictions, ActiveUsers int64
}

// Holdings are what a tenant holds at a time.
type Holdings struct {
	Users, StorageMB int
	StorageAt        time.Time // when the storage was measured
}

// QuotaUse is how much of a quota is used.
type QuotaUse struct {
	Quota           tenancy.Quota
	Limit           int
	Used, Remaining int
	ResetsAt        time.Time // zero for what is held
}

// Report is what a tenant uses.
type Report struct {
	Quotas     []QuotaUse // in the order of [tenancy.Quotas]
	MeasuredAt time.Time  // when the storage was measured
	Days       []Day      // each day asked for, the earliest first
}

// HeldBack tells how much of a tenant's predictions this process has leased
// and not used.
type HeldBack interface {
	Held(tenantID string) int
}

// Reader reports usage.
type Reader struct {
	records Records
	meter   *Meter
	daily   HeldBack
	now     domain.Clock
}

// NewReader returns a Reader of what is written and of what is still in memory.
func NewReader(records Records, meter *Meter, daily HeldBack, now domain.Clock) *Reader {
	return &Reader{records: records, meter: meter, daily: daily, now: now}
}

const (
	// MostDays is the longest history that is told at once.
	MostDays = 90
	// storageAge is how old a measured storage may be.
	storageAge = 24 * time.Hour
)

// Usage returns what the caller's tenant uses, with each day from a day to a
// day. Zero days stand for the last thirty.
func (r *Reader) Usage(ctx context.Context, from, to time.Time) (Report, error) {
	p, err := access.Allowed(ctx, identity.ReadTenant)
	if err != nil {
		return Report{}, err
	}
	now := r.now()
	from, to, err = spanOf(from, to, dayOf(now))
	if err != nil {
		return Report{}, err
	}
	// What is in memory is read first: a batch that is written meanwhile is
	// recognised by its sequence and not counted twice.
	process, unwritten := r.meter.unwritten(p.TenantID)
	recorded, err := r.records.Usage(ctx, p.TenantID, Span{Process: process, From: from, To: to, Hour: hourOf(now)})
	if err != nil {
		return Report{}, err
	}
	recorded.add(unwritten, hourOf(now))
	recorded.giveBack(int64(r.daily.Held(p.TenantID)), dayOf(now))
	quotas, measured, err := r.quotas(ctx, p.TenantID, recorded, now)
	if err != nil {
		return Report{}, err
	}
	return Report{Quotas: quotas, MeasuredAt: measured, Days: recorded.days(from, to)}, nil
}

func spanOf(from, to, today time.Time) (time.Time, time.Time, error) {
	if to.IsZero() {
		to = today
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -29)
	}
	if to.Before(from) {
		return from, to, domain.Errorf(domain.Invalid, "usage.span", "to lies before from")
	}
	if to.Sub(from) >= MostDays*24*time.Hour {
		return from, to, domain.Errorf(domain.Invalid, "usage.span", "at most %d days are told at once", MostDays)
	}
	return from, to, nil
}

func (r *Reader) quotas(ctx context.Context, tenantID string, used Recorded, now time.Time) ([]QuotaUse, time.Time, error) {
	limits, err := r.records.Limits(ctx, tenantID)
	if err != nil {
		return nil, time.Time{}, err
	}
	held, err := r.records.Held(ctx, tenantID, storageAge)
	if err != nil {
		return nil, time.Time{}, err
	}
	amounts := map[tenancy.Quota]int{
		tenancy.Users: held.Users, tenancy.StorageMB: held.StorageMB,
		tenancy.APICalls: int(used.Hour), tenancy.Predictions: used.Today,
	}
	all := make([]QuotaUse, 0, len(tenancy.Quotas))
	for _, q := range tenancy.Quotas {
		u := QuotaUse{Quota: q, Limit: limits.Of(q), Used: amounts[q]}
		u.Remaining = max(0, u.Limit-u.Used)
		if w := q.Window(); w > 0 {
			u.ResetsAt = now.UTC().Truncate(w).Add(w)
		}
		all = append(all, u)
	}
	return all, held.StorageAt, nil
}
