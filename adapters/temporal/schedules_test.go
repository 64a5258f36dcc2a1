package temporal_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/adapters/temporal"
)

// listed waits until the list, which lags, has n schedules.
func listed(t *testing.T, s *temporal.Schedules, ready func([]temporal.Schedule) bool) []temporal.Schedule {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		list, err := s.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if ready(list) || time.Now().After(deadline) {
			return list
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func count(n int) func([]temporal.Schedule) bool {
	return func(list []temporal.Schedule) bool { return len(list) == n }
}

func done(changes []temporal.Change) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.ID+" "+c.Done)
	}
	slices.Sort(all)
	return all
}

func TestSchedulesAreThoseOfTheCode(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := temporal.NewSchedules(r.client)
	foreign(t, r.client)
	changes, err := s.Apply(t.Context(), false, temporal.Definitions())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"backup created", "ingest created", "maintenance-daily created", "maintenance-monthly created", "maintenance-weekly created",
		"publish-forecasts created", "retrain created", "settle-matches created",
	}
	if diff := cmp.Diff(want, done(changes)); diff != "" {
		t.Error(diff)
	}
	for _, schedule := range listed(t, s, count(len(want))) {
		if schedule.Paused || schedule.Next.IsZero() || schedule.Workflow == "" {
			t.Errorf("schedule %+v", schedule)
		}
	}
	// Without settling, and with ingestion at another pace; twice, since
	// repeating it is safe.
	fewer := slices.DeleteFunc(temporal.Definitions(), func(d temporal.Definition) bool { return d.ID == "settle-matches" })
	fewer[0].Every = 12 * time.Hour
	changes, err = s.Apply(t.Context(), false, fewer)
	if err != nil {
		t.Fatal(err)
	}
	want = []string{
		"backup updated", "ingest updated", "maintenance-daily updated", "maintenance-monthly updated", "maintenance-weekly updated",
		"publish-forecasts updated", "retrain updated", "settle-matches removed",
	}
	if diff := cmp.Diff(want, done(changes)); diff != "" {
		t.Error(diff)
	}
	listed(t, s, count(len(fewer)))
	if changes, err = s.Apply(t.Context(), false, fewer); err != nil || len(changes) != len(fewer) {
		t.Errorf("applied again: %v, %v", changes, err)
	}
	described, err := r.client.ScheduleClient().GetHandle(t.Context(), "ingest").Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := described.Schedule.Spec.Intervals[0].Every; got != 12*time.Hour {
		t.Errorf("ingestion runs every %s", got)
	}
	if _, err := r.client.ScheduleClient().GetHandle(t.Context(), "foreign").Describe(t.Context()); err != nil {
		t.Errorf("a schedule of others: %v", err)
	}
}

// foreign is a schedule that somebody else keeps in the namespace.
func foreign(t *testing.T, c client.Client) {
	t.Helper()
	_, err := c.ScheduleClient().Create(t.Context(), client.ScheduleOptions{
		ID: "foreign", Spec: client.ScheduleSpec{CronExpressions: []string{"0 0 1 1 *"}},
		Action: &client.ScheduleWorkflowAction{ID: "foreign", Workflow: "Cook", TaskQueue: "kitchen"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSchedulesStandStillInAFrozenWorld(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := temporal.NewSchedules(r.client)
	one := temporal.Definitions()[:2]
	apply := func(frozen bool) {
		t.Helper()
		if _, err := s.Apply(t.Context(), frozen, one); err != nil {
			t.Fatal(err)
		}
	}
	state := func(id string) (bool, string) {
		t.Helper()
		d, err := r.client.ScheduleClient().GetHandle(t.Context(), id).Describe(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return d.Schedule.State.Paused, d.Schedule.State.Note
	}
	apply(true)
	if paused, note := state("ingest"); !paused || note == "" {
		t.Errorf("in a frozen world: paused %v, note %q", paused, note)
	}
	apply(false)
	if paused, _ := state("ingest"); paused {
		t.Error("it stays paused when the world goes on")
	}
	if err := s.Pause(t.Context(), "retrain", "an operator's holiday"); err != nil {
		t.Fatal(err)
	}
	apply(true)
	apply(false)
	if paused, note := state("retrain"); !paused || note != "an operator's holiday" {
		t.Errorf("an operator's pause became: paused %v, note %q", paused, note)
	}
	if err := s.Resume(t.Context(), "retrain", "back"); err != nil {
		t.Fatal(err)
	}
	if paused, _ := state("retrain"); paused {
		t.Error("resumed, it is paused")
	}
	if err := s.Pause(t.Context(), "nothing", ""); !errors.Is(err, temporal.ErrNoSchedule) {
		t.Errorf("pausing nothing gave %v", err)
	}
}
