package machine

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLook(t *testing.T) {
	proc := t.TempDir()
	write(t, proc, "loadavg", "3.10 2.05 1.25 2/345 6789\n")
	write(t, proc, "meminfo", "MemTotal:       24000 kB\nMemFree:          100 kB\nMemAvailable:   12000 kB\n")
	folder := t.TempDir()
	m := &Machine{proc: proc, folders: []string{folder, proc, filepath.Join(folder, "not there")}}
	s, err := m.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Load != 1.25 || s.Memory != 24000<<10 || s.Available != 12000<<10 || s.CPUs < 1 || s.Host == "" {
		t.Errorf("%+v", s)
	}
	if len(s.Disks) != 1 || s.Disks[0].Total < s.Disks[0].Free || s.Disks[0].Total == 0 || s.Disks[0].Used() <= 0 {
		t.Errorf("disks %+v; two folders on one file system count once", s.Disks)
	}
	if s, err := New([]string{"/"}).Look(t.Context()); err != nil || s.Memory == 0 {
		t.Errorf("this machine: %+v, %v", s, err)
	}
	if s, err := (&Machine{proc: folder, folders: nil}).Look(t.Context()); err != nil || s.Memory != 0 {
		t.Errorf("without /proc: %+v, %v", s, err)
	}
}

// Old logs go, and the oldest rotated ones while there are too many. What is
// no log, what lies deeper, what is a link and what is written to stays.
func TestSweep(t *testing.T) {
	now := time.Now()
	aged := func(path string, days int) {
		at := now.AddDate(0, 0, -days)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	dir, outside := t.TempDir(), t.TempDir()
	precious := write(t, outside, "precious.log", "x")
	aged(precious, 400)
	if err := os.Symlink(precious, filepath.Join(dir, "link.log")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "deeper"), 0o755); err != nil {
		t.Fatal(err)
	}
	aged(write(t, filepath.Join(dir, "deeper"), "old.log", "x"), 400)
	for name, days := range map[string]int{
		"app.log": 0, "app.log.1": 5, "app.log.2.gz": 10, "app.log.3.gz": 31, "abandoned.log": 45, "access.log-20260101": 60,
		"data.sqlite": 400, "notes.txt": 400, "logbook": 400, "catalog.log.backup": 400,
	} {
		aged(write(t, dir, name, strings.Repeat("x", 100)), days)
	}
	logs := NewLogs([]string{dir, filepath.Join(dir, "nowhere")})
	sweep := func(most int64, dry bool) maintaining.Swept {
		t.Helper()
		swept, err := logs.Sweep(t.Context(), now.AddDate(0, 0, -30), most, dry)
		if err != nil {
			t.Fatal(err)
		}
		for i := range swept.Removed {
			swept.Removed[i] = filepath.Base(swept.Removed[i])
		}
		slices.Sort(swept.Removed)
		return swept
	}
	want := []string{"abandoned.log", "access.log-20260101", "app.log.3.gz"}
	for _, dry := range []bool{true, false} {
		swept := sweep(1000, dry)
		if diff := cmp.Diff(want, swept.Removed); diff != "" || swept.Freed != 300 || swept.Left != 300 || swept.Files != 6 {
			t.Errorf("dry %v: %+v\n%s", dry, swept, diff)
		}
	}
	if swept := sweep(200, false); cmp.Diff([]string{"app.log.2.gz"}, swept.Removed) != "" {
		t.Errorf("of too many it removed %v", swept.Removed)
	}
	if swept := sweep(0, false); cmp.Diff([]string{"app.log.1"}, swept.Removed) != "" {
		t.Errorf("what is written to must stay: %v", swept.Removed)
	}
	for _, path := range []string{precious, filepath.Join(dir, "deeper", "old.log"), filepath.Join(dir, "data.sqlite"), filepath.Join(dir, "catalog.log.backup"), filepath.Join(dir, "link.log")} {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("it is gone: %v", err)
		}
	}
}

func TestUpdatesAreReadFromApt(t *testing.T) {
	const out = `Reading package lists...
The following packages will be upgraded:
  libssl3 tzdata new
Inst libssl3 [3.0.11-1] (3.0.15-1 Debian-Security:12/oldstable-security [amd64])
Inst tzdata [2024a-0] (2026a-0 Debian:12.9/oldstable [all]) []
Inst new (1.0 Debian:12.9/oldstable [all])
Conf libssl3 (3.0.15-1 Debian-Security:12/oldstable-security [amd64])
`
	want := []maintaining.Update{
		{Package: "libssl3", Have: "3.0.11-1", Want: "3.0.15-1", Security: true},
		{Package: "tzdata", Have: "2024a-0", Want: "2026a-0"},
		{Package: "new", Want: "1.0"},
	}
	if diff := cmp.Diff(want, updatesIn([]byte(out))); diff != "" {
		t.Error(diff)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := (Apt{}).Pending(t.Context()); !errors.Is(err, maintaining.ErrNotKnown) {
		t.Errorf("without apt-get: %v", err)
	}
}

func TestVulnerabilitiesAreReadFromGovulncheck(t *testing.T) {
	const out = `{"config":{"protocol_version":"v1.0.0"}}
{"osv":{"id":"GO-2026-0001","summary":"It falls over"}}
{"finding":{"osv":"GO-2026-0001","fixed_version":"v1.2.3","trace":[{"module":"example.com/m","version":"v1.0.0"}]}}
{"finding":{"osv":"GO-2026-0001","fixed_version":"v1.2.3","trace":[{"module":"example.com/m","version":"v1.0.0","package":"example.com/m","function":"Fall"}]}}
{"osv":{"id":"GO-2026-0002","summary":"Another"}}
{"finding":{"osv":"GO-2026-0002","trace":[{"module":"example.com/n","version":"v2.0.0"}]}}
`
	want := []maintaining.Vulnerability{
		{ID: "GO-2026-0001", Module: "example.com/m", Found: "v1.0.0", Fixed: "v1.2.3", Summary: "It falls over", Called: true},
		{ID: "GO-2026-0002", Module: "example.com/n", Found: "v2.0.0", Summary: "Another"},
	}
	got, err := vulnerabilitiesIn(bytes.NewReader([]byte(out)))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// A tool that is missing, or that cannot reach its data, has found nothing out.
func TestVulnerabilitiesThatCannotBeLookedUpAreNotKnown(t *testing.T) {
	dir := t.TempDir()
	offline := write(t, dir, "govulncheck", "#!/bin/sh\necho 'fetching vulnerabilities: no such host' >&2\nexit 1\n")
	_, err := (&Program{path: "/proc/self/exe", tool: offline}).Vulnerabilities(t.Context())
	if !errors.Is(err, maintaining.ErrNotKnown) || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("offline: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := NewProgram().Vulnerabilities(t.Context()); !errors.Is(err, maintaining.ErrNotKnown) {
		t.Errorf("not installed: %v", err)
	}
	quiet := write(t, dir, "quiet", "#!/bin/sh\ncase \"$*\" in -mode=binary*machine.test) echo '{}' ;; *) exit 2 ;; esac\n")
	if found, err := (&Program{path: "/proc/self/exe", tool: quiet}).Vulnerabilities(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("nothing to find: %v, %v", found, err)
	}
	if modules := NewProgram().Modules(); len(modules) == 0 || modules[0].Path != "go" {
		t.Errorf("modules %+v", modules)
	}
}
