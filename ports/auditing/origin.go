package auditing

import "context"

// Origin is where a request came from.
type Origin struct {
	Address   string // IP address of the client, behind trusted proxies
	RequestID string
	Agent     string // what the client calls itself
}

type originKey struct{}

// WithOrigin returns ctx carrying o.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf is the Origin that ctx carries; empty for what the system does by itself.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}
