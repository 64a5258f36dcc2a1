package redis

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/ports/removing"
)

var _ removing.Cache = (*Memory)(nil)

// Memory is everything in Redis that has a tenant's id in its key.
type Memory struct{ client *redis.Client }

// NewMemory returns what is in client's database.
func NewMemory(client *redis.Client) *Memory { return &Memory{client: client} }

// scanned is how many keys the server looks at in one step, so that others are
// served in between.
const scanned = 1_000

// Forget implements [removing.Cache].
func (m *Memory) Forget(ctx context.Context, tenantID string) (forgotten int, err error) {
	var cursor uint64
	for {
		keys, next, err := m.client.Scan(ctx, cursor, "*"+tenantID+"*", scanned).Result()
		if err != nil {
			return forgotten, fmt.Errorf("look for a tenant's keys: %w", err)
		}
		if len(keys) > 0 {
			n, err := m.client.Unlink(ctx, keys...).Result()
			if err != nil {
				return forgotten, fmt.Errorf("unlink a tenant's keys: %w", err)
			}
			forgotten += int(n)
		}
		if cursor = next; cursor == 0 {
			return forgotten, nil
		}
	}
}
