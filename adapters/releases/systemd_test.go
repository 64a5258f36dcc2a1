package releases_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/releases"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// A release is started by pointing its colour's link to it and restarting the
// units; once they run it, starting it again changes nothing.
func TestSystemdIsAskedForTheUnits(t *testing.T) {
	dir := t.TempDir()
	asked, active := filepath.Join(dir, "asked"), filepath.Join(dir, "active")
	script := "#!/bin/sh\necho \"$@\" >> " + asked + "\ncase $1 in\nis-active) [ -e " + active + " ] ;;\nrestart) touch " + active + " ;;\nstop) echo 'no such unit' >&2; exit 5 ;;\nesac\n"
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "path", "systemctl"), script)
	t.Setenv("PATH", filepath.Join(dir, "path")+":"+os.Getenv("PATH"))
	for _, program := range []string{"api", "worker"} {
		write(filepath.Join(dir, "releases", "v1", "bin", program), "#!/bin/sh\n")
	}
	s := &releases.Systemd{Layout: releases.Layout{Releases: filepath.Join(dir, "releases")}}
	for range 2 {
		if err := s.Start(t.Context(), operation.Green, "v1"); err != nil {
			t.Fatal(err)
		}
	}
	if leads, err := os.Readlink(filepath.Join(dir, "releases", "green")); err != nil || leads != "v1" {
		t.Errorf("the colour's link leads to %q, %v", leads, err)
	}
	if err := s.Stop(t.Context(), operation.Blue); err == nil || !strings.Contains(err.Error(), "systemctl stop: no such unit") {
		t.Errorf("error %v", err)
	}
	if err := s.Start(t.Context(), operation.Green, "v2"); err == nil || !strings.Contains(err.Error(), "release v2 is not here") {
		t.Errorf("error %v", err)
	}
	text, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	const units = "football-worker@green football-api@green\n"
	want := "restart " + units + "is-active --quiet " + units + "stop football-worker@blue football-api@blue\n"
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}
