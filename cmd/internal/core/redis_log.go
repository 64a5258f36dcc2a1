package core

import (
	"context"
	"fmt"
	"sync"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"
)

// redisLog makes the Redis client, which has one logger a process and writes
// plain text to standard error by default, write lines like everybody else's.
// A cache that is away is no error of ours.
type redisLog struct{ log *zap.Logger }

func (r redisLog) Printf(_ context.Context, format string, args ...any) {
	r.log.Warn("redis client", zap.String("message", fmt.Sprintf(format, args...)))
}

// redirected keeps graphs that are built side by side from setting the one
// logger at the same time; the first will do.
var redirected sync.Once

func redirectRedis(log *zap.Logger) {
	redirected.Do(func() { goredis.SetLogger(redisLog{log.Named("redis")}) })
}
