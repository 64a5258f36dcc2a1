package temporal

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var _ releasing.Workers = (*Versions)(nil)

// Versions moves runs between the workers of releases: each release is a version
// of one worker deployment, whose build id is its name. A run is pinned to the
// version that it began with. See
// docs.temporal.io/production-deployment/worker-deployments/worker-versioning.
type Versions struct {
	engine     *Engine
	client     client.Client
	deployment client.WorkerDeploymentHandle
}

// NewVersions returns the Versions of our deployment.
func NewVersions(c client.Client, config Config) *Versions {
	return &Versions{engine: NewEngine(c, config), client: c, deployment: c.WorkerDeploymentClient().GetHandle(Deployment)}
}

// Lead implements [releasing.Workers]. Temporal refuses a version that does not
// serve a queue which the one before it serves and in which there is work.
func (v *Versions) Lead(ctx context.Context, release string) error {
	_, err := v.deployment.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: release})
	var precondition *serviceerror.FailedPrecondition
	if isNotFound(err) || errors.As(err, &precondition) {
		return domain.Errorf(domain.Conflict, releasing.ErrUnready.Code, "the workers of %s take no runs yet: %s", release, err)
	}
	return engineError(err)
}

// Leading implements [releasing.Workers].
func (v *Versions) Leading(ctx context.Context) (string, error) {
	d, err := v.deployment.Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	if isNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", engineError(err)
	}
	if current := d.Info.RoutingConfig.CurrentVersion; current != nil {
		return current.BuildID, nil
	}
	return "", nil
}

// unfinished are the runs that are pinned to a version and go on.
func unfinished(release string) string {
	return fmt.Sprintf("ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '%s:%s'", Deployment, release)
}

// Unfinished implements [releasing.Workers].
func (v *Versions) Unfinished(ctx context.Context, release string) (int, error) {
	runs, err := v.engine.list(ctx, unfinished(release))
	return len(runs), err
}

// HandOver implements [releasing.Workers].
func (v *Versions) HandOver(ctx context.Context, release string) (int, error) {
	runs, err := v.engine.list(ctx, unfinished(release))
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, run := range runs {
		_, err := v.client.UpdateWorkflowExecutionOptions(ctx, client.UpdateWorkflowExecutionOptionsRequest{
			WorkflowId: run.GetExecution().GetWorkflowId(), RunId: run.GetExecution().GetRunId(),
			WorkflowExecutionOptionsChanges: client.WorkflowExecutionOptionsChanges{
				VersioningOverride: &client.VersioningOverrideChange{Value: &client.AutoUpgradeVersioningOverride{}},
			},
		})
		switch {
		case isNotFound(err): // it has ended in between
		case err != nil:
			return moved, fmt.Errorf("hand %s over: %w", run.GetExecution().GetWorkflowId(), engineError(err))
		default:
			moved++
		}
	}
	return moved, nil
}

// Ready implements [releasing.Workers].
func (v *Versions) Ready(ctx context.Context, release string) error {
	d, err := v.deployment.DescribeVersion(ctx, client.WorkerDeploymentDescribeVersionOptions{BuildID: release})
	if isNotFound(err) {
		return domain.Errorf(domain.Conflict, releasing.ErrUnready.Code, "no worker calls itself %s: was it built with VERSION=%s?", release, release)
	}
	if err != nil {
		return engineError(err)
	}
	if len(d.Info.TaskQueuesInfos) == 0 {
		return domain.Errorf(domain.Conflict, releasing.ErrUnready.Code, "the workers of %s serve no queue", release)
	}
	return nil
}
