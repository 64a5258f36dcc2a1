// Package backup makes backups and restores each beside the original before it
// counts. What is compared, and when an old one may go, is decided below, in
// ports/backingup and domain/operation.
package backup

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue            = "operations"
	BackupWorkflow   = "BackupThenVerify"
	PlanActivity     = "BackupThenVerify.Plan"
	MakeActivity     = "BackupThenVerify.Make"
	VerifyActivity   = "BackupThenVerify.Verify"
	PruneActivity    = "BackupThenVerify.Prune"
	GiveUpActivity   = "BackupThenVerify.GiveUp"
	FinishActivity   = "BackupThenVerify.Finish"
	faultyType       = "backup.faulty"
	cleanUpAtMost    = 10 * time.Minute
	longestOfOneKind = 12 * time.Hour
)

// Input is the argument of BackupThenVerify. Fields are only ever added.
type Input struct {
	// Kinds are those of domain/operation; without any, all that the
	// worker is set up for.
	Kinds []string `json:"kinds,omitempty"`
}

// Result says what became of each kind.
type Result struct {
	Backups []Outcome `json:"backups"`
}

// Outcome is what became of one backup.
type Outcome struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Verified bool   `json:"verified"`
	Location string `json:"location,omitempty"`
	Size     int64  `json:"size"` // bytes as stored
	Rows     int64  `json:"rows"`
	Parts    int    `json:"parts"`
	// MakingSeconds and RestoreSeconds are how long each took.
	MakingSeconds  float64 `json:"making_seconds"`
	RestoreSeconds float64 `json:"restore_seconds"`
	Deleted        int     `json:"deleted"` // older backups that retention let go
	Fault          string  `json:"fault,omitempty"`
}

// Backup backs up one kind after the other. A kind that fails is named in the
// result and leaves the others to go on; the run fails at the end.
func Backup(ctx workflow.Context, in Input) (Result, error) {
	ctx, p, err := process.Begin(ctx, "Backup")
	if err != nil {
		return Result{}, err
	}
	r := &run{process: p}
	err = r.all(ctx, in)
	return r.result, p.End(err)
}

type run struct {
	result  Result
	process *process.Process
}

func (r *run) all(ctx workflow.Context, in Input) error {
	self := workflow.GetInfo(ctx).WorkflowExecution
	r.process.Step(ctx, "plan", 0, "What can be backed up here?")
	plan, err := planActivity.Call(ctx, "What can be backed up here?", PlanRequest(in))
	if err != nil {
		return process.Fail("plan", err)
	}
	for _, o := range plan.Orders {
		o.Run = self.ID + "/" + self.RunID
		outcome := r.one(ctx, o)
		r.result.Backups = append(r.result.Backups, outcome)
		r.process.Note(ctx, r.result.note())
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return r.judge(ctx)
}

// one makes, verifies and prunes one kind, and cleans up after itself whatever
// happens.
func (r *run) one(ctx workflow.Context, o Order) Outcome {
	outcome, err := r.steps(ctx, o)
	// What follows is done for a run that was aborted too.
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	if err != nil {
		outcome.Fault = process.Cause(err)
		if _, failed := giveUpActivity.Call(rest, "Take back what there is of it", GiveUpRequest{Order: o, Reason: outcome.Fault}); failed != nil {
			outcome.Fault += "; and cleaning up: " + process.Cause(failed)
		}
	}
	if _, failed := finishActivity.Call(rest, "Let others work on "+o.Kind, o); failed != nil && outcome.Fault == "" {
		outcome.Fault = "it is verified, but cleaning up: " + process.Cause(failed)
	}
	return outcome
}

func (r *run) steps(ctx workflow.Context, o Order) (Outcome, error) {
	outcome := Outcome{Kind: o.Kind, ID: o.ID}
	r.process.Step(ctx, o.Kind, 3, "Backing up the "+o.Kind+".")
	made, err := makeActivity.Call(ctx, "Back up the "+o.Kind, o)
	if err != nil {
		return outcome, err
	}
	outcome.take(made)
	r.process.Advance(ctx, 1, "Restoring the "+o.Kind+" beside the original, and comparing.")
	verified, err := verifyActivity.Call(ctx, "Restore the "+o.Kind+" beside the original, and compare", o)
	if err != nil {
		return outcome, err
	}
	outcome.take(verified)
	if !outcome.Verified {
		return outcome, nil
	}
	r.process.Advance(ctx, 2, "Letting old backups of the "+o.Kind+" go.")
	pruned, err := pruneActivity.Call(ctx, "Let old backups of the "+o.Kind+" go", o)
	if err != nil {
		// The new backup is good; the next run deletes what is left.
		outcome.Fault = "old backups could not be deleted: " + process.Cause(err)
	}
	outcome.Deleted = pruned.Deleted
	r.process.Advance(ctx, 3, "")
	return outcome, nil
}

// judge fails a run of which any kind has no verified backup.
func (r *run) judge(ctx workflow.Context) error {
	var faults []string
	for _, o := range r.result.Backups {
		if o.Fault != "" {
			faults = append(faults, o.Kind+": "+o.Fault)
		}
	}
	if len(faults) > 0 {
		return temporal.NewNonRetryableApplicationError(strings.Join(faults, "\n"), faultyType, nil, r.result)
	}
	r.process.Step(ctx, "done", 0, "Everything is backed up, restored beside the original, and equal.")
	return nil
}

func (o *Outcome) take(m Made) {
	o.Verified, o.Location, o.Size, o.Rows, o.Parts = m.Verified, m.Location, m.Size, m.Rows, m.Parts
	o.MakingSeconds, o.RestoreSeconds, o.Fault = m.MakingSeconds, m.RestoreSeconds, m.Fault
}

// note is the result for people.
func (r Result) note() string {
	var b strings.Builder
	b.WriteString("| | | rows | size | restored in |\n| --- | --- | ---: | ---: | ---: |\n")
	for _, o := range r.Backups {
		state := "verified"
		if !o.Verified {
			state = "**not usable**: " + o.Fault
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %.1f MB | %.1f s |\n", o.Kind, state, o.Rows, float64(o.Size)/1e6, o.RestoreSeconds)
	}
	return b.String()
}
