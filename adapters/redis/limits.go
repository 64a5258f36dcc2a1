package redis

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/ports/limiting"
)

var _ limiting.Store = (*Limits)(nil)

//go:embed limits.lua
var limitsSource string

var limitsScript = redis.NewScript(limitsSource)

// Limits counts calls for all processes, on Redis' clock. What it holds may be
// lost: each process says what it knows of a bucket with its next demand.
type Limits struct{ client redis.UniversalClient }

// NewLimits returns the counts in client's database.
func NewLimits(client redis.UniversalClient) *Limits { return &Limits{client: client} }

// Lease implements [limiting.Store] in one round trip.
func (l *Limits) Lease(ctx context.Context, d limiting.Demand) (limiting.Grant, error) {
	arguments := append(make([]any, 0, 10), d.Cost, d.Want)
	for _, b := range []limiting.Bucket{d.Tenant, d.Key} {
		arguments = append(arguments, micro(b.Rate.Interval), b.Rate.Burst, micro(b.Debt), b.Owed)
	}
	answer, err := limitsScript.Run(ctx, l.client, []string{d.Tenant.Name, d.Key.Name}, arguments...).Int64Slice()
	if err != nil {
		return limiting.Grant{}, fmt.Errorf("lease calls: %w", err)
	}
	if len(answer) != 6 {
		return limiting.Grant{}, fmt.Errorf("lease calls: the script answers %d numbers", len(answer))
	}
	return limiting.Grant{
		Calls: int(answer[0]), Wait: fromMicro(answer[1]), ByTenant: answer[2] == 1, Remaining: int(answer[3]),
		TenantDebt: fromMicro(answer[4]), KeyDebt: fromMicro(answer[5]),
	}, nil
}

// Ping implements [limiting.Store].
func (l *Limits) Ping(ctx context.Context) error { return Ping(l.client)(ctx) }

// micro keeps fractions of a microsecond: a billion calls an hour are 3.6 apart.
func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func fromMicro(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
