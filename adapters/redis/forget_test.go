package redis_test

import (
	"fmt"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestForgetTakesOneTenantOut(t *testing.T) {
	t.Parallel()
	client, err := redis.Open(redis.Config{URL: harness.Redis(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	const acme, globex = "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05", "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e06"
	for i := range 2_500 { // more than one step of the scan
		for _, tenant := range []string{acme, globex} {
			if err := client.Set(t.Context(), fmt.Sprintf("rate:{%s}:1000:api-key:%d", tenant, i), 1, 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	memory := redis.NewMemory(client)
	if n, err := memory.Forget(t.Context(), acme); err != nil || n != 2_500 {
		t.Errorf("%d keys were taken out, %v", n, err)
	}
	if n, err := memory.Forget(t.Context(), acme); err != nil || n != 0 {
		t.Errorf("again %d keys were taken out, %v", n, err)
	}
	if n, err := client.DBSize(t.Context()).Result(); err != nil || n != 2_500 {
		t.Errorf("%d keys are left, %v", n, err)
	}
}
