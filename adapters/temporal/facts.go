package temporal

import (
	"context"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
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
	for _, queue := range Queues() {
		f, err := queueFact(ctx, c, config.namespace(), queue, now)
		if err != nil {
			return nil, err
		}
		facts = append(facts, f)
	}
	return facts, nil
}

func queueFact(ctx context.Context, c client.Client, namespace, queue string, now domain.Clock) (checking.Fact, error) {
	pollers := make(map[string]bool)
	var (
		waiting int64
		oldest  time.Duration
	)
	for _, kind := range []enums.TaskQueueType{enums.TASK_QUEUE_TYPE_WORKFLOW, enums.TASK_QUEUE_TYPE_ACTIVITY} {
		d, err := c.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: queue}, TaskQueueType: kind, ReportStats: true,
		})
		if err != nil {
			return checking.Fact{}, fmt.Errorf("ask Temporal for the queue %s: %w", queue, classified(err))
		}
		for _, p := range d.GetPollers() {
			if now().Sub(p.GetLastAccessTime().AsTime()) < 2*longWait { // Temporal remembers those that are gone for minutes
				pollers[p.GetIdentity()] = true
			}
		}
		waiting += d.GetStats().GetApproximateBacklogCount()
		oldest = max(oldest, d.GetStats().GetApproximateBacklogAge().AsDuration())
	}
	f := checking.Fact{Name: "queue " + queue, Value: fmt.Sprintf("%d pollers, %d tasks wait, the oldest for %s", len(pollers), waiting, oldest.Round(time.Second))}
	switch {
	case len(pollers) == 0:
		f.Verdict, f.Remedy = checking.Warning, "no worker serves it: is one up, and does its --queues name it?"
	case oldest > longWait:
		f.Verdict, f.Remedy = checking.Warning, "its workers are too few or stuck"
	}
	return f, nil
}
