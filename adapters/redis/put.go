package redis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

var _ restoring.Place = (*Backups)(nil)

// Ready implements [restoring.Place]: all masters are there.
func (b *Backups) Ready(ctx context.Context) error {
	_, err := b.Size(ctx)
	return err
}

// Put implements [restoring.Place]. A server that others run cannot be given a
// file to start with, and one that does not stop needs no starting: what is in
// the files goes over key by key, with the time that each has left. The user
// needs +flushall and +restore for it. What was there before is gone first, so
// that a Put that broke off ends the same when it is repeated.
func (b *Backups) Put(ctx context.Context, folder string, report backingup.Progress) error {
	files, err := filepath.Glob(filepath.Join(folder, "*"+ending))
	if err != nil || len(files) == 0 {
		return domain.Errorf(domain.Conflict, ErrRefused.Code, "there is no copy of Redis in %s (%v)", filepath.Base(folder), err)
	}
	masters, err := b.masters(ctx)
	if err != nil {
		return err
	}
	live := b.live(masters)
	defer live.close()
	for i, file := range slices.Sorted(slices.Values(files)) {
		err := b.lend(ctx, file, report, func(s scratch) error {
			if i == 0 { // not before a file is known to be one
				if err := empty(ctx, masters); err != nil {
					return err
				}
			}
			return pour(ctx, s, live, report)
		})
		if err != nil {
			return fmt.Errorf("put back %s: %w", filepath.Base(file), err)
		}
	}
	return nil
}

func empty(ctx context.Context, masters []master) error {
	for _, m := range masters {
		if err := m.ask(func(c *redis.Client) error { return c.FlushAll(ctx).Err() }); err != nil {
			return failed(ctx, m.options.Addr, err)
		}
	}
	return nil
}

// living are connections to what is restored, one a numbered database.
type living struct {
	cluster *redis.ClusterClient // nil outside of one
	options *redis.Options
	opened  map[int]*redis.Client
}

func (b *Backups) live(masters []master) *living {
	if len(b.nodes) == 0 {
		return &living{options: b.options, opened: make(map[int]*redis.Client)}
	}
	var addresses []string
	for _, m := range masters {
		addresses = append(addresses, m.options.Addr)
	}
	o := b.options
	return &living{cluster: redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: addresses, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		DialTimeout: dialTimeout, ReadTimeout: askTimeout, ContextTimeoutEnabled: true,
	})}
}

func (l *living) database(n int) redis.UniversalClient {
	if l.cluster != nil {
		return l.cluster
	}
	if l.opened[n] == nil {
		o := *l.options
		o.DB = n
		l.opened[n] = redis.NewClient(&o)
	}
	return l.opened[n]
}

func (l *living) close() {
	if l.cluster != nil {
		_ = l.cluster.Close()
	}
	for c := range maps.Values(l.opened) {
		_ = c.Close()
	}
}

// handful is how many keys go over in one trip.
const handful = 500

// pour copies all that a scratch server holds.
func pour(ctx context.Context, from scratch, to *living, report backingup.Progress) error {
	keyspace, err := from.client(0).Info(ctx, "keyspace").Result()
	if err != nil {
		return err
	}
	done := 0
	for _, match := range databaseLine.FindAllStringSubmatch(keyspace, -1) {
		n, err := strconv.Atoi(match[1])
		if err != nil {
			return err
		}
		source, cursor := from.client(n), uint64(0)
		for {
			var keys []string
			if keys, cursor, err = source.Scan(ctx, cursor, "*", handful).Result(); err != nil {
				return err
			}
			if err := carry(ctx, source, to.database(n), keys); err != nil {
				return err
			}
			done += len(keys)
			report(done, 0, "keys put back into Redis")
			if cursor == 0 {
				break
			}
		}
	}
	return nil
}

// carry copies keys with the time that each has left. Those whose time has come
// since they were looked up are left out.
func carry(ctx context.Context, from *redis.Client, to redis.UniversalClient, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	values, left := make([]*redis.StringCmd, len(keys)), make([]*redis.DurationCmd, len(keys))
	_, err := from.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, k := range keys {
			values[i], left[i] = p.Dump(ctx, k), p.PTTL(ctx, k)
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	_, err = to.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, k := range keys {
			ttl, gone := lasting(left[i].Val())
			switch err := values[i].Err(); {
			case errors.Is(err, redis.Nil) || gone:
			case err != nil:
				return err
			default:
				p.RestoreReplace(ctx, k, ttl, values[i].Val())
			}
		}
		return nil
	})
	return err
}

// lasting turns what PTTL answers into what RESTORE takes, which is 0 for a key
// that does not expire (https://redis.io/commands/pttl, /restore).
func lasting(pttl time.Duration) (ttl time.Duration, gone bool) {
	switch {
	case pttl == -1:
		return 0, false
	case pttl < 1:
		return 0, true
	}
	return pttl, false
}
