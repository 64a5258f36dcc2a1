// Package redis connects to Redis, which may be lost at any time: whoever uses
// it goes on without, slower. Nothing is kept here that is not elsewhere too.
package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Config says where Redis is.
type Config struct {
	URL string // redis://[user:password@]host:port/db, or rediss:// with TLS
	// Nodes are host:port of some servers of a cluster, which has no numbered
	// databases; user, password and TLS are those of URL.
	Nodes []string
}

// Open returns a client. It does not connect; a server that is away shows in
// the first command, quickly, so that nobody waits for a cache.
func Open(c Config) (redis.UniversalClient, error) {
	options, err := redis.ParseURL(c.URL)
	if err != nil {
		// The library's text may repeat the password in the address.
		return nil, errors.New("REDIS_URL is not an address like redis://host:6379/0")
	}
	options.DialTimeout = time.Second
	options.ReadTimeout = 500 * time.Millisecond
	options.WriteTimeout = 500 * time.Millisecond
	options.PoolTimeout = 500 * time.Millisecond
	options.MaxRetries = 1
	// A server that is away is found out by the next command, not by more dialling.
	options.DialerRetries = 1
	// A caller with less time than the above gets its answer in that time.
	options.ContextTimeoutEnabled = true
	if len(c.Nodes) == 0 {
		return redis.NewClient(options), nil
	}
	if options.DB != 0 {
		return nil, fmt.Errorf("REDIS_URL names database %d; a cluster (REDIS_CLUSTER_NODES) has only database 0", options.DB)
	}
	return redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: c.Nodes, Username: options.Username, Password: options.Password, TLSConfig: options.TLSConfig, Protocol: options.Protocol,
		DialTimeout: options.DialTimeout, ReadTimeout: options.ReadTimeout, WriteTimeout: options.WriteTimeout,
		PoolTimeout: options.PoolTimeout, MaxRetries: options.MaxRetries, ContextTimeoutEnabled: true,
		DialerRetries: options.DialerRetries, ClusterStateReloadInterval: reload,
	}), nil
}

// reload is how often a cluster is asked which server has which slots. One that is
// dead says nothing, so nothing else tells that a replica has its place.
const reload = time.Second

// Ping returns a probe that is nil while Redis answers.
func Ping(client redis.UniversalClient) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := client.Ping(ctx).Err(); err != nil {
			return fmt.Errorf("ping Redis: %w", err)
		}
		return nil
	}
}
