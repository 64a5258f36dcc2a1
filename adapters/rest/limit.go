package rest

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

// The fields of draft-ietf-httpapi-ratelimit-headers: what is allowed, and
// what is left of it.
const (
	policyHeader = "RateLimit-Policy"
	limitHeader  = "RateLimit"
	policyName   = `"default"`
)

// The headers' names as net/http keeps them.
var (
	policyField = http.CanonicalHeaderKey(policyHeader)
	limitField  = http.CanonicalHeaderKey(limitHeader)
)

// limited takes one call off what the caller may make, tells what is left, and
// refuses with 429 when nothing is. A nil limiter lets everybody through.
func limited(api huma.API, limiter limiting.Limiter, log *zap.Logger) func(huma.Context, func(huma.Context)) {
	if limiter == nil {
		return func(ctx huma.Context, next func(huma.Context)) { next(ctx) }
	}
	var rendered policies
	return func(ctx huma.Context, next func(huma.Context)) {
		principal, err := access.From(ctx.Context())
		if err != nil {
			refuseContext(api, ctx, log, err)
			return
		}
		d, err := limiter.Take(ctx.Context(), principal, 1)
		if err != nil {
			refuseContext(api, ctx, log, err)
			return
		}
		ctx.SetHeader(policyField, rendered.of(d))
		ctx.SetHeader(limitField, remaining(d))
		if err := d.Err(); err != nil {
			ctx.SetHeader("Retry-After", strconv.FormatInt(wholeSeconds(d.RetryAfter), 10))
			refuseContext(api, ctx, log, err)
			return
		}
		next(ctx)
	}
}

// policies are the values of [policyHeader], one for each limit there is: as
// many as there are plans.
type policies struct{ byLimit sync.Map }

func (p *policies) of(d limiting.Decision) string {
	if text, ok := p.byLimit.Load(d.Limit); ok {
		return text.(string)
	}
	text := policyName + ";q=" + strconv.Itoa(d.Limit) + ";w=" + strconv.FormatInt(wholeSeconds(d.Window), 10)
	p.byLimit.Store(d.Limit, text)
	return text
}

// remaining is the value of [limitHeader], made in one piece of memory.
func remaining(d limiting.Decision) string {
	var buffer [48]byte
	text := append(buffer[:0], policyName+";r="...)
	text = strconv.AppendInt(text, int64(d.Remaining), 10)
	text = append(text, ";t="...)
	text = strconv.AppendInt(text, wholeSeconds(max(d.Reset, d.RetryAfter)), 10)
	return string(text)
}

// wholeSeconds rounds up: who comes back after so long must be let in.
func wholeSeconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
