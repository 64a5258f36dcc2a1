package temporal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/workflows/incident"
)

var _ responding.Engine = (*Incidents)(nil)

// Incidents follows incidents by workflows.
type Incidents struct{ client client.Client }

// NewIncidents returns Incidents.
func NewIncidents(c client.Client) *Incidents { return &Incidents{client: c} }

// tellLimit bounds a call: whoever sends an alert waits for it.
const tellLimit = 3 * time.Second

// Tell implements [responding.Engine].
func (e *Incidents) Tell(ctx context.Context, n responding.News) error {
	ctx, cancel := context.WithTimeout(ctx, tellLimit)
	defer cancel()
	_, err := e.client.SignalWithStartWorkflow(ctx, incidentRun(n.GroupKey), incident.ChangedSignal, incident.Changed{Alert: n.Alert}, client.StartWorkflowOptions{
		TaskQueue: incident.Queue, StaticSummary: n.Title, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, incident.RespondWorkflow, incident.Input{GroupKey: n.GroupKey})
	if err != nil {
		return fmt.Errorf("signal %s: %w", incident.RespondWorkflow, engineError(err))
	}
	return nil
}

// Follows implements [responding.Engine].
func (e *Incidents) Follows(ctx context.Context, groupKey string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, tellLimit)
	defer cancel()
	d, err := e.client.DescribeWorkflowExecution(ctx, incidentRun(groupKey), "")
	if err = engineError(err); errors.Is(err, operating.ErrNoRun) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", incident.RespondWorkflow, err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// incidentRun is the id of the run of a group: however often it is told, there
// is one. A group's key is long and anything may be in it.
func incidentRun(groupKey string) string {
	sum := sha256.Sum256([]byte(groupKey))
	return "incident-" + hex.EncodeToString(sum[:8])
}
