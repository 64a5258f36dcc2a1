package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
)

// report tells what went wrong, and what to do about it, on standard error.
func (p *program) report(root *cobra.Command, err error) {
	var silent alreadyTold
	if errors.As(err, &silent) {
		return
	}
	remedy := p.remedy(err)
	if p.json {
		told := struct {
			Code   string `json:"code,omitempty"`
			Error  string `json:"error"`
			Remedy string `json:"remedy,omitempty"`
		}{Error: message(err), Remedy: remedy}
		var known *domain.Error
		if errors.As(err, &known) {
			told.Code = known.Code
		}
		_ = json.NewEncoder(p.err).Encode(told)
		return
	}
	fmt.Fprintf(p.err, "%s %s\n", p.paint(p.err, red, root.Name()+":"), message(err))
	if remedy != "" {
		fmt.Fprintln(p.err, remedy)
	}
}

// alreadyTold is a failure whose details have been printed as the result.
type alreadyTold struct{ error }

// message is err for a person, who can do without the code of a domain error.
func message(err error) string {
	// A host with several addresses fails alike at each.
	text := strings.Join(slices.Compact(strings.Split(err.Error(), "\n")), "\n")
	var known *domain.Error
	if errors.As(err, &known) && known.Detail != "" {
		text = strings.Replace(text, known.Error(), known.Detail, 1)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "gave up after the time limit: " + text
	}
	return text
}

// remedy is what to try, when the error does not say so itself.
func (p *program) remedy(err error) string {
	var (
		known *domain.Error
		fault *config.Fault
		usage usageError

		dialling *net.OpError
	)
	away := errors.As(err, &known) && known.Kind == domain.Unavailable ||
		errors.As(err, &dialling) || errors.Is(err, context.DeadlineExceeded)
	if (away || errors.As(err, &fault)) && !p.local {
		if _, missing := os.Stat(p.runFile); missing == nil {
			return "A system that make run started is described in " + p.runFile + "; add --local to use it."
		}
	}
	switch {
	case errors.As(err, &usage):
		return "See footballctl --help."
	case away:
		return "Is the server up, and its address right? footballctl check all tells; --timeout gives more time."
	}
	return ""
}
