package main

import (
	"context"
	"fmt"
	"io"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

func (p *program) model() *cobra.Command {
	return group("model", "Look at models and choose the champion (DATABASE_URL)",
		"  footballctl model list\n  footballctl model promote score-driven-8fc4c7a122 --reason \"steadier in cup weeks\"\n  footballctl model rollback",
		p.modelList(), p.modelShow(),
		p.modelChange("promote VERSION", "Make a model the champion", "  footballctl model promote score-driven-8fc4c7a122", cobra.ExactArgs(1),
			func(ctx context.Context, promoter *modelling.Promoter, args []string, reason string) (modelling.Entry, error) {
				return promoter.Promote(ctx, args[0], reason)
			}),
		p.modelChange("rollback", "Make the former champion the champion again", "  footballctl model rollback --reason \"odd forecasts on Saturday\"", cobra.NoArgs,
			func(ctx context.Context, promoter *modelling.Promoter, _ []string, reason string) (modelling.Entry, error) {
				return promoter.Rollback(ctx, reason)
			}),
	)
}

func (p *program) modelList() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List the registry, newest first", Args: cobra.NoArgs,
		Example: "  footballctl model list --limit 10",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: say 1 or more", limit)
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var models catalogue.Models
			return p.with(ctx, databaseGraph, func() error {
				all, err := pages(ctx, limit, models.Models, func(e modelling.Entry) catalogue.Position {
					return catalogue.Position{Time: e.TrainedAt, ID: e.Version}
				})
				if err != nil {
					return err
				}
				wire := make([]modelJSON, len(all))
				for i, e := range all {
					wire[i] = toModelJSON(e)
				}
				return p.print(wire, func(w io.Writer) { showModels(w, all) })
			}, &models)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	return cmd
}

func (p *program) modelShow() *cobra.Command {
	return &cobra.Command{
		Use: "show VERSION", Short: "Show a model with its evaluation", Args: cobra.ExactArgs(1),
		Example: "  footballctl model show score-driven-8fc4c7a122",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var models catalogue.Models
			return p.with(ctx, databaseGraph, func() error {
				e, err := models.Get(ctx, args[0])
				if err != nil {
					return fmt.Errorf("model %s: %w", args[0], err)
				}
				return p.print(toModelJSON(e), func(w io.Writer) { showModel(w, e) })
			}, &models)
		},
	}
}

type changeModel func(ctx context.Context, promoter *modelling.Promoter, args []string, reason string) (modelling.Entry, error)

func (p *program) modelChange(use, short, example string, args cobra.PositionalArgs, change changeModel) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			ctx = access.With(ctx, operator())
			var promoter *modelling.Promoter
			return p.with(ctx, championGraph, func() error {
				e, err := change(ctx, promoter, args, reason)
				if err != nil {
					return err
				}
				return p.print(toModelJSON(e), func(w io.Writer) {
					fmt.Fprintf(w, "%s is the champion; its forecasts are being published\n", e.Version)
				})
			}, &promoter)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "decided by an operator", "why, for the record")
	return cmd
}

// operator is who changes the champion from here. Whoever holds the database's
// credentials can change it anyway, so the name is for the record and proves
// nothing.
func operator() access.Principal {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return access.Principal{Subject: "footballctl:" + name, Role: identity.Operator}
}
