package restore

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	SystemWorkflow    = "RestoreSystem"
	ChooseActivity    = "RestoreSystem.Choose"
	PauseActivity     = "RestoreSystem.Pause"
	SafeguardActivity = "RestoreSystem.Safeguard"
	PutActivity       = "RestoreSystem.Put"
	CheckActivity     = "RestoreSystem.Check"
	BackOutActivity   = "RestoreSystem.BackOut"
)

// SystemInput is the argument of RestoreSystem: Backup or At, and Reason. Fields
// are only ever added.
type SystemInput struct {
	Backup string     `json:"backup,omitempty"` // of the database: an id, or latest
	At     *time.Time `json:"at,omitempty"`     // any moment, where the server archives its log
	Reason string     `json:"reason,omitempty"`
	// Parts are what is put back beside the database, redis and application;
	// all that the worker knows a place for when empty.
	Parts []string `json:"parts,omitempty"`
}

// SystemResult says what was restored.
type SystemResult struct {
	Result

	Parts []Part `json:"parts,omitempty"`
	// RestedSeconds is how long the service was not there for its users.
	RestedSeconds float64 `json:"rested_seconds"`
}

// System is RestoreSystem: it brings all parts of the system back to one moment, while the
// service rests: the database, what Redis holds, the files. All is made ready
// and approved beforehand. When anything fails, or the restored system does not
// work, all parts become what they were.
//
// What is in progress stays: this run itself is kept by Temporal. Runs that
// ended after the moment are listed, since what they did is gone.
func System(ctx workflow.Context, in SystemInput) (SystemResult, error) {
	ctx, p, err := process.Begin(ctx, "Restore of the system")
	if err != nil {
		return SystemResult{}, err
	}
	self := workflow.GetInfo(ctx).WorkflowExecution
	s := &system{in: in, run: run{
		process: p, in: Input{Backup: in.Backup, At: in.At, Reason: in.Reason}, holder: self.ID + "/" + self.RunID,
	}}
	err = s.restore(ctx)
	s.result.Result, s.result.Parts = s.run.result, s.parts
	return s.result, p.End(err)
}

type system struct {
	run

	in        SystemInput
	parts     []Part
	exchanged bool
	touched   []Part // that no longer hold what they held before
	rests     time.Time
	result    SystemResult
}

func (s *system) restore(ctx workflow.Context) error {
	switch {
	case s.in.Backup == "" && s.in.At == nil:
		return process.Missing("backup (or at in its place)")
	case s.in.Backup != "" && s.in.At != nil:
		return ambiguous("backup and at")
	case strings.TrimSpace(s.in.Reason) == "":
		return process.Missing("reason")
	}
	defer s.leave(ctx)
	if err := s.prepare(ctx); err != nil {
		return err
	}
	by, err := process.AwaitApproval(ctx, s.process, process.Question{
		Step: "exchange", Text: "The whole system becomes what it was at " + s.plan.Moment.Format(time.RFC3339) + "; the service rests meanwhile.",
	})
	if err != nil {
		return process.Fail("await approval", err)
	}
	s.run.result.ApprovedBy = by
	final, err := s.process.Commit(ctx, "the system is being restored, and backs out by itself when that fails")
	if err != nil {
		return err
	}
	return s.exchange(final)
}

// leave ends what the run has claimed, whatever became of it.
func (s *system) leave(ctx workflow.Context) {
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	if s.plan.ID != "" && !s.exchanged {
		_, _ = abandonActivity.Call(rest, "Drop what was restored", s.step())
	}
	_, _ = releaseActivity.Call(rest, "Let the service go on, and others work on its parts", s.step())
	if !s.rests.IsZero() {
		s.result.RestedSeconds = workflow.Now(rest).Sub(s.rests).Seconds()
	}
}

// prepare makes everything ready beside what is live.
func (s *system) prepare(ctx workflow.Context) error {
	if err := s.preview(ctx); err != nil {
		return err
	}
	choice, err := chooseActivity.Call(ctx, "Which backups of the other parts?", ChooseRequest{Step: s.step(), Parts: s.in.Parts})
	if err != nil {
		return process.Fail("choose the backups of the other parts", err)
	}
	s.parts = choice.Parts
	for _, p := range s.parts {
		s.also = append(s.also, p.Kind)
	}
	s.process.Note(ctx, s.plan.note()+partsNote(s.parts))
	s.process.Step(ctx, "rebuild", 0, "Restoring into a fresh database beside the live one, and comparing.")
	rebuilt, err := rebuildActivity.Call(ctx, "Restore into a fresh database, and compare", s.step())
	if err != nil {
		return process.Fail("rebuild", err)
	}
	s.run.result.RestoreSeconds = rebuilt.Seconds
	return nil
}

// exchange lets the service rest, keeps the way back, and exchanges all parts.
func (s *system) exchange(ctx workflow.Context) error {
	s.process.Step(ctx, "pause", 0, "The service comes to rest: the API answers 503, workers begin nothing.")
	s.also = append(s.also, exclusion.Service)
	s.rests = workflow.Now(ctx)
	if _, err := pauseActivity.Call(ctx, "Let the service rest", s.step()); err != nil {
		return process.Fail("let the service rest", err)
	}
	for i, p := range s.parts {
		s.process.Step(ctx, "safeguard", len(s.parts), "Keeping what "+p.Kind+" holds now.")
		s.process.Advance(ctx, i, "Keeping what "+p.Kind+" holds now.")
		if _, err := safeguardActivity.Call(ctx, "Keep what "+p.Kind+" holds now", PartStep{Step: s.step(), Part: p}); err != nil {
			return process.Fail("keep what "+p.Kind+" holds now", err)
		}
	}
	err := s.replace(ctx)
	if err == nil {
		s.process.Step(ctx, "done", 0, fmt.Sprintf("The system is as of %s. %d runs that ended later have lost their effects. The former database is kept: "+
			"footballctl backup undo %s puts it back, footballctl backup confirm %s drops it.",
			s.plan.Moment.Format(time.RFC3339), len(s.run.result.Lost)+s.run.result.More, s.plan.ID, s.plan.ID))
		return nil
	}
	return s.backOut(ctx, err)
}

// replace exchanges the parts, the database first: it knows of the others'
// backups.
func (s *system) replace(ctx workflow.Context) error {
	s.process.Step(ctx, "exchange", 0, "Exchanging the database.")
	// Whether an exchange that failed has happened all the same is found out when
	// backing out.
	s.exchanged = true
	if _, err := exchangeActivity.Call(ctx, "Put the restored database in place", s.step()); err != nil {
		return process.Fail("exchange", err)
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	for i, p := range s.parts {
		s.process.Step(ctx, "put", len(s.parts), "Putting back "+p.Kind+".")
		s.process.Advance(ctx, i, "Putting back "+p.Kind+".")
		s.touched = append(s.touched, p)
		if _, err := putActivity.Call(ctx, "Put back "+p.Kind, PartStep{Step: s.step(), Part: p, From: p.Backup}); err != nil {
			return process.Fail("put back "+p.Kind, err)
		}
	}
	s.process.Step(ctx, "check", 0, "Does the restored system work?")
	if _, err := checkActivity.Call(ctx, "Does the restored system work?", s.step()); err != nil {
		return process.Fail("check", err)
	}
	return nil
}

// backOut makes the system what it was. The run fails all the same, and says
// why.
func (s *system) backOut(ctx workflow.Context, why error) error {
	s.process.Step(ctx, "back out", 0, "Making the system what it was, because: "+process.Cause(why))
	request := BackOutRequest{SettleRequest: SettleRequest{Step: s.step(), Reason: s.in.Reason, By: s.run.result.ApprovedBy}, Why: process.Cause(why)}
	if _, err := backOutActivity.Call(ctx, "Put the former database back", request); err != nil {
		return process.Fail("the system could not be made what it was ("+process.Cause(why)+")", err)
	}
	for _, p := range s.touched {
		if _, err := putActivity.Call(ctx, "Put back what "+p.Kind+" held", PartStep{Step: s.step(), Part: p, From: p.Safeguard}); err != nil {
			return process.Fail("the database is what it was, "+p.Kind+" is not ("+process.Cause(why)+")", err)
		}
	}
	return process.Fail("nothing was restored, the system is what it was", why)
}

func partsNote(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "\n\n%s is put back from backup %s.", p.Kind, p.Backup)
	}
	return b.String()
}
