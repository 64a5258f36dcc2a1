package rest_test

import (
	"context"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/metering"
)

// generous is a store that has enough for everybody.
type generous struct{}

func (generous) Ping(context.Context) error { return nil }

func (generous) Lease(_ context.Context, d limiting.Demand) (limiting.Grant, error) {
	return limiting.Grant{Calls: d.Want, Remaining: 900, TenantDebt: time.Second}, nil
}

func (generous) Decided(bool, bool) {}
func (generous) LocalMode(bool)     {}

// BenchmarkLimit compares a request for a kept forecast with and without
// quota, headers and metering. Compare the figures within one run.
func BenchmarkLimit(b *testing.B) {
	begin := time.Now()
	leasing := limiting.NewLeasing(generous{}, func() time.Duration { return time.Since(begin) }, generous{})
	b.Cleanup(leasing.Close)
	limited := func(d *rest.Dependencies) {
		d.Limiter = metering.Metered(leasing, metering.NewMeter(nil, "", time.Now))
	}
	at := "/api/v1/matches/" + id(2, 120) + "/forecast"
	for name, changes := range map[string][]with{"free": {quiet}, "limited": {quiet, limited}} {
		b.Run(name, func(b *testing.B) {
			s := newServer(b, changes...)
			handled(b, s, at, s.reader)
		})
	}
}
