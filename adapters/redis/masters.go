package redis

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain"
)

// master is a server that is copied.
type master struct {
	id      string // in its cluster; empty outside
	options *redis.Options
	slots   []redis.ClusterSlot
}

// file is the name of its copy.
func (m master) file() string {
	if m.id == "" {
		return "redis" + ending
	}
	return "redis-" + m.id + ending
}

// ask lends a connection that is closed again: there is one question a backup.
func (m master) ask(do func(*redis.Client) error) error {
	client := redis.NewClient(m.options)
	defer func() { _ = client.Close() }()
	return do(client)
}

func (m master) info(ctx context.Context, section string) (text string, err error) {
	err = m.ask(func(c *redis.Client) error {
		text, err = c.Info(ctx, section).Result()
		return err
	})
	return text, failed(ctx, m.options.Addr, err)
}

// slotsOfAll is how many slots a cluster's keys are in.
const slotsOfAll = 16384

// masters are the servers that together hold everything.
func (b *Backups) masters(ctx context.Context) ([]master, error) {
	if len(b.nodes) == 0 {
		return []master{{options: b.options}}, nil
	}
	slots, err := b.slots(ctx)
	if err != nil {
		return nil, err
	}
	byID, covered := make(map[string]*master), 0
	for _, s := range slots {
		if len(s.Nodes) == 0 {
			continue
		}
		covered += s.End - s.Start + 1
		first := s.Nodes[0]
		m, ok := byID[first.ID]
		if !ok {
			m = &master{id: first.ID, options: b.at(first.Addr)}
			byID[first.ID] = m
		}
		m.slots = append(m.slots, s)
	}
	if covered != slotsOfAll {
		return nil, domain.Errorf(domain.Unavailable, ErrAway.Code, "only %d of the cluster's %d slots have a master: a backup would lack the rest", covered, slotsOfAll)
	}
	var all []master
	for _, m := range byID {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(x, y master) int { return cmp.Compare(x.id, y.id) })
	return all, nil
}

// at is the server at address, spoken to as REDIS_URL says.
func (b *Backups) at(address string) *redis.Options {
	o := *b.options
	o.Addr = address
	return &o
}

// slots asks the first node that answers which master has which slots.
func (b *Backups) slots(ctx context.Context) (slots []redis.ClusterSlot, err error) {
	for _, node := range b.nodes {
		m := master{options: b.at(node)}
		err = m.ask(func(c *redis.Client) error {
			slots, err = c.ClusterSlots(ctx).Result() //nolint:staticcheck // Redis 6 has nothing newer
			return err
		})
		if err == nil {
			return reachable(slots, node), nil
		}
		if err = failed(ctx, node, err); ctx.Err() != nil {
			return nil, err
		}
	}
	return nil, err
}

// reachable names the nodes that a cluster leaves without a host: it means the
// one that was asked.
func reachable(slots []redis.ClusterSlot, asked string) []redis.ClusterSlot {
	host, _, err := net.SplitHostPort(asked)
	if err != nil {
		return slots
	}
	for _, s := range slots {
		for i, n := range s.Nodes {
			if port, ok := strings.CutPrefix(n.Addr, ":"); ok {
				s.Nodes[i].Addr = net.JoinHostPort(host, port)
			}
		}
	}
	return slots
}

// stayed refuses copies of a cluster that moved slots or changed masters while
// they were made: keys may be in two of them, or in none.
func (b *Backups) stayed(ctx context.Context, before []master) error {
	now, err := b.masters(ctx)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(before, now, sameSlots) {
		return domain.Errorf(domain.Unavailable, ErrAway.Code, "the cluster moved slots or changed masters while it was copied")
	}
	return nil
}

func sameSlots(x, y master) bool {
	return x.id == y.id && slices.EqualFunc(x.slots, y.slots, func(s, t redis.ClusterSlot) bool { return s.Start == t.Start && s.End == t.End })
}

// passing begin the refusals that are over after a while.
var passing = []string{"LOADING", "MASTERDOWN", "NOMASTERLINK", "BUSY", "TRYAGAIN", "CLUSTERDOWN", "BGSAVE failed", "ERR max number of clients", "OOM"}

// failed says what a server's error, or its silence, means for a backup.
func failed(ctx context.Context, address string, err error) error {
	var known *domain.Error
	var said redis.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &known):
		return err
	case errors.As(err, &said) && !slices.ContainsFunc(passing, func(p string) bool { return strings.HasPrefix(said.Error(), p) }):
		return domain.Errorf(domain.Forbidden, ErrRefused.Code, "%s refuses: %s", address, said.Error())
	default:
		return domain.Errorf(domain.Unavailable, ErrAway.Code, "%s cannot be copied now: %s", address, err)
	}
}
