package metering

import (
	"context"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

type metered struct {
	limiter limiting.Limiter
	meter   *Meter
}

// Metered returns a Limiter that counts what l decides, and who was seen.
func Metered(l limiting.Limiter, m *Meter) limiting.Limiter { return metered{limiter: l, meter: m} }

func (l metered) Take(ctx context.Context, p access.Principal, cost int) (limiting.Decision, error) {
	d, err := l.limiter.Take(ctx, p, cost)
	if err != nil {
		return d, err
	}
	kind := Refused
	if d.Allowed {
		kind = APICalls
	}
	l.meter.Count(p.TenantID, kind, cost)
	if p.UserID != "" {
		l.meter.Seen(p.TenantID, p.UserID)
	}
	return d, nil
}
