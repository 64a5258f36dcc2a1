package tenancy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

var arrival = tenancy.OnboardInput{Slug: "acme", Plan: "basic", AdminEmail: "ada@example.com"}

var arrivalSteps = []string{tenancy.CheckActivity, tenancy.FoundActivity, tenancy.AdminActivity, tenancy.InviteActivity}

func TestOnboardMakesTenantAndAdministrator(t *testing.T) {
	for name, repeated := range map[string]bool{"the first time": false, "repeated": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.repeated = repeated
			env := environment(w)
			env.ExecuteWorkflow(tenancy.OnboardWorkflow, arrival)
			got := result[tenancy.Onboarded](t, env)
			if diff := cmp.Diff(arrivalSteps, w.did); diff != "" {
				t.Error(diff)
			}
			if got.TenantID != tenantID || got.Slug != "acme" || got.AdministratorID != "u1" || len(got.Did) != 3 {
				t.Errorf("result %+v", got)
			}
			if mailed := strings.Contains(got.Did[2], "mailed the invitation"); mailed == repeated {
				t.Errorf("it did %q", got.Did)
			}
			if text := strings.Join(got.Did, " "); strings.Contains(text, "ada@") {
				t.Errorf("the result tells an address: %s", text)
			}
		})
	}
}

func TestOnboardNamesWhatIsMissing(t *testing.T) {
	w := newWorld()
	env := environment(w)
	env.ExecuteWorkflow(tenancy.OnboardWorkflow, map[string]any{})
	if err := env.GetWorkflowError(); err == nil || process.Cause(err) != "the input lacks the fields slug, admin_email" {
		t.Errorf("error = %v", err)
	}
	if w.did != nil {
		t.Errorf("it did %v", w.did)
	}
}

// What breaks is tried again, what is refused is not, and nothing is taken back.
func TestOnboardFailsInAnyStep(t *testing.T) {
	for i, step := range arrivalSteps {
		t.Run("broken "+step, func(t *testing.T) {
			w := failing(step, errBroken, 5)
			env := environment(w)
			env.ExecuteWorkflow(tenancy.OnboardWorkflow, arrival)
			result[tenancy.Onboarded](t, env)
			if diff := cmp.Diff(arrivalSteps, w.did); diff != "" || w.tries[step] != 6 {
				t.Errorf("%d tries; %s", w.tries[step], diff)
			}
		})
		t.Run("refused "+step, func(t *testing.T) {
			w := failing(step, errRefused, forever)
			env := environment(w)
			env.ExecuteWorkflow(tenancy.OnboardWorkflow, arrival)
			if err := env.GetWorkflowError(); !process.HasType(err, "made.refused") {
				t.Errorf("error = %v", err)
			}
			if len(w.did) != i || w.tries[step] != 1 {
				t.Errorf("it did %v and tried %d times", w.did, w.tries[step])
			}
		})
	}
}

func TestOnboardIsAborted(t *testing.T) {
	w := newWorld()
	w.hold[tenancy.InviteActivity] = make(chan bool)
	env := environment(w)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "", &answer{}, process.AbortRequest{Reason: "not today"})
	}, time.Second)
	env.ExecuteWorkflow(tenancy.OnboardWorkflow, arrival)
	if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) {
		t.Errorf("error = %v", err)
	}
}
