//go:build prove

package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/test/harness"
)

// mostSeeing is the share of the throughput that seeing may take.
const mostSeeing = 0.15

// blind is what a program is without metrics and logs.
var blind = fx.Options(
	fx.Decorate(func() rest.Observer { return unseen{} }),
	fx.Decorate(func() *zap.Logger { return zap.NewNop() }),
)

type unseen struct{}

func (unseen) InFlight(int)                               {}
func (unseen) Request(string, string, int, time.Duration) {}

// TestProveSeeingCostsLittle asks for a kept forecast of programs that are seen
// to different degrees, side by side. Of the traces the usual tenth is recorded.
func TestProveSeeingCostsLittle(t *testing.T) {
	s := newSpeedway(t)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(receiver.Close)
	redis, path := "REDIS_URL="+harness.Redis(t), "/api/v1/matches/"+s.match+"/forecast"
	runners := make(map[string]runner)
	const none, usual, traced = "neither metrics nor logs", "metrics and logs", "metrics, logs and traces"
	for name, address := range map[string]string{
		none: s.startWith(t, blind, redis), usual: s.start(t, redis), traced: s.start(t, redis, "OTEL_EXPORTER_OTLP_ENDPOINT="+receiver.URL),
	} {
		ask(t, "http://"+address+path, s.keys[0])
		runners[name] = runner{address: address, requests: [][]byte{request(path, s.keys[0])}}
	}
	runs := race(t, runners)
	for _, name := range sorted(runs) {
		share, p99 := against(runs[name], runs[none])
		t.Logf("%-26s %6.0f requests a second, %.3f of what is unseen, p99 × %.2f",
			name, middle(runs[name], func(l lap) float64 { return l.rate }), share, p99)
		if share < 1-mostSeeing {
			t.Errorf("with %s, %.3f of the requests are served", name, share)
		}
	}
}
