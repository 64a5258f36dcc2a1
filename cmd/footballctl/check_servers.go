package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	redisadapter "github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/checking"
)

func (p *program) databaseFacts(ctx context.Context) (facts []checking.Fact, err error) {
	var db *bun.DB
	err = p.with(ctx, databaseGraph, func() error {
		facts, err = postgres.NewVitals(db).Facts(ctx)
		return err
	}, &db)
	if err != nil {
		return nil, err
	}
	behind, err := p.migrationsBehind(ctx)
	return append(facts, behind), err
}

// migrationsBehind tells whether the schema is the one that this program knows.
func (p *program) migrationsBehind(ctx context.Context) (checking.Fact, error) {
	f := checking.Fact{Name: "migrations", Value: "not known: MIGRATE_DATABASE_URL is not set"}
	c, err := p.load(config.Only().With("MIGRATE_DATABASE_URL"))
	if err != nil || c.MigrateDatabaseURL == "" {
		return f, err
	}
	all, err := postgres.MigrationStatus(ctx, string(c.MigrateDatabaseURL))
	if err != nil {
		return f, err
	}
	var missing []string
	for _, m := range all {
		if m.AppliedAt.IsZero() {
			missing = append(missing, m.Name)
		}
	}
	if f.Value = fmt.Sprintf("%d applied", len(all)-len(missing)); len(missing) > 0 {
		f.Value += ", missing " + strings.Join(missing, " ")
		f.Verdict, f.Remedy = checking.Wrong, "footballctl migrate up"
	}
	return f, nil
}

// From when a transaction, and a wait for a lock, is long.
const (
	longTransaction = 5 * time.Minute
	longBlock       = 10 * time.Second
)

func (p *program) poolFacts(ctx context.Context) (facts []checking.Fact, err error) {
	err = p.onVitals(func(w *postgres.Vitals) error {
		connected, err := w.Connected(ctx)
		if err != nil {
			return err
		}
		for _, c := range connected {
			facts = append(facts, connections(c))
		}
		running, err := w.Running(ctx)
		for _, q := range running {
			if len(q.BlockedBy) > 0 {
				facts = append(facts, blocked(q))
			}
		}
		return err
	})
	return facts, err
}

func connections(c postgres.Connections) checking.Fact {
	f := checking.Fact{
		Name: c.Application, Value: fmt.Sprintf("%d %s as %s", c.Count, c.State, c.Role),
	}
	if c.Longest > 0 {
		f.Value += ", longest transaction " + span(c.Longest)
	}
	if c.Longest > longTransaction {
		f.Verdict, f.Remedy = checking.Warning, "it keeps vacuum from cleaning up: footballctl queries list"
	}
	return f
}

func blocked(q postgres.Query) checking.Fact {
	f := checking.Fact{Name: fmt.Sprintf("process %d waits", q.PID), Value: fmt.Sprintf("%s for process %s: %s", span(q.Age), pids(q.BlockedBy), q.Text)}
	if q.Age > longBlock {
		f.Verdict, f.Remedy = checking.Warning, fmt.Sprintf("footballctl queries cancel %d", q.BlockedBy[0])
	}
	return f
}

// onVitals looks at the server as the owner, who sees everything, or, without
// MIGRATE_DATABASE_URL, as the services, who see what is theirs.
func (p *program) onVitals(use func(*postgres.Vitals) error) error {
	c, err := p.load(config.Only().With("MIGRATE_DATABASE_URL", "DATABASE_URL"))
	if err != nil {
		return err
	}
	url := c.MigrateDatabaseURL
	if url == "" {
		if c, err = p.load(config.Only("DATABASE_URL")); err != nil {
			return err
		}
		url = c.DatabaseURL
	}
	db, err := postgres.Open(postgres.Config{URL: string(url), PoolSize: 1, ApplicationName: service})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return use(postgres.NewVitals(db))
}

func (p *program) redisFacts(ctx context.Context) (facts []checking.Fact, err error) {
	var c redis.UniversalClient
	err = p.with(ctx, redisGraph, func() error {
		facts, err = redisadapter.Facts(ctx, c, time.Now)
		return err
	}, &c)
	return facts, err
}

func (p *program) temporalFacts(ctx context.Context) (facts []checking.Fact, err error) {
	var (
		c  client.Client
		at temporal.Config
	)
	err = p.with(ctx, temporalGraph, func() error {
		facts, err = temporal.Facts(ctx, c, at, time.Now)
		return err
	}, &c, &at)
	return facts, err
}

func (p *program) routineFacts(ctx context.Context) (facts []checking.Fact, err error) {
	var routine *checking.Routine
	err = p.with(ctx, routineGraph, func() error {
		facts, err = routine.Facts(ctx)
		return err
	}, &routine)
	return facts, err
}
