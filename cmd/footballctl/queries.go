package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) queries() *cobra.Command {
	return group("queries", "See what PostgreSQL is doing, and end what hangs (MIGRATE_DATABASE_URL)",
		"  footballctl queries list\n  footballctl queries cancel 4711",
		p.queriesList(), p.queriesSlow(), p.queriesCancel())
}

// queryJSON is a query on the wire.
type queryJSON struct {
	PID                int     `json:"pid"`
	Application        string  `json:"application"`
	Role               string  `json:"role"`
	State              string  `json:"state"`
	Wait               string  `json:"wait,omitempty"`
	Seconds            float64 `json:"seconds"`
	TransactionSeconds float64 `json:"transaction_seconds"`
	BlockedBy          []int   `json:"blocked_by"`
	Query              string  `json:"query"`
}

func (p *program) queriesList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List what is under way: queries and open transactions, with who waits for whom", Args: cobra.NoArgs,
		Example: "  footballctl queries list\n  footballctl queries list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			return p.onOwner(ctx, "", func(w *postgres.Vitals) error {
				all, err := w.Running(ctx)
				if err != nil {
					return err
				}
				wire, rows := make([]queryJSON, len(all)), make([][]string, len(all))
				for i, q := range all {
					wire[i] = queryJSON{
						PID: q.PID, Application: q.Application, Role: q.Role, State: q.State, Wait: q.Wait, Seconds: q.Age.Seconds(),
						TransactionSeconds: q.Transaction.Seconds(), BlockedBy: append([]int{}, q.BlockedBy...), Query: q.Text,
					}
					rows[i] = []string{
						strconv.Itoa(q.PID), q.Application, q.Role, q.State, span(q.Age), span(q.Transaction), orDash(q.Wait), orDash(pids(q.BlockedBy)), plain(q.Text),
					}
				}
				return p.print(wire, func(out io.Writer) {
					table(out, "PID APPLICATION ROLE STATE SINCE TRANSACTION WAITS-FOR BLOCKED-BY QUERY", rows)
				})
			})
		},
	}
}

// slowJSON is a kind of statement on the wire.
type slowJSON struct {
	MeanMS     float64 `json:"mean_ms"`
	MaxMS      float64 `json:"max_ms"`
	TotalMS    float64 `json:"total_ms"`
	Calls      int64   `json:"calls"`
	Rows       int64   `json:"rows"`
	HitPercent float64 `json:"hit_percent"`
	Query      string  `json:"query"`
}

func (p *program) queriesSlow() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "slow", Short: "List the statements that take the longest on average", Args: cobra.NoArgs,
		Long:    "List the statements that took the longest on average (mean_exec_time of pg_stat_statements) since its figures were last reset.",
		Example: "  footballctl queries slow --limit 10",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: say 1 or more", limit)
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			all, err := p.slowest(ctx, limit)
			if err != nil {
				return err
			}
			wire, rows := make([]slowJSON, len(all)), make([][]string, len(all))
			for i, s := range all {
				wire[i] = slowJSON{
					MeanMS: inMS(s.Mean), MaxMS: inMS(s.Max), TotalMS: inMS(s.Total), Calls: s.Calls, Rows: s.Rows, HitPercent: s.HitPercent, Query: s.Text,
				}
				rows[i] = []string{
					fmt.Sprintf("%.2f", inMS(s.Mean)), fmt.Sprintf("%.2f", inMS(s.Max)), fmt.Sprintf("%.0f", inMS(s.Total)), fmt.Sprint(s.Calls),
					fmt.Sprint(s.Rows), fmt.Sprintf("%.1f", s.HitPercent), plain(s.Text),
				}
			}
			return p.print(wire, func(out io.Writer) { table(out, "MEAN(ms) MAX(ms) TOTAL(ms) CALLS ROWS HIT(%) QUERY", rows) })
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many")
	return cmd
}

// slowest asks where the extension is: in the platform's database, or in the
// server's own.
func (p *program) slowest(ctx context.Context, limit int) (all []postgres.Slow, err error) {
	var name string
	err = p.onOwner(ctx, "", func(w *postgres.Vitals) error {
		if name, err = w.Database(ctx); err != nil {
			return err
		}
		all, err = w.Slowest(ctx, name, limit)
		return err
	})
	if !errors.Is(err, postgres.ErrNoStatements) {
		return all, err
	}
	err = p.onOwner(ctx, "postgres", func(w *postgres.Vitals) error {
		all, err = w.Slowest(ctx, name, limit)
		return err
	})
	return all, err
}

func (p *program) queriesCancel() *cobra.Command {
	var terminate bool
	cmd := &cobra.Command{
		Use: "cancel PID", Short: "End a query, or with --terminate its whole connection", Args: cobra.ExactArgs(1),
		Long:    "End a query. Only those of the services, of backups and of the owner can be ended, and only in this database.",
		Example: "  footballctl queries list\n  footballctl queries cancel 4711\n  footballctl queries cancel 4711 --terminate",
		RunE: func(cmd *cobra.Command, args []string) error {
			pid, err := strconv.Atoi(args[0])
			if err != nil || pid < 1 {
				return usagef("%q is no process id; footballctl queries list tells them", args[0])
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			return p.onOwner(ctx, "", func(w *postgres.Vitals) error {
				if err := w.Cancel(ctx, pid, terminate); err != nil {
					return err
				}
				done := "cancelled"
				if terminate {
					done = "terminated"
				}
				return p.print(map[string]any{"pid": pid, "done": done}, func(out io.Writer) { fmt.Fprintf(out, "%s %d\n", done, pid) })
			})
		},
	}
	cmd.Flags().BoolVar(&terminate, "terminate", false, "end the connection, also when it is idle in a transaction")
	return cmd
}

// onOwner looks at the server as the owner, in another database if one is named.
func (p *program) onOwner(ctx context.Context, database string, use func(*postgres.Vitals) error) error {
	c, err := p.load(config.Only("MIGRATE_DATABASE_URL"))
	if err != nil {
		return err
	}
	address := string(c.MigrateDatabaseURL)
	if database != "" {
		parsed, err := url.Parse(address)
		if err != nil {
			return errors.New("MIGRATE_DATABASE_URL is no URL")
		}
		parsed.Path = "/" + database
		address = parsed.String()
	}
	db, err := postgres.Open(postgres.Config{URL: address, PoolSize: 1, ApplicationName: service})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	return use(postgres.NewVitals(db))
}

func inMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// span is d as a person reads it.
func span(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

func pids(all []int) string {
	out := make([]string, len(all))
	for i, pid := range all {
		out[i] = strconv.Itoa(pid)
	}
	return strings.Join(out, ", ")
}

// plain is text without what could play tricks with a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}
