package operation_test

import (
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

func TestSpanContains(t *testing.T) {
	s := operation.Span{From: now, To: now.Add(time.Hour)}
	for after, want := range map[time.Duration]bool{-1: false, 0: true, time.Minute: true, time.Hour: true, time.Hour + 1: false} {
		if got := s.Contains(now.Add(after)); got != want {
			t.Errorf("%s after its begin: %v", after, got)
		}
	}
}
