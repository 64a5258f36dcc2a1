package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

// maintenanceJSON is a report in a list, on the wire.
type maintenanceJSON struct {
	ID      string         `json:"id"`
	Plan    operation.Plan `json:"plan"`
	DryRun  bool           `json:"dry_run"`
	Began   time.Time      `json:"began_at"`
	Ended   *time.Time     `json:"ended_at"`
	Outcome string         `json:"outcome"`
	Sent    int            `json:"sent"`
}

func (p *program) maintenanceList() *cobra.Command {
	var (
		plan  string
		limit int
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List reports, newest first (DATABASE_URL)", Args: cobra.NoArgs,
		Example: "  footballctl maintenance list --plan monthly",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: say 1 or more", limit)
			}
			if plan != "" {
				if _, err := operation.ParsePlan(plan); err != nil {
					return usagef("--plan: %s", message(err))
				}
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var reports maintaining.Reports
			return p.with(ctx, databaseGraph, func() error {
				all, err := reports.List(ctx, operation.Plan(plan), limit)
				if err != nil {
					return err
				}
				wire, rows := make([]maintenanceJSON, len(all)), make([][]string, len(all))
				for i, r := range all {
					wire[i] = maintenanceJSON{ID: r.ID, Plan: r.Plan, DryRun: r.DryRun, Began: r.Began, Ended: orNull(r.Ended), Outcome: string(r.Outcome), Sent: r.Sent}
					rows[i] = []string{r.ID, string(r.Plan), moment(r.Began), moment(r.Ended), orDash(string(r.Outcome)), fmt.Sprint(r.Sent)}
				}
				return p.print(wire, func(w io.Writer) { table(w, "REPORT PLAN BEGAN ENDED OUTCOME SENT", rows) })
			}, &reports)
		},
	}
	cmd.Flags().StringVar(&plan, "plan", "", "only of this plan: daily, weekly or monthly")
	cmd.Flags().IntVar(&limit, "limit", 30, "at most so many")
	return cmd
}

func (p *program) maintenanceShow() *cobra.Command {
	var page string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a report (DATABASE_URL)", Args: cobra.ExactArgs(1),
		Long: `Show what a run of maintenance found. With --html the page is written into a file, which a browser shows: it holds everything, pictures too.
With --json the whole report is printed.`,
		Example: "  footballctl maintenance show 0197a1c2-… --html report.html\n  footballctl maintenance show 0197a1c2-… --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var reports maintaining.Reports
			return p.with(ctx, databaseGraph, func() error {
				r, err := reports.Get(ctx, args[0])
				if err != nil {
					return err
				}
				if page != "" {
					text, err := reports.Page(ctx, args[0])
					if err != nil {
						return fmt.Errorf("--html: %w", err)
					}
					if err := os.WriteFile(page, text, 0o600); err != nil {
						return fmt.Errorf("--html: %w", err)
					}
				}
				return p.showReport(r, page)
			}, &reports)
		},
	}
	cmd.Flags().StringVar(&page, "html", "", "write the page into this file")
	return cmd
}

func (p *program) showReport(r operation.Report, page string) error {
	text, err := maintaining.EncodeReport(r)
	if err != nil {
		return err
	}
	return p.print(json.RawMessage(text), func(w io.Writer) {
		if page != "" {
			fmt.Fprintf(w, "the page is in %s\n", page)
			return
		}
		fmt.Fprintf(w, "%s maintenance of %s: %s\n", r.Plan, moment(r.Began), inWords(string(r.Outcome)))
		if r.Aborted != "" {
			fmt.Fprintf(w, "aborted: %s\n", plainly(r.Aborted))
		}
		for _, s := range r.Results {
			fmt.Fprintf(w, "\n%s %s\n  %s\n", p.verdict(w, string(s.Verdict)), s.Title, plainly(s.Summary))
			for _, n := range s.Notes {
				fmt.Fprintf(w, "  - %s\n", plainly(n.Text))
				if n.Remedy != "" {
					fmt.Fprintf(w, "    %s\n", n.Remedy)
				}
			}
			for _, l := range s.Listings {
				showListing(w, l)
			}
		}
	})
}

// shownRows bounds a table in a terminal; the page has all that is kept.
const shownRows = 10

func showListing(w io.Writer, l operation.Listing) {
	rows := make([][]string, min(len(l.Rows), shownRows))
	for i := range rows {
		for _, cell := range l.Rows[i] {
			rows[i] = append(rows[i], shortened(plainly(cell)))
		}
	}
	head := make([]string, len(l.Columns))
	for i, name := range l.Columns {
		// Heads are divided by blanks.
		head[i] = strings.ToUpper(strings.ReplaceAll(name, " ", "-"))
	}
	fmt.Fprintf(w, "  %s\n", l.Title)
	table(w, strings.Join(head, " "), rows)
	if more := len(l.Rows) + l.Left - len(rows); more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}

// plainly is text without what plays tricks with a terminal or a table.
func plainly(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

// shortened is text cut for a column.
func shortened(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
