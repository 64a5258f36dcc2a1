package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/ports/checking"
)

func (p *program) check() *cobra.Command {
	single := func(name, short string) *cobra.Command {
		return &cobra.Command{
			Use: name, Short: short, Args: cobra.NoArgs, Example: "  footballctl check " + name,
			RunE: func(cmd *cobra.Command, _ []string) error { return p.runChecks(cmd, true, name) },
		}
	}
	return group("check", "Find out whether what the system stands on is there",
		"  footballctl check all\n  footballctl check data --rejected --competition premier-league",
		p.checkConfig(),
		single("db", "Ask PostgreSQL for version, size, replication, settings and migrations (DATABASE_URL, MIGRATE_DATABASE_URL)"),
		single("pool", "Who has connections to PostgreSQL, who waits and for whom (MIGRATE_DATABASE_URL, or DATABASE_URL)"),
		single("redis", "Ask Redis for version, memory, evictions and latency (REDIS_URL)"),
		single("temporal", "Ask Temporal for version, namespace, workers and backlog (TEMPORAL_ADDRESS)"),
		single("routine", "When backups and ingestions were last made, and whether queues are served (DATABASE_URL, TEMPORAL_ADDRESS)"),
		single("ports", "Who listens where somebody should"),
		p.checkData(), p.checkAudit(), p.checkAll(),
	)
}

func (p *program) checkAll() *cobra.Command {
	return &cobra.Command{
		Use: "all", Short: "Check configuration, servers and data", Args: cobra.NoArgs,
		Long: "Check everything that takes a moment. The audit log takes longer: footballctl check audit.\n" +
			"It fails when something does not work; warnings are printed and leave the exit code 0.",
		Example: "  footballctl check all --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runChecks(cmd, false, "config", "db", "pool", "redis", "temporal", "routine", "ports", "data")
		},
	}
}

// probe finds out, by name. Each builds what it needs and no more.
func (p *program) probe(name string) func(context.Context) ([]checking.Fact, error) {
	plain := func(probe func(context.Context) error) func(context.Context) ([]checking.Fact, error) {
		return func(ctx context.Context) ([]checking.Fact, error) { return nil, probe(ctx) }
	}
	switch name {
	case "config":
		return plain(func(context.Context) error { return p.faults() })
	case "data":
		return plain(p.dataFit)
	case "db":
		return p.databaseFacts
	case "pool":
		return p.poolFacts
	case "redis":
		return p.redisFacts
	case "routine":
		return p.routineFacts
	case "ports":
		return p.portFacts
	default:
		return p.temporalFacts
	}
}

// probeTimeout is how long a server may take to answer before it counts as away.
const probeTimeout = 10 * time.Second

// checkJSON is what a check found, on the wire.
type checkJSON struct {
	Name    string     `json:"name"`
	OK      bool       `json:"ok"`
	Seconds float64    `json:"seconds"`
	Error   string     `json:"error,omitempty"`
	Facts   []factJSON `json:"facts,omitempty"`
}

type factJSON struct {
	Name    string           `json:"name"`
	Value   string           `json:"value"`
	Verdict checking.Verdict `json:"verdict,omitempty"`
	Remedy  string           `json:"remedy,omitempty"`
}

// errFacts is a check whose server answers and is not as it should be.
var errFacts = errors.New("something is not as it should be")

// found collects facts from probes that run side by side, and may outlive their
// time.
type found struct {
	mu  sync.Mutex
	all map[string][]checking.Fact
}

func (f *found) probe(name string, ask func(context.Context) ([]checking.Fact, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		facts, err := ask(ctx)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.all[name] = facts
		if err == nil && checking.Worst(facts) == checking.Wrong {
			return errFacts
		}
		return err
	}
}

func (f *found) of(name string) []factJSON {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []factJSON
	for _, each := range f.all[name] {
		out = append(out, factJSON(each))
	}
	return out
}

// runChecks probes and prints; in whole every fact, else those that somebody
// should look at.
func (p *program) runChecks(cmd *cobra.Command, whole bool, names ...string) error {
	limit := probeTimeout
	if p.timeout > 0 {
		limit = p.timeout
	}
	facts := &found{all: make(map[string][]checking.Fact)}
	dependencies := make([]checking.Dependency, len(names))
	for i, name := range names {
		dependencies[i] = checking.Dependency{Name: name, Critical: true, Probe: facts.probe(name, p.probe(name))}
	}
	results := checking.NewChecker(dependencies, limit, time.Now).Check(cmd.Context())
	wire := make([]checkJSON, len(results))
	var failed []error
	for i, r := range results {
		wire[i] = checkJSON{Name: r.Name, OK: r.Err == nil, Seconds: r.Latency.Seconds(), Facts: facts.of(r.Name)}
		if r.Err != nil {
			wire[i].Error = message(r.Err)
			failed = append(failed, r.Err)
		}
	}
	err := p.print(wire, func(w io.Writer) {
		for _, c := range wire {
			p.showCheck(w, c, whole)
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

func (p *program) showCheck(w io.Writer, c checkJSON, whole bool) {
	verdict := p.paint(w, green, "ok    ")
	if !c.OK {
		verdict = p.paint(w, red, "failed")
	}
	fmt.Fprintf(w, "%s %-9s %6.1f ms  %s\n", verdict, c.Name, 1000*c.Seconds, c.Error)
	var rows [][]string
	for _, f := range c.Facts {
		if whole || f.Verdict != checking.Fine {
			rows = append(rows, []string{"      ", f.Name, f.Value, string(f.Verdict), f.Remedy})
		}
	}
	columns(w, rows)
}
