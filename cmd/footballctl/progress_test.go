package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Without a terminal progress is a line for each step and each tenth.
func TestProgressLines(t *testing.T) {
	var errs bytes.Buffer
	p := newProgram(nil, nil, nil, &errs)
	m := p.meter()
	m.show(0, 0, "waiting")
	m.show(0, 0, "waiting")
	for i := range 1001 {
		m.show(i, 1000, "reading")
	}
	m.done()
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	if len(lines) != 12 {
		t.Errorf("%d lines, want 12", len(lines))
	}
	want := []string{"waiting", "reading (0 of 1000)", "reading (100 of 1000)"}
	if diff := cmp.Diff(want, lines[:3]); diff != "" {
		t.Error(diff)
	}
}

func TestProgressIsSilentForMachines(t *testing.T) {
	var errs bytes.Buffer
	p := newProgram(nil, nil, nil, &errs)
	p.json = true
	p.meter().show(1, 2, "reading")
	if errs.Len() != 0 {
		t.Errorf("it says %q", errs.String())
	}
}
