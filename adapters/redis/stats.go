package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/ports/caching"
)

// AreaStats is what is known of an area in all processes.
type AreaStats struct {
	Area    caching.Area
	Answers int       // kept at the moment, of former generations too
	Bytes   int64     // that they take
	Since   time.Time // the last invalidation; zero if there was none
	Counted map[caching.Result]int64
}

// HitRatio is the share of look-ups that nobody had to wait for; false when
// there were none.
func (s AreaStats) HitRatio() (float64, bool) {
	var all int64
	for _, n := range s.Counted {
		all += n
	}
	if all == 0 {
		return 0, false
	}
	return float64(s.Counted[caching.Hit]+s.Counted[caching.Stale]) / float64(all), true
}

// Stats tells of each area what is kept and how look-ups ended. It reads the
// keys of all answers, some at a time.
func (b *Bus) Stats(ctx context.Context) ([]AreaStats, error) {
	generations, err := b.Poll(ctx, nil)
	if err != nil {
		return nil, err
	}
	counts, err := b.client.HGetAll(ctx, countsKey).Result()
	if err != nil {
		return nil, fmt.Errorf("read what caches counted: %w", err)
	}
	kept, err := b.kept(ctx)
	if err != nil {
		return nil, fmt.Errorf("look through the answers: %w", err)
	}
	all := make([]AreaStats, len(caching.Areas))
	for i, a := range caching.Areas {
		all[i] = AreaStats{Area: a, Answers: kept[a].answers, Bytes: kept[a].bytes, Counted: make(map[caching.Result]int64)}
		if generations[a] > 0 {
			all[i].Since = time.UnixMicro(generations[a]).UTC()
		}
		for _, r := range caching.Results {
			all[i].Counted[r], _ = strconv.ParseInt(counts[string(a)+" "+string(r)], 10, 64)
		}
	}
	return all, nil
}

type keptAnswers struct {
	answers int
	bytes   int64
}

// kept counts the answers of each area on every server.
func (b *Bus) kept(ctx context.Context) (map[caching.Area]keptAnswers, error) {
	var mu sync.Mutex // a cluster's servers are read side by side
	all := make(map[caching.Area]keptAnswers)
	count := func(ctx context.Context, server *redis.Client) error {
		keys := server.Scan(ctx, 0, answerPrefix+"*", 500).Iterator()
		for keys.Next(ctx) {
			key := keys.Val()
			if strings.HasSuffix(key, leaseSuffix) {
				continue
			}
			size, err := server.StrLen(ctx, key).Result()
			if err != nil {
				return err
			}
			area, _, _ := strings.Cut(strings.TrimPrefix(key, answerPrefix), ":")
			mu.Lock()
			k := all[caching.Area(area)]
			all[caching.Area(area)] = keptAnswers{answers: k.answers + 1, bytes: k.bytes + size}
			mu.Unlock()
		}
		return keys.Err()
	}
	switch client := b.client.(type) {
	case *redis.ClusterClient:
		return all, client.ForEachMaster(ctx, count)
	case *redis.Client:
		return all, count(ctx, client)
	default:
		return nil, fmt.Errorf("a client of type %T", client)
	}
}
