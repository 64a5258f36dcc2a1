package temporal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/football-prediction/football-prediction/domain"
)

// Schedules keeps Temporal's schedules as the code defines them.
type Schedules struct{ client client.Client }

// NewSchedules returns Schedules.
func NewSchedules(c client.Client) *Schedules { return &Schedules{client: c} }

// Our schedules carry this memo, so that those of others in the namespace are
// left alone.
const (
	ownerKey = "owner"
	owner    = "football-prediction"
)

// frozenNote marks schedules that are paused because the world stands still.
const frozenNote = "Paused: this system shows the world as of a past day (AS_OF)."

// ErrNoSchedule is returned for a schedule that does not exist.
var ErrNoSchedule = &domain.Error{Kind: domain.NotFound, Code: "temporal.no_schedule", Detail: "there is no such schedule"}

// Change is what Apply did to a schedule.
type Change struct {
	ID   string
	Done string // created, updated or removed
}

// Keywords are the search attributes that the workflows set and operators
// search by.
func Keywords() []string { return []string{"Tenant", "Competition", "Release"} }

// Prepare registers in the namespace what the workflows take for granted: on a
// server that does not know a search attribute, a run that sets one hangs.
// Repeating it is safe.
func (s *Schedules) Prepare(ctx context.Context, namespace string) error {
	known, err := s.client.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", classified(err))
	}
	missing := make(map[string]enums.IndexedValueType)
	for _, name := range Keywords() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = s.client.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("register search attributes: %w", classified(err))
	}
	return nil
}

// Apply makes the schedules those of the definitions: creates, updates in
// place, and removes ours that are defined no more. Repeating it is safe. An
// operator's pause stays. In a frozen world schedules are paused with a note,
// and go on once the world does.
func (s *Schedules) Apply(ctx context.Context, frozen bool, definitions []Definition) ([]Change, error) {
	var changes []Change
	wanted := make([]string, len(definitions))
	for i, d := range definitions {
		wanted[i] = d.ID
		done, err := s.put(ctx, d, frozen)
		if err != nil {
			return changes, fmt.Errorf("apply schedule %s: %w", d.ID, classified(err))
		}
		changes = append(changes, Change{ID: d.ID, Done: done})
	}
	present, err := s.ours(ctx)
	if err != nil {
		return changes, fmt.Errorf("list schedules: %w", classified(err))
	}
	for _, entry := range present {
		if slices.Contains(wanted, entry.ID) {
			continue
		}
		err := s.client.ScheduleClient().GetHandle(ctx, entry.ID).Delete(ctx)
		if err != nil && !isNotFound(err) {
			return changes, fmt.Errorf("remove schedule %s: %w", entry.ID, classified(err))
		}
		changes = append(changes, Change{ID: entry.ID, Done: "removed"})
	}
	return changes, nil
}

func (s *Schedules) put(ctx context.Context, d Definition, frozen bool) (done string, err error) {
	options := client.ScheduleOptions{
		ID: d.ID, Spec: d.spec(), Action: d.action(),
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: d.CatchUp,
		Memo: map[string]any{ownerKey: owner},
	}
	if frozen {
		options.Paused, options.Note = true, frozenNote
	}
	_, err = s.client.ScheduleClient().Create(ctx, options)
	if err == nil || !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return "created", err
	}
	err = s.client.ScheduleClient().GetHandle(ctx, d.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			schedule := in.Description.Schedule
			spec := d.spec()
			schedule.Spec, schedule.Action = &spec, d.action()
			schedule.Policy = &client.SchedulePolicies{Overlap: options.Overlap, CatchupWindow: options.CatchupWindow}
			freeze(schedule.State, frozen)
			return &client.ScheduleUpdate{Schedule: &schedule}, nil
		},
	})
	return "updated", err
}

// freeze pauses what runs in a frozen world, and lets go in a moving one what
// was paused for that reason alone.
func freeze(state *client.ScheduleState, frozen bool) {
	switch {
	case frozen && !state.Paused:
		state.Paused, state.Note = true, frozenNote
	case !frozen && state.Paused && state.Note == frozenNote:
		state.Paused, state.Note = false, ""
	}
}

func (d Definition) spec() client.ScheduleSpec {
	spec := client.ScheduleSpec{Jitter: d.Jitter}
	if d.Cron != "" {
		spec.CronExpressions = []string{d.Cron}
		return spec
	}
	spec.Intervals = []client.ScheduleIntervalSpec{{Every: d.Every, Offset: d.Offset}}
	return spec
}

func (d Definition) action() *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: d.ID, Workflow: d.Workflow, Args: []any{d.Input}, TaskQueue: queues[d.Workflow], StaticSummary: d.Summary,
	}
}

// Schedule is a schedule as it stands.
type Schedule struct {
	ID       string
	Workflow string
	Paused   bool
	Note     string
	Next     time.Time // zero while paused or unknown
	Last     time.Time // when it last started a run, zero if never
}

// List returns our schedules in order of id. Changes show after a moment.
func (s *Schedules) List(ctx context.Context) ([]Schedule, error) {
	entries, err := s.ours(ctx)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", classified(err))
	}
	list := make([]Schedule, len(entries))
	for i, e := range entries {
		list[i] = Schedule{ID: e.ID, Workflow: e.WorkflowType.Name, Paused: e.Paused, Note: e.Note}
		if len(e.NextActionTimes) > 0 && !e.Paused {
			list[i].Next = e.NextActionTimes[0].UTC()
		}
		if n := len(e.RecentActions); n > 0 {
			list[i].Last = e.RecentActions[n-1].ActualTime.UTC()
		}
	}
	slices.SortFunc(list, func(a, b Schedule) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// Pause keeps a schedule from starting runs until it is resumed.
func (s *Schedules) Pause(ctx context.Context, id, note string) error {
	err := s.client.ScheduleClient().GetHandle(ctx, id).Pause(ctx, client.SchedulePauseOptions{Note: note})
	return scheduleError("pause", id, err)
}

// Resume lets a schedule start runs again.
func (s *Schedules) Resume(ctx context.Context, id, note string) error {
	err := s.client.ScheduleClient().GetHandle(ctx, id).Unpause(ctx, client.ScheduleUnpauseOptions{Note: note})
	return scheduleError("resume", id, err)
}

func (s *Schedules) ours(ctx context.Context) ([]*client.ScheduleListEntry, error) {
	iterator, err := s.client.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: 100})
	if err != nil {
		return nil, err
	}
	var entries []*client.ScheduleListEntry
	for iterator.HasNext() {
		entry, err := iterator.Next()
		if err != nil {
			return nil, err
		}
		if isOurs(entry.Memo) {
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

func isOurs(memo *common.Memo) bool {
	var value string
	payload, ok := memo.GetFields()[ownerKey]
	return ok && converter.GetDefaultDataConverter().FromPayload(payload, &value) == nil && value == owner
}

func scheduleError(doing, id string, err error) error {
	switch {
	case err == nil:
		return nil
	case isNotFound(err):
		return fmt.Errorf("%s schedule %s: %w", doing, id, ErrNoSchedule)
	}
	return fmt.Errorf("%s schedule %s: %w", doing, id, classified(err))
}

func isNotFound(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
