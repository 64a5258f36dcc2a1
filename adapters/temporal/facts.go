package temporal

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/checking"
)

// longWait is how long a task may wait before somebody should look.
const longWait = time.Minute

// Facts tells version and namespace, and of each task queue who serves it and
// what waits in it.
func Facts(ctx context.Context, c client.Client, config Config, now domain.Clock) ([]checking.Fact, error) {
	system, err := c.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		return nil, fmt.Errorf("ask Temporal for its version: %w", classified(err))
	}
	namespace, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: config.namespace()})
	if err != nil {
		return nil, fmt.Errorf("ask Temporal for the namespace %s: %w", config.namespace(), classified(err))
	}
	facts := []checking.Fact{
		{Name: "version", Value: system.GetServerVersion()},
		{Name: "namespace", Value: fmt.Sprintf("%s, keeps ended runs for %s", config.namespace(), namespace.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())},
	}
	queues, err := NewWatch(c, config, now).Queues(ctx)
	for _, q := range queues {
		facts = append(facts, queueFact(q))
	}
	return facts, err
}

func queueFact(q checking.Queue) checking.Fact {
	f := checking.Fact{Name: "queue " + q.Name, Value: fmt.Sprintf("%d pollers, %d tasks wait, the oldest for %s", q.Pollers, q.Waiting, q.Oldest.Round(time.Second))}
	switch {
	case q.Pollers == 0:
		f.Verdict, f.Remedy = checking.Warning, "no worker serves it: is one up, and does its --queues name it?"
	case q.Oldest > longWait:
		f.Verdict, f.Remedy = checking.Warning, "its workers are too few or stuck"
	}
	return f
}
