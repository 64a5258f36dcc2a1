package checking_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/ports/checking"
)

func TestCheckReturnsInTimeWhateverHangs(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	checker := checking.NewChecker([]checking.Dependency{
		{Name: "well", Critical: true, Probe: func(context.Context) error { return nil }},
		{Name: "deaf", Probe: func(context.Context) error { <-hang; return nil }},
	}, 20*time.Millisecond, time.Now)
	results := checker.Check(t.Context())
	if results[0].Name != "well" || results[0].Err != nil {
		t.Errorf("well = %+v", results[0])
	}
	if !errors.Is(results[1].Err, context.DeadlineExceeded) {
		t.Errorf("deaf = %+v", results[1])
	}
	if !checking.Ready(results) {
		t.Error("not ready although only a dispensable dependency is away")
	}
	results[0].Err = errors.New("away")
	if checking.Ready(results) {
		t.Error("ready although a critical dependency is away")
	}
}
