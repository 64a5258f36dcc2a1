package harness

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Redis returns the URL of an empty numbered database of a Redis, which no
// other test has. Published messages know no databases: a test of them chooses
// its own channel names, or takes a [PrivateRedis].
func Redis(t testing.TB) string {
	t.Helper()
	server := shared.server(t, func(ctx context.Context, dir string, s *Servers) (devserver.Unit, error) {
		return s.StartRedis(ctx, dir)
	})
	options, err := redis.ParseURL(server.RedisURL)
	if err != nil {
		t.Fatal("harness:", err)
	}
	number, err := lease(within(t), options)
	if err != nil {
		t.Fatal("harness:", err)
	}
	t.Cleanup(func() {
		if err := release(context.Background(), options, number); err != nil {
			t.Error("harness: empty the test's Redis database:", err)
		}
	})
	return fmt.Sprintf("redis://%s:%s@%s/%d", options.Username, options.Password, options.Addr, number)
}

// PrivateRedis returns a Redis that the test may stop, kill and start again.
func PrivateRedis(t testing.TB) (string, *devserver.Redis) {
	t.Helper()
	r, err := devserver.StartRedis(within(t), devserver.RedisOptions{Dir: privateDir(t, "redis")})
	if err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, r)
	return r.URL(), r
}

// lease takes a numbered database that no test of any process holds. Database 0
// keeps the leases; they end by themselves, should their test be killed.
func lease(ctx context.Context, options *redis.Options) (int, error) {
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	for range devserver.RedisDatabases {
		turn, err := client.Incr(ctx, "harness:turn").Result()
		if err != nil {
			return 0, fmt.Errorf("lease a Redis database: %w", err)
		}
		number := 1 + int(turn%(devserver.RedisDatabases-1))
		mine, err := client.SetNX(ctx, leaseKey(number), "held", 2*time.Hour).Result()
		if err != nil {
			return 0, fmt.Errorf("lease a Redis database: %w", err)
		}
		if mine {
			return number, flush(ctx, options, number)
		}
	}
	return 0, errors.New("every Redis database is in use")
}

func release(ctx context.Context, options *redis.Options, number int) error {
	if err := flush(ctx, options, number); err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	return client.Del(ctx, leaseKey(number)).Err()
}

func flush(ctx context.Context, options *redis.Options, number int) error {
	numbered := *options
	numbered.DB = number
	client := redis.NewClient(&numbered)
	defer func() { _ = client.Close() }()
	return client.FlushDB(ctx).Err()
}

func leaseKey(number int) string { return "harness:lease:" + strconv.Itoa(number) }
