package operation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

func approval() operation.Approval {
	return operation.Approval{Signature: []byte("s"), Statement: operation.Statement{
		Operation: "o", WorkflowID: "w", RunID: "r", Step: "swap", Action: operation.Approve, Actor: "user:u", TenantID: "t", Nonce: "n",
		At: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC),
	}}
}

func TestAnApprovalIsWholeOrNothing(t *testing.T) {
	if err := approval().Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*operation.Approval){
		"operation": func(a *operation.Approval) { a.Operation = "" },
		"workflow":  func(a *operation.Approval) { a.WorkflowID = "" },
		"run":       func(a *operation.Approval) { a.RunID = "" },
		"step":      func(a *operation.Approval) { a.Step = "" },
		"action":    func(a *operation.Approval) { a.Action = "abort" },
		"tenant":    func(a *operation.Approval) { a.TenantID = "" },
		"nonce":     func(a *operation.Approval) { a.Nonce = "" },
		"time":      func(a *operation.Approval) { a.At = time.Time{} },
		"signature": func(a *operation.Approval) { a.Signature = nil },
	} {
		a := approval()
		spoil(&a)
		if err := a.Check(); !errors.Is(err, operation.ErrBare) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for _, actor := range []string{"", "user:", "api-key:k", "footballctl:root", "system"} {
		a := approval()
		a.Actor = actor
		if err := a.Check(); !errors.Is(err, operation.ErrNoPerson) {
			t.Errorf("by %q: %v", actor, err)
		}
	}
}

// Whatever a statement says is under the signature, and texts cannot move from
// one part into the next.
func TestEveryPartIsSigned(t *testing.T) {
	seen := map[string]string{}
	note := func(name string, a operation.Approval) {
		text := string(a.Text())
		if other, taken := seen[text]; taken {
			t.Errorf("%s and %s have the same text", name, other)
		}
		seen[text] = name
	}
	note("itself", approval())
	for name, change := range map[string]func(*operation.Approval){
		"operation": func(a *operation.Approval) { a.Operation += "x" },
		"workflow":  func(a *operation.Approval) { a.WorkflowID += "x" },
		"run":       func(a *operation.Approval) { a.RunID += "x" },
		"step":      func(a *operation.Approval) { a.Step += "x" },
		"action":    func(a *operation.Approval) { a.Action += "x" },
		"actor":     func(a *operation.Approval) { a.Actor += "x" },
		"tenant":    func(a *operation.Approval) { a.TenantID += "x" },
		"nonce":     func(a *operation.Approval) { a.Nonce += "x" },
		"time":      func(a *operation.Approval) { a.At = a.At.Add(time.Nanosecond) },
		"moved":     func(a *operation.Approval) { a.Operation, a.WorkflowID = "ow", "" },
	} {
		a := approval()
		change(&a)
		note(name, a)
	}
}

func TestAStatementGrowsOld(t *testing.T) {
	s := approval().Statement
	for after, want := range map[time.Duration]error{
		0: nil, operation.StatementLife: nil, operation.StatementLife + 1: operation.ErrExpired,
		-10 * time.Second: nil, -time.Minute: operation.ErrExpired,
	} {
		if err := s.Fresh(s.At.Add(after)); !errors.Is(err, want) {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

func TestTwoPeopleStandBehindAnOperation(t *testing.T) {
	for person, want := range map[string]int{"user:u": 1, "": 2, "footballctl:root": 2, "api-key:k": 2} {
		if got := operation.ApprovalsNeeded(person); got != want {
			t.Errorf("asked by %q: %d approvals, want %d", person, got, want)
		}
	}
}
