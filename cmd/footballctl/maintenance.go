package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
)

func (p *program) maintenance() *cobra.Command {
	return group("maintenance", "Work through maintenance, and read what it found",
		"  footballctl maintenance run daily\n  footballctl maintenance show ID --html report.html",
		p.maintenanceRun(), p.maintenanceSteps(), p.maintenanceList(), p.maintenanceShow(), p.maintenanceMode())
}

func (p *program) maintenanceRun() *cobra.Command {
	var (
		in     maintenance.Input
		detach bool
	)
	cmd := &cobra.Command{
		Use: "run daily|weekly|monthly", Short: "Work through a plan, and follow it (TEMPORAL_ADDRESS)", Args: cobra.ExactArgs(1),
		Long: `Start the workflow RunMaintenance, or attach to it when it runs already, and follow it to its end.
It takes the steps of the plan one after the other, keeps a report and mails it to those who run the platform.
A step that fails does not hold up the others; the exit code is 3 then.`,
		Example: "  footballctl maintenance run daily\n  footballctl maintenance run monthly --step reindex --step vacuum --dry-run",
		RunE: func(cmd *cobra.Command, args []string) error {
			plan, err := operation.ParsePlan(args[0])
			if err != nil {
				return usagef("%s", message(err))
			}
			if _, err := operation.Choose(plan, in.Steps); err != nil {
				return usagef("--step: %s", message(err))
			}
			in.Plan = string(plan)
			var result maintenance.Result
			return p.follow(cmd, detach, order{
				name: "maintenance-" + in.Plan, workflow: maintenance.RunWorkflow, summary: "The " + in.Plan + " maintenance, asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { p.showMaintenance(w, result) },
				partly: func() bool { return result.Failed() > 0 },
			})
		},
	}
	cmd.Flags().StringArrayVar(&in.Steps, "step", nil, "only this step (see maintenance steps); may be repeated")
	cmd.Flags().BoolVar(&in.DryRun, "dry-run", false, "change nothing, and tell what would be changed")
	detachFlag(cmd, &detach)
	return cmd
}

func (p *program) showMaintenance(w io.Writer, r maintenance.Result) {
	for _, s := range r.Steps {
		fmt.Fprintf(w, "%s %-28s %s\n", p.verdict(w, s.Verdict), s.Title, s.Summary)
	}
	fmt.Fprintf(w, "the maintenance %s; its report is %s\n", inWords(r.Outcome), r.Report)
	switch {
	case r.Sent > 0 && r.Unsent != "":
		fmt.Fprintf(w, "it was sent to %d; %s\n", r.Sent, r.Unsent)
	case r.Sent > 0:
		fmt.Fprintf(w, "it was sent to %d\n", r.Sent)
	default:
		fmt.Fprintf(w, "it was not sent: %s\n", r.Unsent)
	}
	fmt.Fprintf(w, "footballctl maintenance show %s tells the details\n", r.Report)
}

// verdict is a step's verdict in a column of its own.
func (p *program) verdict(w io.Writer, verdict string) string {
	colours := map[string]colour{"ok": green, "needs_attention": yellow, "skipped": yellow, "failed": red}
	return p.paint(w, colours[verdict], fmt.Sprintf("%-15s", strings.ReplaceAll(verdict, "_", " ")))
}

// inWords is an outcome in a sentence.
func inWords(outcome string) string {
	switch operation.Verdict(outcome) {
	case operation.Fine:
		return "went well"
	case operation.Attention:
		return "needs attention"
	case operation.Failing:
		return "failed in part"
	default:
		return "goes on"
	}
}

// planStepJSON is a step of a plan on the wire.
type planStepJSON struct {
	Plan    operation.Plan `json:"plan"`
	Step    string         `json:"step"`
	About   string         `json:"about"`
	Changes bool           `json:"changes"`
}

func (p *program) maintenanceSteps() *cobra.Command {
	return &cobra.Command{
		Use: "steps", Short: "List the steps of the plans", Args: cobra.NoArgs,
		Example: "  footballctl maintenance steps",
		RunE: func(*cobra.Command, []string) error {
			var (
				wire []planStepJSON
				rows [][]string
			)
			for _, plan := range operation.Plans {
				for _, s := range operation.Checklist(plan) {
					wire = append(wire, planStepJSON{Plan: plan, Step: s.Name, About: s.About, Changes: s.Changes})
					changes := "looks"
					if s.Changes {
						changes = "changes"
					}
					rows = append(rows, []string{string(plan), s.Name, changes, s.About})
				}
			}
			return p.print(wire, func(w io.Writer) { table(w, "PLAN STEP DOES ABOUT", rows) })
		},
	}
}
