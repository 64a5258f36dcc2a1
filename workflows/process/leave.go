package process

import (
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Errand is a run that another one starts and leaves.
type Errand struct {
	Workflow string
	Queue    string
	Name     string // unique among the errands of one run
	Summary  string
	Input    any
}

// Leave starts the errand as a child that outlives its parent: it is seen in
// the list of runs like any other, and how it ends does not touch the parent.
func Leave(ctx workflow.Context, e Errand) error {
	own := workflow.GetInfo(ctx).WorkflowExecution
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		// With the run in it: an errand of an earlier run that still goes on has
		// not seen what this run did.
		WorkflowID:        own.ID + "/" + e.Name + "/" + own.RunID,
		TaskQueue:         e.Queue,
		StaticSummary:     e.Summary,
		ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
	})
	err := workflow.ExecuteChildWorkflow(ctx, e.Workflow, e.Input).GetChildWorkflowExecution().Get(ctx, nil)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil // this run has left it already
	}
	return err
}
