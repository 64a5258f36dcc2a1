package redis

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/ports/removing"
)

var _ removing.Cache = (*Memory)(nil)

// Memory is everything in Redis that has a tenant's id in its key.
type Memory struct{ client redis.UniversalClient }

// NewMemory returns what is in client's database, or in its whole cluster.
func NewMemory(client redis.UniversalClient) *Memory { return &Memory{client: client} }

// scanned is how many keys the server looks at in one step, so that others are
// served in between.
const scanned = 1_000

// Forget implements [removing.Cache].
func (m *Memory) Forget(ctx context.Context, tenantID string) (int, error) {
	var forgotten atomic.Int64
	each := func(ctx context.Context, server redis.Cmdable) error {
		n, err := forget(ctx, server, tenantID)
		forgotten.Add(int64(n))
		return err
	}
	var err error
	if cluster, ok := m.client.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, server *redis.Client) error { return each(ctx, server) })
	} else {
		err = each(ctx, m.client)
	}
	return int(forgotten.Load()), err
}

func forget(ctx context.Context, server redis.Cmdable, tenantID string) (forgotten int, err error) {
	var cursor uint64
	for {
		keys, next, err := server.Scan(ctx, cursor, "*"+tenantID+"*", scanned).Result()
		if err != nil {
			return forgotten, fmt.Errorf("look for a tenant's keys: %w", err)
		}
		// One by one: in a cluster, keys of one command must be of one slot.
		gone, err := server.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range keys {
				p.Unlink(ctx, key)
			}
			return nil
		})
		if err != nil {
			return forgotten, fmt.Errorf("unlink a tenant's keys: %w", err)
		}
		for _, g := range gone {
			forgotten += int(g.(*redis.IntCmd).Val())
		}
		if cursor = next; cursor == 0 {
			return forgotten, nil
		}
	}
}
