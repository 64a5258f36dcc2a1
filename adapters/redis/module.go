package redis

import (
	"github.com/redis/go-redis/v9"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/ports/limiting"
)

// Module provides the client, closed on stop, and what is kept with it. It
// needs a [Config].
var Module = fx.Module("redis", fx.Provide(
	open,
	fx.Annotate(NewLimits, fx.As(new(limiting.Store))),
))

func open(lc fx.Lifecycle, c Config) (*redis.Client, error) {
	client, err := Open(c)
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(client.Close))
	return client, nil
}
