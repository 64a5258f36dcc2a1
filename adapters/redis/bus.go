package redis

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/ports/caching"
)

var _ caching.Bus = (*Bus)(nil)

//go:embed generations.lua
var generationsSource string

var generationsScript = redis.NewScript(generationsSource)

const (
	generationsKey = "fp:cache:generations"
	countsKey      = "fp:cache:counts"
)

// Bus tells processes what is wrong: by generations that they read, and by
// messages that say so sooner.
type Bus struct {
	client  redis.UniversalClient
	channel string
}

// NewBus returns the bus of client's database.
func NewBus(client redis.UniversalClient) *Bus {
	number := 0
	if single, ok := client.(*redis.Client); ok {
		number = single.Options().DB
	}
	// Messages know no databases.
	return &Bus{client: client, channel: "fp:cache:" + strconv.Itoa(number)}
}

// Poll implements [caching.Bus] in one round trip.
func (b *Bus) Poll(ctx context.Context, counted []caching.Count) (map[caching.Area]int64, error) {
	var read *redis.MapStringStringCmd
	_, err := b.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, c := range counted {
			p.HIncrBy(ctx, countsKey, string(c.Area)+" "+string(c.Result), c.N)
		}
		read = p.HGetAll(ctx, generationsKey)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the generations of caches: %w", err)
	}
	return generationsOf(read.Val()), nil
}

// generationsOf has every area, since a generation that is lost is one that
// has changed.
func generationsOf(texts map[string]string) map[caching.Area]int64 {
	all := make(map[caching.Area]int64, len(caching.Areas))
	for _, a := range caching.Areas {
		all[a], _ = strconv.ParseInt(texts[string(a)], 10, 64)
	}
	return all
}

// messageJSON is what is published.
type messageJSON struct {
	Generations map[caching.Area]int64 `json:"generations,omitempty"`
	Slots       []slotJSON             `json:"slots,omitempty"`
}

type slotJSON struct {
	Area   caching.Area `json:"area"`
	Tenant string       `json:"tenant,omitempty"`
	Name   string       `json:"name"`
}

// Tell implements [caching.Bus]. Telling comes last: who hears of it finds it done.
func (b *Bus) Tell(ctx context.Context, w caching.Wrong) (map[caching.Area]int64, error) {
	for _, address := range w.Addresses {
		// One by one: in a cluster they are on several servers. Dropped answers
		// come by the dozen.
		if err := b.client.Del(ctx, answerKeys(address)...).Err(); err != nil {
			return nil, fmt.Errorf("drop an answer: %w", err)
		}
	}
	m := messageJSON{Generations: make(map[caching.Area]int64, len(w.Areas))}
	if len(w.Areas) > 0 {
		areas := make([]any, len(w.Areas))
		for i, a := range w.Areas {
			areas[i] = string(a)
		}
		begun, err := generationsScript.Run(ctx, b.client, []string{generationsKey}, areas...).Int64Slice()
		if err != nil || len(begun) != len(areas) {
			return nil, fmt.Errorf("begin generations of caches: %w", err)
		}
		for i, a := range w.Areas {
			m.Generations[a] = begun[i]
		}
	}
	for _, s := range w.Slots {
		m.Slots = append(m.Slots, slotJSON{Area: s.Area, Tenant: s.Tenant, Name: s.Name})
	}
	text, err := json.Marshal(m)
	if err == nil {
		err = b.client.Publish(ctx, b.channel, text).Err()
	}
	if err != nil {
		return nil, fmt.Errorf("tell what is wrong in caches: %w", err)
	}
	return m.Generations, nil
}

// listenFor is how long silence may last before the connection is tried.
const listenFor = 5 * time.Second

// Listen implements [caching.Bus].
func (b *Bus) Listen(ctx context.Context, heard func(caching.Heard)) error {
	subscription := b.client.Subscribe(ctx, b.channel)
	defer func() { _ = subscription.Close() }()
	// Receiving does not end with the context.
	defer context.AfterFunc(ctx, func() { _ = subscription.Close() })()
	for {
		told, err := subscription.ReceiveTimeout(ctx, listenFor)
		if err != nil && isTimeout(err) {
			err = subscription.Ping(ctx)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return fmt.Errorf("listen to caches: %w", err)
		}
		message, ok := told.(*redis.Message)
		if !ok {
			continue
		}
		var m messageJSON
		if json.Unmarshal([]byte(message.Payload), &m) != nil {
			continue // of a version that speaks otherwise; polling makes up for it
		}
		heard(m.heard())
	}
}

func (m messageJSON) heard() caching.Heard {
	out := caching.Heard{Generations: m.Generations}
	for _, s := range m.Slots {
		out.Slots = append(out.Slots, caching.Slot{Area: s.Area, Key: caching.Key{Tenant: s.Tenant, Name: s.Name}})
	}
	return out
}

func isTimeout(err error) bool {
	var failure net.Error
	return errors.As(err, &failure) && failure.Timeout()
}
