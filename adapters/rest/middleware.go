package rest

import (
	"net/http"
)

// middlewares are what every request passes, outermost first. Observing stands
// outside recovery, so that a panic is counted as the 500 it becomes; the
// guards stand inside both, so that what they refuse is logged and counted.
func middlewares(d Dependencies) []func(http.Handler) http.Handler {
	around := d.Config.Around
	if around == nil {
		around = func(next http.Handler) http.Handler { return next }
	}
	return []func(http.Handler) http.Handler{
		around,
		identified,
		located(d.Config.TrustedProxies),
		observed(d.Observer, d.Log),
		secured,
		recovered(d.Log),
		crossOrigin(d.Config.CORSOrigins),
		hosted(d.Config.AllowedHosts),
		paused(d.Pause),
		wellFormed,
		bodied,
		deadlined(d.Config.Timeout),
		headed,
	}
}
