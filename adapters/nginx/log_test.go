package nginx_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/nginx"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// Each attempt is its colour's: one that gave no answer is a failure of the colour
// that gave none, though the client was served by the other.
func TestTheLogTellsHowAColourDoes(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	e := nginx.NewEdge(nginx.Slots{Dir: filepath.Join(dir, "slots"), Count: 20}, log, func(c operation.Colour) string { return "/run/" + string(c) + ".sock" })
	if canary, err := e.Canary(t.Context(), operation.Green, time.Time{}); err != nil || canary != (operation.Canary{}) {
		t.Errorf("without a log: %+v, %v", canary, err)
	}
	if err := e.Point(2, operation.Green); err != nil {
		t.Fatal(err)
	}
	shares, err := e.Shares()
	if diff := cmp.Diff(map[operation.Colour]int{"green": 2, "blue": 18}, shares); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	since := time.Date(2026, 3, 1, 12, 0, 0, 500_000_000, time.UTC)
	slot := func(n int) string { return fmt.Sprintf("unix:%s/slots/slot-%02d.sock", dir, n) }
	lines := []string{`half a line"}`}
	add := func(second int, upstream, status, took string) {
		lines = append(lines, fmt.Sprintf(`{"time":"2026-03-01T12:00:%02d+00:00","status":200,"upstream":"%s","upstream_status":"%s","upstream_took":"%s"}`, second, upstream, status, took))
	}
	add(0, slot(1), "500", "0.001") // before, or not: nobody knows
	for range 98 {
		add(1, slot(1), "200", "0.010")
	}
	add(2, slot(2), "503", "0.700")
	add(2, slot(2)+", "+slot(7), "502, 200", "0.000, 0.020")
	add(2, slot(9), "500", "2.000") // the other colour's
	if err := os.WriteFile(log, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := e.Canary(t.Context(), operation.Green, since)
	if diff := cmp.Diff(operation.Canary{Requests: 100, Failed: 2, P99: 10 * time.Millisecond}, got); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	// What comes later is added, when its line is whole, also in the next file.
	more := fmt.Sprintf(`{"time":"2026-03-01T12:00:03+00:00","upstream":"%s","upstream_status":"500","upstream_took":"0.010"}`, slot(1))
	for n, change := range []func() error{
		func() error { return appendTo(log, more) },
		func() error { return appendTo(log, "\n") },
		func() error { return os.WriteFile(log, []byte(more+"\n"), 0o600) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if got, err := e.Canary(t.Context(), operation.Green, since); err != nil || got.Requests != 100+n || got.Failed != 2+n {
			t.Errorf("change %d: %+v %v", n, got, err)
		}
	}
	if err := os.WriteFile(log, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if blue, err := e.Canary(t.Context(), operation.Blue, since); err != nil || blue.Requests != 2 || blue.Failed != 1 {
		t.Errorf("%+v %v", blue, err)
	}
}

func appendTo(path, text string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
