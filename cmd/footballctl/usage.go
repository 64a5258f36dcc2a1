package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func exitCode(err error) int {
	var usage usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command ") || strings.HasPrefix(err.Error(), "required flag(s) ") {
		return exitUsage
	}
	if errors.Is(err, errPartly) {
		return exitPartly
	}
	return exitFailure
}

// group is a command that only holds others. Without one of these it fails, so
// that a slip in a script is no success.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	parent := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var names []string
			for _, c := range cmd.Commands() {
				if c.IsAvailableCommand() {
					names = append(names, c.Name())
				}
			}
			choice := strings.Join(names, ", ")
			if len(args) == 0 {
				return usagef("%s needs a command: %s", cmd.CommandPath(), choice)
			}
			return usagef("%s has no command %q; there are %s", cmd.CommandPath(), args[0], choice)
		},
	}
	parent.AddCommand(commands...)
	return parent
}

// wrapArgs makes what cobra says of arguments a usage error with a reminder.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{fmt.Errorf("%w; usage: %s", err, cmd.UseLine())}
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		wrapArgs(c)
	}
}
