package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const roleVariable = "WITHSERVERS_TEST_ROLE"

// TestMain lets the test binary be withservers.
func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// withServers returns a command that is not started yet, what it prints, and
// the folder that its servers' files are made in.
func withServers(t *testing.T, script string) (cmd *exec.Cmd, out *bytes.Buffer, folder string) {
	t.Helper()
	folder, out = t.TempDir(), &bytes.Buffer{}
	cmd = exec.CommandContext(t.Context(), os.Args[0], "--", "/bin/sh", "-c", script)
	cmd.Env = append(os.Environ(), roleVariable+"=1", "TMPDIR="+folder)
	cmd.Stdout, cmd.Stderr = out, out
	t.Cleanup(func() {
		left, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil || len(left) > 0 {
			t.Errorf("files are left: %v, %v", left, err)
		}
	})
	return cmd, out, folder
}

func TestCommandSeesTheServersAndItsExitCodeCounts(t *testing.T) {
	t.Parallel()
	cmd, out, _ := withServers(t, `echo "$FOOTBALL_TEST_SERVERS"; exit 7`)
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 7 {
		t.Errorf("exit code %d: %s", code, out)
	}
	for _, want := range []string{`"postgres_url":"postgres://`, `"redis_url":"redis://`, `"temporal_address":"127.0.0.1:`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the command was not told %s: %s", want, out)
		}
	}
}

func TestInterruptReachesTheCommand(t *testing.T) {
	t.Parallel()
	cmd, out, folder := withServers(t, `trap 'echo asked to end; exit 0' INT; touch "$TMPDIR/up"; while :; do sleep 0.1; done`)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	up := filepath.Join(folder, "up")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if err := os.Remove(up); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the command never ran: %s", out)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(out.String(), "asked to end") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
