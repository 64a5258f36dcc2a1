// Package cutover brings a release to users: it starts beside the one that runs,
// takes a growing share of the requests while what clients see is watched, and
// then all of them. Whatever goes wrong, all requests go back at once to what ran
// before.
package cutover

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	CutoverWorkflow = "BlueGreenCutover"
	PlanActivity    = "BlueGreenCutover.Plan"
	MigrateActivity = "BlueGreenCutover.Migrate"
	StartActivity   = "BlueGreenCutover.Start"
	ShiftActivity   = "BlueGreenCutover.Shift"
	WatchActivity   = "BlueGreenCutover.Watch"
	FinishActivity  = "BlueGreenCutover.Finish"
	BackActivity    = "BlueGreenCutover.Back"
	GiveUpActivity  = "BlueGreenCutover.GiveUp"
	ReleaseActivity = "BlueGreenCutover.Release"
)

// Queue is the task queue.
const Queue = process.OperationsQueue

// Unwell is the type of the error of a release that served its users worse than
// is allowed.
const Unwell = "release.unwell"

// Input is the argument of BlueGreenCutover. Fields are only ever added.
type Input struct {
	// Release is its name, such as v1.4.0; previous is the one that was live before
	// the one that is.
	Release string `json:"release"`
	Reason  string `json:"reason,omitempty"`
	// Approve has the run ask for the approval of another person before users see
	// anything of the release.
	Approve bool `json:"approve,omitempty"`
	// At once moves all requests in one step, as a rollback does.
	AtOnce bool `json:"at_once,omitempty"`
	// Ramp are the slots that lead to the release, step by step; 1, 5, 10 when empty.
	Ramp []int `json:"ramp,omitempty"`
	// StepSeconds is how long each step is watched, 60 when zero; BakeSeconds how long
	// the release is watched once it has all requests, 300 when zero.
	StepSeconds int `json:"step_seconds,omitempty"`
	BakeSeconds int `json:"bake_seconds,omitempty"`
}

// Result says what was released.
type Result struct {
	Release    string   `json:"release"`
	Colour     string   `json:"colour"`
	From       string   `json:"from,omitempty"`
	ApprovedBy []string `json:"approved_by,omitempty"`
	Canary     string   `json:"canary"` // what clients saw at the end
}

// Cutover is BlueGreenCutover.
func Cutover(ctx workflow.Context, in Input) (Result, error) {
	ctx, p, err := process.Begin(ctx, "Cutover")
	if err != nil {
		return Result{}, err
	}
	self := workflow.GetInfo(ctx).WorkflowExecution
	c := &cutover{process: p, in: in, run: self.ID + "/" + self.RunID}
	err = c.all(ctx)
	return c.result, p.End(err)
}

type cutover struct {
	process *process.Process
	in      Input
	run     string
	plan    Plan
	result  Result
}

func (c *cutover) all(ctx workflow.Context) error {
	if strings.TrimSpace(c.in.Release) == "" {
		return process.Missing("release")
	}
	c.process.Step(ctx, "plan", 0, "Where does the release go?")
	plan, err := planActivity.Call(ctx, "Where does the release go?", PlanRequest{Run: c.run, Release: c.in.Release, Reason: c.in.Reason})
	defer c.leave(ctx)
	if err != nil {
		return process.Fail("plan", err)
	}
	c.plan = plan
	c.result = Result{Release: plan.Release, Colour: plan.Colour, From: plan.From}
	c.process.Note(ctx, fmt.Sprintf("%s goes to **%s**; **%s** has the requests.", plan.Release, plan.Colour, name(plan.From)))
	if err := c.release(ctx); err != nil {
		return c.back(ctx, err)
	}
	return nil
}

func name(colour string) string {
	if colour == "" {
		return "nothing"
	}
	return colour
}

// release does all that may be taken back.
func (c *cutover) release(ctx workflow.Context) error {
	c.process.Step(ctx, "migrate", 0, "Bringing the schema to where "+c.plan.Release+" needs it.")
	if _, err := migrateActivity.Call(ctx, "Migrate", c.step()); err != nil {
		return process.Fail("migrate", err)
	}
	c.process.Step(ctx, "start", 0, "Starting "+c.plan.Release+" as "+c.plan.Colour+".")
	if _, err := startActivity.Call(ctx, "Start, and try it", c.step()); err != nil {
		return process.Fail("start", err)
	}
	if c.in.Approve {
		by, err := process.AwaitApproval(ctx, c.process, process.Question{Step: "ramp", Text: c.plan.Release + " takes the requests of users, step by step."})
		if err != nil {
			return process.Fail("await approval", err)
		}
		c.result.ApprovedBy = by
	}
	for _, n := range c.steps() {
		if err := c.shift(ctx, n, seconds(c.in.StepSeconds, 60)); err != nil {
			return err
		}
	}
	if err := c.shift(ctx, c.plan.Slots, seconds(c.in.BakeSeconds, 300)); err != nil {
		return err
	}
	// From here on it is live: what ran before is stopped.
	final, err := c.process.Commit(ctx, "the release is live; footballctl cutover rollback goes back")
	if err != nil {
		return err
	}
	c.process.Step(final, "finish", 0, "Stopping "+name(c.plan.From)+" once it has answered what it was asked.")
	if _, err := finishActivity.Call(final, "Stop what ran before", c.step()); err != nil {
		// Users are served by the release: to go back now would be the harm.
		c.process.Step(final, "done", 0, c.plan.Release+" is live; "+c.plan.From+" could not be stopped: "+process.Cause(err))
		return nil
	}
	c.process.Step(final, "done", 0, c.plan.Release+" is live as "+c.plan.Colour+".")
	return nil
}

// steps are those of the ramp that are some of the slots, and not all.
func (c *cutover) steps() []int {
	if c.in.AtOnce || c.plan.From == "" {
		return nil
	}
	ramp := c.in.Ramp
	if len(ramp) == 0 {
		ramp = []int{1, 5, 10}
	}
	return slices.DeleteFunc(slices.Clone(ramp), func(n int) bool { return n <= 0 || n >= c.plan.Slots })
}

func seconds(n, otherwise int) time.Duration {
	if n == 0 {
		n = otherwise
	}
	return time.Duration(n) * time.Second
}

// shift moves slots and watches what clients see.
func (c *cutover) shift(ctx workflow.Context, n int, last time.Duration) error {
	c.process.Step(ctx, "ramp", c.plan.Slots, "")
	c.process.Advance(ctx, n, fmt.Sprintf("%d of %d slots lead to %s; it is watched for %s.", n, c.plan.Slots, c.plan.Colour, last))
	moved, err := shiftActivity.Call(ctx, fmt.Sprintf("%d of %d slots to %s", n, c.plan.Slots, c.plan.Colour), ShiftRequest{Step: c.step(), Slots: n})
	if err != nil {
		return process.Fail("move requests", err)
	}
	watched := watchActivity.Begin(ctx, "How does it do?", WatchRequest{Step: c.step(), Since: moved.At, Seconds: last.Seconds()})
	// Whoever aborts is not kept waiting until the watching worker has heard of it.
	aborted := false
	selector := workflow.NewSelector(ctx).AddFuture(watched, func(workflow.Future) {}).
		AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) { aborted = true })
	selector.Select(ctx)
	if aborted {
		return ctx.Err()
	}
	var saw Watched
	if err := watched.Get(ctx, &saw); err != nil {
		return process.Fail("watch", err)
	}
	c.result.Canary = saw.Canary
	if saw.Wrong != "" {
		return temporal.NewNonRetryableApplicationError(fmt.Sprintf("with %d of %d slots, %s", n, c.plan.Slots, saw.Wrong), Unwell, nil)
	}
	c.process.Advance(ctx, n, "Clients saw "+saw.Canary+".")
	return nil
}

// back has all requests go to what ran before, first of all, and then stops the
// release. The run fails, and says why.
func (c *cutover) back(ctx workflow.Context, why error) error {
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	reason := process.Cause(why)
	if ctx.Err() != nil && c.process.Reason() != "" {
		reason = "aborted: " + c.process.Reason()
	}
	c.process.Step(rest, "roll back", 0, "All requests go to "+name(c.plan.From)+", because: "+reason)
	if _, err := backActivity.Call(rest, "All requests back to "+name(c.plan.From), c.step()); err != nil {
		return process.Fail("requests could not be moved back ("+reason+")", err)
	}
	if _, err := giveUpActivity.Call(rest, "Stop "+c.plan.Release, GiveUpRequest{Step: c.step(), Why: reason}); err != nil {
		return process.Fail("all requests go to "+name(c.plan.From)+"; stopping "+c.plan.Release+" ("+reason+")", err)
	}
	var canceled *temporal.CanceledError
	if errors.As(why, &canceled) {
		return why
	}
	return process.Fail("rolled back", why)
}

// leave lets others release.
func (c *cutover) leave(ctx workflow.Context) {
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	_, _ = releaseActivity.Call(rest, "Let others release", c.step())
}

func (c *cutover) step() Step { return Step{Run: c.run, Plan: c.plan} }
