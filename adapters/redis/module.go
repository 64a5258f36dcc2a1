package redis

import (
	"github.com/redis/go-redis/v9"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

// Module provides the client, closed on stop, and what is kept with it. It
// needs a [Config].
var Module = fx.Module("redis", fx.Provide(
	open,
	fx.Annotate(NewLimits, fx.As(new(limiting.Store))),
	fx.Annotate(NewAnswers, fx.As(new(caching.Store))),
	fx.Annotate(NewBus, fx.As(fx.Self()), fx.As(new(caching.Bus))),
))

func open(lc fx.Lifecycle, c Config) (redis.UniversalClient, error) {
	client, err := Open(c)
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(client.Close))
	return client, nil
}
