package main

import (
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) checkConfig() *cobra.Command {
	var environment string
	cmd := &cobra.Command{
		Use: "config", Short: "Read every variable as API and worker would, and show it without secrets", Args: cobra.NoArgs,
		Example: "  footballctl check config\n  footballctl check config --env production",
		RunE: func(*cobra.Command, []string) error {
			if environment != "" {
				p.environ = append(slices.Clone(p.environ), "ENV="+environment)
			}
			if err := p.faults(); err != nil {
				return err
			}
			c, err := p.load(config.Everything)
			if err != nil {
				return err
			}
			settings := c.Masked()
			return p.print(settings, func(w io.Writer) {
				rows := make([][]string, len(settings))
				for i, s := range settings {
					rows[i] = []string{s.Name, orDash(s.Value), string(s.Origin)}
				}
				table(w, "VARIABLE VALUE FROM", rows)
			})
		},
	}
	cmd.Flags().StringVar(&environment, "env", "", "judge as if ENV were this: development, test, staging or production")
	return cmd
}

// faults is what would keep the API or, if nothing does, the worker from
// starting.
func (p *program) faults() error {
	if _, err := p.load(config.ForAPI); err != nil {
		return err
	}
	_, err := p.load(config.ForWorker)
	return errors.Join(err)
}
