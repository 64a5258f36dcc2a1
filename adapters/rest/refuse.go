package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
)

// refuse turns err into what Huma sends. It logs, here only, what a person
// must look into.
func refuse(ctx context.Context, log *zap.Logger, err error) error {
	var made *problemDocument
	if errors.As(err, &made) {
		return made
	}
	p, unforeseen := asProblem(err)
	var known *domain.Error
	if errors.As(err, &known) && known.RetryAfter > 0 {
		exchangeOf(ctx).retryAfter = known.RetryAfter
	}
	id := zap.String("request_id", exchangeOf(ctx).id)
	switch {
	case unforeseen:
		log.Error("request failed", id, zap.Error(err))
	case p.Status == http.StatusServiceUnavailable:
		log.Warn("request not served", id, zap.Error(err))
	}
	return p
}

// complete is a transformer: whoever made a problem, it leaves with a type,
// the request it belongs to, its headers and nothing that is not the client's.
func complete(log *zap.Logger) huma.Transformer {
	return func(ctx huma.Context, _ string, body any) (any, error) {
		p, ok := body.(*problemDocument)
		if !ok {
			return body, nil
		}
		if p.Type == "" {
			p = named(ctx.Context(), log, p)
		}
		p.Instance = instanceOf(ctx.Context())
		for _, e := range p.Errors {
			e.Value = shown(e.Value)
			if secret(e.Location) {
				e.Value = nil
			}
		}
		for name, value := range problemHeaders(ctx.Context(), p.Status) {
			ctx.SetHeader(name, value)
		}
		return p, nil
	}
}

// named gives a problem that Huma made its type. What it calls an internal
// error may carry any text, so that text is logged and left out.
func named(ctx context.Context, log *zap.Logger, p *problemDocument) *problemDocument {
	code, known := codeOf[p.Status]
	if known || p.Status < http.StatusInternalServerError {
		p.Type = problemPrefix + code
		return p
	}
	log.Error("request failed", zap.String("request_id", exchangeOf(ctx).id), zap.String("error", p.Detail), zap.Any("errors", p.Errors))
	return internalProblem()
}

// shown is a value as far as it is echoed: short and plain.
func shown(value any) any {
	switch v := value.(type) {
	case string:
		return clipped(v, 100)
	case bool, int, int64, float64, nil:
		return v
	}
	return nil
}

// secret reports whether what was sent at a place must not be sent back, where
// it would land in logs: a body as a whole, which may hold anything, and what
// lets people in.
func secret(location string) bool {
	name := location[strings.LastIndexByte(location, '.')+1:]
	switch name {
	case "body", "password", "old_password", "token", "refresh_token", "totp", "code":
		return true
	}
	return false
}

// refuseContext sends err from a Huma middleware.
func refuseContext(api huma.API, ctx huma.Context, log *zap.Logger, err error) {
	var p *problemDocument
	errors.As(refuse(ctx.Context(), log, err), &p)
	body, err := complete(log)(ctx, "", p)
	if err != nil {
		body = p
	}
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	if err := api.Marshal(ctx.BodyWriter(), "application/json", body); err != nil {
		log.Warn("problem not written", zap.Error(err))
	}
}
