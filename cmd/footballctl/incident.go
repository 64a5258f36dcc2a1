package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// exampleIncident is an id for help texts.
const exampleIncident = "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"

func (p *program) incident() *cobra.Command {
	return group("incident", "See what is wrong, say who is on it, and what was done (DATABASE_URL, TEMPORAL_ADDRESS, ENCRYPTION_KEY_FILE)",
		"  footballctl incident list\n  footballctl incident ack "+exampleIncident+" --as ada@example.com",
		p.incidentList(), p.incidentShow(), p.incidentDeclare(), p.incidentAct(),
		p.incidentSay("ack", "Say that you are on it: nobody else is told any more", false, (*responding.Desk).Acknowledge),
		p.incidentSay("resolve", "Say that it is over; it closes once it has stayed quiet", false, (*responding.Desk).Resolve),
		p.incidentSay("note", "Add to the timeline", true, (*responding.Desk).Note),
		p.incidentStep(),
	)
}

// onDesk does something about incidents, as a user when one is named, and else
// as whoever has the database at hand.
func (p *program) onDesk(cmd *cobra.Command, a persona, do func(context.Context, *responding.Desk) error) error {
	ctx, cancel := p.bounded(cmd, quick)
	defer cancel()
	var (
		incidents *responding.Desk
		signing   *authenticating.Desk
		who       *access.Authenticator
	)
	return p.with(ctx, operatingGraph, func() error {
		if a.given() {
			return p.as(ctx, a, signing, who, func(ctx context.Context) error { return do(ctx, incidents) })
		}
		return do(access.With(ctx, operator()), incidents)
	}, &incidents, &signing, &who)
}

func (p *program) incidentList() *cobra.Command {
	var (
		all      bool
		severity string
		limit    int
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List incidents that are open, newest first", Args: cobra.NoArgs,
		Example: "  footballctl incident list --all --severity P1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > catalogue.MaxLimit {
				return usagef("--limit %d: say 1 to %d", limit, catalogue.MaxLimit)
			}
			f, open := responding.Filter{Severity: operation.Severity(strings.ToUpper(severity))}, true
			if !all {
				f.Open = &open
			}
			return p.onDesk(cmd, persona{}, func(ctx context.Context, d *responding.Desk) error {
				found, err := d.List(ctx, f, catalogue.Page{Limit: limit})
				if err != nil {
					return err
				}
				return p.showIncidents(found)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "those that are over, too")
	cmd.Flags().StringVar(&severity, "severity", "", "only P1, P2 or P3")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	return cmd
}

func (p *program) incidentShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show an incident with its timeline and what is to be done", Args: cobra.ExactArgs(1),
		Example: "  footballctl incident show " + exampleIncident,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onDesk(cmd, persona{}, func(ctx context.Context, d *responding.Desk) error {
				return p.oneIncident(d.Get(ctx, args[0]))
			})
		},
	}
}

func (p *program) incidentDeclare() *cobra.Command {
	var (
		a                 persona
		severity, summary string
	)
	cmd := &cobra.Command{
		Use: "declare TITLE", Short: "Open an incident that no alert told of", Args: cobra.ExactArgs(1),
		Example: "  footballctl incident declare \"Forecasts of the Premier League look wrong\" --severity P2",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onDesk(cmd, a, func(ctx context.Context, d *responding.Desk) error {
				return p.oneIncident(d.Declare(ctx, operation.Severity(strings.ToUpper(severity)), args[0], summary))
			})
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&severity, "severity", "P2", "P1 wakes somebody, P3 waits for the next maintenance window")
	cmd.Flags().StringVar(&summary, "summary", "", "what is known of it")
	return cmd
}

func (p *program) incidentAct() *cobra.Command {
	var (
		a     persona
		input string
	)
	cmd := &cobra.Command{
		Use: "act ID KIND", Short: "Start an operation because of an incident", Args: cobra.ExactArgs(2),
		Long: "Start an operation of a kind because of an incident, and put it on the timeline. What asks for the approval of another\n" +
			"person does so here, too. Kinds: " + kindNames() + ".",
		Example: "  footballctl incident act " + exampleIncident + " backups --input '{\"kinds\":[\"database\"]}'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onDesk(cmd, a, func(ctx context.Context, d *responding.Desk) error {
				return p.oneIncident(d.Act(ctx, args[0], operating.Request{Kind: args[1], Input: []byte(input)}))
			})
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&input, "input", "{}", "what is asked for, as JSON")
	return cmd
}

// incidentSay is a command by which somebody says something about an incident.
func (p *program) incidentSay(name, short string, needed bool, say func(*responding.Desk, context.Context, string, string) (responding.Case, error)) *cobra.Command {
	var (
		a    persona
		text string
	)
	cmd := &cobra.Command{
		Use: name + " ID", Short: short, Args: cobra.ExactArgs(1),
		Example: "  footballctl incident " + name + " " + exampleIncident + " --text \"the disk is being cleared\" --as ada@example.com",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onDesk(cmd, a, func(ctx context.Context, d *responding.Desk) error { return p.oneIncident(say(d, ctx, args[0], text)) })
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&text, "text", "", "what is to be said, for the timeline")
	if needed {
		require(cmd, "text")
	}
	return cmd
}

func (p *program) incidentStep() *cobra.Command {
	var (
		a    persona
		text string
	)
	cmd := &cobra.Command{
		Use: "step ID STEP", Short: "Say that a step of the procedure is done: assess, analyse, plan or mend", Args: cobra.ExactArgs(2),
		Example: "  footballctl incident step " + exampleIncident + " analyse --text \"a release filled the disk\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onDesk(cmd, a, func(ctx context.Context, d *responding.Desk) error {
				return p.oneIncident(d.Tick(ctx, args[0], args[1], text))
			})
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&text, "text", "", "what was found or done")
	return cmd
}

// incidentOutJSON is an incident on the wire.
type incidentOutJSON struct {
	ID             string             `json:"id"`
	Severity       operation.Severity `json:"severity"`
	Status         string             `json:"status"`
	Title          string             `json:"title"`
	Summary        string             `json:"summary,omitempty"`
	OpenedAt       time.Time          `json:"opened_at"`
	AcknowledgedAt *time.Time         `json:"acknowledged_at"`
	AcknowledgedBy string             `json:"acknowledged_by,omitempty"`
	ResolvedAt     *time.Time         `json:"resolved_at"`
	ClosedAt       *time.Time         `json:"closed_at"`
	Told           int                `json:"told"`
	Steps          []string           `json:"steps"`
	Timeline       []incidentLineJSON `json:"timeline,omitempty"`
}

type incidentLineJSON struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"`
	Actor string    `json:"actor"`
	Text  string    `json:"text"`
}

func toIncidentJSON(c responding.Case) incidentOutJSON {
	i := c.Incident
	out := incidentOutJSON{
		ID: i.ID, Severity: i.Severity, Status: i.Status(), Title: i.Title, Summary: i.Summary, OpenedAt: i.OpenedAt.UTC(), AcknowledgedAt: orNull(i.AcknowledgedAt),
		AcknowledgedBy: i.AcknowledgedBy, ResolvedAt: orNull(i.ResolvedAt), ClosedAt: orNull(i.ClosedAt), Told: i.Told, Steps: nonNil(i.Steps),
	}
	for _, e := range c.Timeline {
		out.Timeline = append(out.Timeline, incidentLineJSON{At: e.At.UTC(), Kind: e.Kind, Actor: e.Actor, Text: e.Text})
	}
	return out
}
