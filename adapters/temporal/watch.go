package temporal

import (
	"context"
	"fmt"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/checking"
)

var _ checking.Engine = (*Watch)(nil)

// Watch looks at our task queues and schedules.
type Watch struct {
	client    client.Client
	namespace string
	now       domain.Clock
}

// NewWatch returns a Watch.
func NewWatch(c client.Client, config Config, now domain.Clock) *Watch {
	return &Watch{client: c, namespace: config.namespace(), now: now}
}

// Queues implements [checking.Engine].
func (w *Watch) Queues(ctx context.Context) ([]checking.Queue, error) {
	var all []checking.Queue
	for _, name := range Queues() {
		q, err := w.queue(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("ask Temporal for the queue %s: %w", name, classified(err))
		}
		all = append(all, q)
	}
	return all, nil
}

func (w *Watch) queue(ctx context.Context, name string) (checking.Queue, error) {
	q, pollers := checking.Queue{Name: name}, make(map[string]bool)
	for _, kind := range []enums.TaskQueueType{enums.TASK_QUEUE_TYPE_WORKFLOW, enums.TASK_QUEUE_TYPE_ACTIVITY} {
		d, err := w.client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: w.namespace, TaskQueue: &taskqueue.TaskQueue{Name: name}, TaskQueueType: kind, ReportStats: true,
		})
		if err != nil {
			return q, err
		}
		for _, p := range d.GetPollers() {
			if w.now().Sub(p.GetLastAccessTime().AsTime()) < 2*longWait { // Temporal remembers those that are gone for minutes
				pollers[p.GetIdentity()] = true
			}
		}
		q.Waiting += d.GetStats().GetApproximateBacklogCount()
		q.Oldest = max(q.Oldest, d.GetStats().GetApproximateBacklogAge().AsDuration())
	}
	q.Pollers = len(pollers)
	return q, nil
}

// Timetables implements [checking.Engine].
func (w *Watch) Timetables(ctx context.Context) ([]checking.Timetable, error) {
	entries, err := NewSchedules(w.client).ours(ctx)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", classified(err))
	}
	all := make([]checking.Timetable, 0, len(entries))
	for _, e := range entries {
		d, err := w.client.ScheduleClient().GetHandle(ctx, e.ID).Describe(ctx)
		if isNotFound(err) {
			continue // it was removed in between
		}
		if err != nil {
			return nil, fmt.Errorf("look at schedule %s: %w", e.ID, classified(err))
		}
		all = append(all, checking.Timetable{
			ID: e.ID, Paused: d.Schedule.State.Paused,
			Missed: int64(d.Info.NumActionsMissedCatchupWindow), Skipped: int64(d.Info.NumActionsSkippedOverlap),
		})
	}
	return all, nil
}
