package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// order is a run to start: its workflow, what it is asked, and where its result
// goes.
type order struct {
	name     string // begins the run's id
	id       string // is the run's id, whatever it is asked, unless it is empty
	workflow string
	summary  string
	input    any
	result   any // pointer
	human    func(io.Writer)
	// partly reports, once the result is there, that a part of the work failed.
	partly func() bool
}

// follow starts the runs one after the other and shows their results. With
// detach it starts them all at once and prints their ids.
func (p *program) follow(cmd *cobra.Command, detach bool, orders ...order) error {
	ctx, cancel := p.bounded(cmd, 0)
	defer cancel()
	var runs *temporal.Runs
	return p.with(ctx, temporalGraph, func() error {
		results := make(map[string]any)
		var partly error
		for _, o := range orders {
			run, err := runs.Start(ctx, o.request())
			if err != nil {
				return err
			}
			if detach {
				results[o.workflow] = map[string]string{"id": run.ID, "run_id": run.RunID}
				continue
			}
			if err := p.await(ctx, runs, run, o.result); err != nil {
				return err
			}
			results[o.workflow] = o.result
			if o.partly != nil && o.partly() {
				partly = errPartly
			}
			if !p.json {
				o.human(p.out)
			}
		}
		return errors.Join(p.told(orders, results, detach), partly)
	}, &runs)
}

// errPartly is a failure of a part of the work, which the result names.
var errPartly = alreadyTold{errors.New("a part of the work failed")}

// request starts a run whose id follows from what it is asked: asking for the
// same again while it goes on attaches to it, asking for something else starts
// another.
func (o order) request() temporal.Order {
	id := o.name
	if o.id != "" {
		return temporal.Order{Workflow: o.workflow, ID: o.id, Input: o.input, Summary: o.summary}
	}
	if !reflect.ValueOf(o.input).IsZero() {
		text, _ := json.Marshal(o.input) // inputs are plain structs
		sum := sha256.Sum256(text)
		id += "-" + hex.EncodeToString(sum[:4])
	}
	return temporal.Order{Workflow: o.workflow, ID: id, Input: o.input, Summary: o.summary}
}

func (p *program) await(ctx context.Context, runs *temporal.Runs, run temporal.Run, result any) error {
	meter := p.meter()
	defer meter.done()
	meter.show(0, 0, run.Workflow+": waiting for a worker")
	err := runs.Follow(ctx, run, result, func(at process.Progress) {
		text := run.Workflow + ": " + at.Step
		if at.Message != "" {
			text = run.Workflow + ": " + at.Message
		}
		meter.show(at.Done, at.Total, text)
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("no longer following: %w; the run %s goes on, and the same command follows it again", context.Cause(ctx), run.ID)
	}
	return err
}

// told prints what --json and --detach are for. One run is printed bare,
// several by their workflow.
func (p *program) told(orders []order, results map[string]any, detach bool) error {
	var value any = results
	if len(orders) == 1 {
		value = results[orders[0].workflow]
	}
	if p.json {
		return p.print(value, nil)
	}
	if detach {
		for _, o := range orders {
			fmt.Fprintln(p.out, results[o.workflow].(map[string]string)["id"])
		}
	}
	return nil
}

// detachFlag adds --detach.
func detachFlag(cmd *cobra.Command, into *bool) {
	cmd.Flags().BoolVar(into, "detach", false, "print the run's id and leave it, instead of following it")
}
