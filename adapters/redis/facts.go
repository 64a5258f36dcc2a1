package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/checking"
)

const (
	pings = 20
	// slowPing is a round trip from which a cache is no help.
	slowPing = 20 * time.Millisecond
)

// Facts tells, of the server or of one of a cluster, version, memory, evictions and how long an answer takes.
func Facts(ctx context.Context, client redis.UniversalClient, now domain.Clock) ([]checking.Fact, error) {
	text, err := client.Info(ctx, "server", "memory", "clients", "stats", "persistence").Result()
	if err != nil {
		return nil, fmt.Errorf("ask Redis: %w", err)
	}
	info := parseInfo(text)
	facts := []checking.Fact{
		{Name: "version", Value: info["redis_version"]},
		{Name: "up for", Value: info["uptime_in_seconds"] + " s"},
		memory(info),
		{Name: "eviction policy", Value: info["maxmemory_policy"]},
		{Name: "evicted keys", Value: info["evicted_keys"]},
		{Name: "clients", Value: info["connected_clients"]},
		{Name: "hits, misses", Value: info["keyspace_hits"] + ", " + info["keyspace_misses"]},
	}
	if info["rdb_last_bgsave_status"] == "err" {
		facts = append(facts, checking.Fact{Name: "last save", Value: "failed", Verdict: checking.Warning, Remedy: "is the disk full, or the folder not writable? see Redis' log"})
	}
	latency, err := latencyOf(ctx, client, now)
	return append(facts, latency), err
}

func memory(info map[string]string) checking.Fact {
	f := checking.Fact{Name: "memory", Value: info["used_memory_human"] + " of " + info["maxmemory_human"]}
	used, _ := strconv.ParseFloat(info["used_memory"], 64) // zero when it is not told
	most, _ := strconv.ParseFloat(info["maxmemory"], 64)
	switch {
	case most == 0:
		f.Value = info["used_memory_human"] + ", without a limit"
	case used > 0.9*most:
		f.Verdict, f.Remedy = checking.Warning, "it evicts, or refuses writes: raise maxmemory"
	}
	return f
}

func latencyOf(ctx context.Context, client redis.UniversalClient, now domain.Clock) (checking.Fact, error) {
	var total, worst time.Duration
	for range pings {
		began := now()
		if err := client.Ping(ctx).Err(); err != nil {
			return checking.Fact{}, fmt.Errorf("ping Redis: %w", err)
		}
		took := now().Sub(began)
		total, worst = total+took, max(worst, took)
	}
	f := checking.Fact{Name: "latency", Value: fmt.Sprintf("%s on average, %s at worst, of %d", (total / pings).Round(time.Microsecond), worst.Round(time.Microsecond), pings)}
	if total/pings > slowPing {
		f.Verdict, f.Remedy = checking.Warning, "the system is slower with such a cache than without"
	}
	return f, nil
}

// parseInfo reads the lines "name:value" of INFO.
func parseInfo(text string) map[string]string {
	out := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			out[name] = value
		}
	}
	return out
}
