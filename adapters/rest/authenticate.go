package rest

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
)

const (
	keyHeader    = "X-API-Key"
	tokenHeader  = "Authorization"
	keyScheme    = "api_key"
	bearerScheme = "bearer"
)

// keyField is the header's name as net/http keeps it.
var keyField = http.CanonicalHeaderKey(keyHeader)

// authenticated lets through who presents a credential. The tenant comes from
// the credential alone.
func authenticated(api huma.API, authenticator *access.Authenticator, log *zap.Logger) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		ctx.SetHeader("Cache-Control", keepPrivately)
		ctx.SetHeader("Vary", "Authorization, "+keyHeader)
		principal, err := recognise(ctx, authenticator)
		if err != nil {
			refuseContext(api, ctx, log, err)
			return
		}
		exchangeOf(ctx.Context()).tenant = principal.Tenant
		next(huma.WithContext(ctx, access.With(ctx.Context(), principal)))
	}
}

// recognise takes one credential. Of two, nobody could say which was meant.
func recognise(ctx huma.Context, authenticator *access.Authenticator) (access.Principal, error) {
	key, authorization := ctx.Header(keyField), ctx.Header(tokenHeader)
	if authorization == "" {
		return authenticator.Authenticate(ctx.Context(), key)
	}
	if key != "" {
		return access.Principal{}, problem(http.StatusBadRequest, "request.credentials", "send an API key or an access token, not both")
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return access.Principal{}, access.ErrUnauthenticated
	}
	return authenticator.Bearer(ctx.Context(), strings.TrimSpace(token))
}

// permitted lets through whose credential allows the operation. It stands
// behind the limiter, so that knocking at closed doors counts.
func permitted(api huma.API, log *zap.Logger) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		principal, err := access.From(ctx.Context())
		if err == nil {
			err = allows(principal, ctx.Operation())
		}
		if err != nil {
			refuseContext(api, ctx, log, err)
			return
		}
		next(ctx)
	}
}

func allows(p access.Principal, op *huma.Operation) error {
	needs, _ := op.Metadata[needsKey].(identity.Permission)
	return p.Require(needs)
}
