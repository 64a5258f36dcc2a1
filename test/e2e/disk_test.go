package e2e_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/backup"
)

// smallDisk is a worker whose scratch folder is a small disk of its own, which
// ends with it: it is mounted where nobody else sees it.
type smallDisk struct {
	*system

	vault *vault
	disk  string // the folder, as it is seen from here
}

func newSmallDisk(t *testing.T, size string, environment ...string) *smallDisk {
	t.Helper()
	d := &smallDisk{system: &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}, vault: newVault(t)}
	worker, script := binary(t, "worker"), filepath.Join(t.TempDir(), "worker-on-a-small-disk")
	user := ""
	if os.Getuid() != 0 {
		user = "--user --map-root-user"
	}
	text := fmt.Sprintf("#!/bin/sh\nexec unshare --mount %s sh -c 'mount -t tmpfs -o size=%s none \"$TMPDIR\" && exec %s'\n", user, size, worker)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	d.metrics = fmt.Sprintf("http://127.0.0.1:%d/metrics", port)
	d.worker = d.programAt(t, script, "worker", port, append(append(d.vault.environment(d.db), "REDIS_URL="+harness.Redis(t), "METRICS_PORT="+strconv.Itoa(port)), environment...)...)
	d.disk = fmt.Sprintf("/proc/%d/root%s", d.worker.PID(), d.vault.scratch)
	return d
}

// fill leaves no room on the disk, until the file that it returns is removed.
func (d *smallDisk) fill(t *testing.T) (filler string) {
	t.Helper()
	filler = filepath.Join(d.disk, "filler")
	file, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for block := make([]byte, 4<<10); ; {
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			return filler
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func (d *smallDisk) leavesNothing(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(d.disk)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		if entry.Name() != "filler" {
			t.Errorf("%s is left on the disk", entry.Name())
		}
	}
	d.system.leavesNothing(t, d.vault)
}

// The disk fills up in the middle of a backup, in both halves of it. The run says
// so, goes on by itself once there is room again, and takes nothing for a backup
// before.
func TestTheDiskFillsUpDuringABackup(t *testing.T) {
	t.Parallel()
	for name, arm := range map[string]func(t *testing.T) (d *smallDisk, reached func() bool, release func()){
		"while dumping": func(t *testing.T) (*smallDisk, func() bool, func()) {
			t.Helper()
			path, reached, release := pauseProgram(t, harness.Postgres(t), "pg_dump")
			return newSmallDisk(t, "64m", path), reached, release
		},
		"while fetching": func(t *testing.T) (*smallDisk, func() bool, func()) {
			t.Helper()
			d := newSmallDisk(t, "64m")
			waits := d.vault.gate.Hold(http.MethodGet, "toc.dat")
			return d, func() bool {
				select {
				case <-waits:
					return true
				default:
					return false
				}
			}, d.vault.gate.Open
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, reached, release := arm(t)
			runs := temporal.NewRuns(d.client(t))
			run := begin(t, runs, backup.BackupWorkflow)
			waitFor(t, "the middle of the backup", reached)
			filler := d.fill(t)
			release()
			waitFor(t, "an attempt to fail for want of room", func() bool { return strings.Contains(d.failure(t, run.ID), "o space left on device") })
			if d.verified(t) != 0 {
				t.Error("a backup is called verified")
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			follow(t, runs, run)
			if d.verified(t) != 1 {
				t.Error("it is not verified")
			}
			d.leavesNothing(t)
		})
	}
}

// A disk that is too small is found out before anything is written, and a run
// that nobody waits for any more leaves nothing.
func TestADiskThatIsTooSmall(t *testing.T) {
	t.Parallel()
	d := newSmallDisk(t, "1m")
	runs := temporal.NewRuns(d.client(t))
	run := begin(t, runs, backup.BackupWorkflow)
	waitFor(t, "an attempt to say how much is needed", func() bool { return strings.Contains(d.failure(t, run.ID), "are free") })
	if err := runs.Abort(t.Context(), run.ID, "the disk is too small"); err != nil {
		t.Fatal(err)
	}
	if err := runs.Follow(t.Context(), run, nil, nil); err == nil || !strings.Contains(err.Error(), "aborted") {
		t.Errorf("error %v", err)
	}
	if d.verified(t) != 0 {
		t.Error("it is called verified")
	}
	d.leavesNothing(t)
}

// failure is what the activity under way failed with last.
func (s *system) failure(t *testing.T, id string) (text string) {
	t.Helper()
	described, err := s.client(t).DescribeWorkflowExecution(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range described.GetPendingActivities() {
		text += a.GetLastFailure().GetMessage()
	}
	return text
}
