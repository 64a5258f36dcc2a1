package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	redisadapter "github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/checking"
)

func (p *program) check() *cobra.Command {
	single := func(name, short string) *cobra.Command {
		return &cobra.Command{
			Use: name, Short: short, Args: cobra.NoArgs, Example: "  footballctl check " + name,
			RunE: func(cmd *cobra.Command, _ []string) error { return p.runChecks(cmd, name) },
		}
	}
	return group("check", "Find out whether what the system stands on is there",
		"  footballctl check all\n  footballctl check data --rejected --competition premier-league",
		p.checkConfig(), single("db", "Ask PostgreSQL (DATABASE_URL)"), single("redis", "Ask Redis (REDIS_URL)"),
		single("temporal", "Ask Temporal (TEMPORAL_ADDRESS)"), p.checkData(), p.checkAudit(), p.checkAll(),
	)
}

func (p *program) checkAll() *cobra.Command {
	return &cobra.Command{
		Use: "all", Short: "Check configuration, servers and data", Args: cobra.NoArgs,
		Example: "  footballctl check all --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runChecks(cmd, "config", "db", "redis", "temporal", "data")
		},
	}
}

// probes find out, by name. Each builds what it needs and no more.
func (p *program) probe(name string) func(context.Context) error {
	switch name {
	case "config":
		return func(context.Context) error { return p.faults() }
	case "data":
		return p.dataFit
	case "db":
		return func(ctx context.Context) error {
			var db *bun.DB
			return p.with(ctx, databaseGraph, func() error { return postgres.Ping(db)(ctx) }, &db)
		}
	case "redis":
		return func(ctx context.Context) error {
			var c redis.UniversalClient
			return p.with(ctx, redisGraph, func() error { return redisadapter.Ping(c)(ctx) }, &c)
		}
	default:
		return func(ctx context.Context) error {
			var c client.Client
			return p.with(ctx, temporalGraph, func() error { return temporal.Ping(c)(ctx) }, &c)
		}
	}
}

// probeTimeout is how long a server may take to answer before it counts as away.
const probeTimeout = 10 * time.Second

// checkJSON is what a check found, on the wire.
type checkJSON struct {
	Name    string  `json:"name"`
	OK      bool    `json:"ok"`
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error,omitempty"`
}

func (p *program) runChecks(cmd *cobra.Command, names ...string) error {
	limit := probeTimeout
	if p.timeout > 0 {
		limit = p.timeout
	}
	dependencies := make([]checking.Dependency, len(names))
	for i, name := range names {
		dependencies[i] = checking.Dependency{Name: name, Critical: true, Probe: p.probe(name)}
	}
	results := checking.NewChecker(dependencies, limit, time.Now).Check(cmd.Context())
	wire := make([]checkJSON, len(results))
	var failed []error
	for i, r := range results {
		wire[i] = checkJSON{Name: r.Name, OK: r.Err == nil, Seconds: r.Latency.Seconds()}
		if r.Err != nil {
			wire[i].Error = message(r.Err)
			failed = append(failed, r.Err)
		}
	}
	err := p.print(wire, func(w io.Writer) {
		for i, r := range results {
			verdict := p.paint(w, green, "ok    ")
			if r.Err != nil {
				verdict = p.paint(w, red, "failed")
			}
			fmt.Fprintf(w, "%s %-9s %6.1f ms  %s\n", verdict, r.Name, 1000*wire[i].Seconds, wire[i].Error)
		}
	})
	if err != nil || len(failed) == 0 {
		return err
	}
	if remedy := p.remedy(errors.Join(failed...)); remedy != "" && !p.json {
		fmt.Fprintln(p.err, remedy)
	}
	return alreadyTold{errors.Join(failed...)}
}
