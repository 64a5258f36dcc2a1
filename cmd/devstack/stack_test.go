package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// scene is a folder in which devstack finds programs of ours, played by the
// test binary, beside real servers.
type scene struct{ root string }

func newScene(t *testing.T) scene {
	t.Helper()
	s := scene{root: filepath.Join(t.TempDir(), "a folder with spaces")}
	if err := os.MkdirAll(filepath.Join(s.root, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"worker", "api", "footballctl"} {
		script := "#!/bin/sh\nexec env " + roleVariable + "=" + name + " '" + os.Args[0] + "' \"$@\"\n"
		if err := os.WriteFile(filepath.Join(s.root, "bin", name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if left := s.processes(t); len(left) > 0 {
			t.Errorf("processes are left: %q", left)
		}
	})
	return s
}

// screen is what a command prints, fit to be read while it still does.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// devstack is a devstack that isn't started yet. What it prints is in out.
func (s scene) devstack(t *testing.T, variables ...string) (cmd *exec.Cmd, out *screen) {
	t.Helper()
	out = &screen{}
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.root, out, out
	cmd.Env = append(os.Environ(), append(variables, roleVariable+"=devstack", "DATA=simulated", "ENV=production")...)
	return cmd, out
}

// processes are the command lines of all that runs in the scene.
func (s scene) processes(t *testing.T) (found []string) {
	t.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		cwd, _ := os.Readlink(filepath.Join(folder, "cwd"))
		if cwd == s.root || strings.HasPrefix(cwd, s.root+"/") {
			line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// run waits for the run file, which is there while everything is up.
func (s scene) run(t *testing.T, out *screen) (facts runFile) {
	t.Helper()
	path := filepath.Join(s.root, ".data", "run.json")
	deadline := time.Now().Add(time.Minute)
	for {
		text, err := os.ReadFile(path)
		if err == nil {
			if err := json.Unmarshal(text, &facts); err != nil {
				t.Fatal(err)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %s: %s", path, out)
		}
		time.Sleep(50 * time.Millisecond)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("run.json has mode %v", info.Mode())
	}
	return facts
}

func TestDevstackPrintsForecastsAndExits(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for range 2 { // the second time finds everything made
		cmd, out := s.devstack(t, "EXIT=1", "AS_OF=2019-03-01")
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, want := range []string{strings.TrimPrefix(table, "\n"), "380 matches", "header X-API-Key: fp_live_test", "As of: 2019-03-01"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("output lacks %q:\n%s", want, out)
			}
		}
	}
	calls, err := os.ReadFile(filepath.Join(s.root, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	password := filepath.Join(s.root, ".data", roomName("simulated", "2019-03-01"), "password")
	settle, football := "schedules apply\ntenant create demo --plan enterprise --if-missing\n"+
		"admin create --tenant demo --role tenant_admin --email admin@demo.example --password-file "+password+" --if-missing\n", "ingest --skip-forecasts\ntrain --skip-forecasts\nforecast\n"
	want := settle + "apikey create --tenant demo --name devstack --scope read --scope predict --scope manage --scope operate --json\n" + football + settle + football
	if diff := cmp.Diff(want, string(calls)); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(filepath.Join(s.root, ".data", "run.json")); !os.IsNotExist(err) {
		t.Errorf("run.json is left: %v", err)
	}
	if _, err := os.Stat(password); !os.IsNotExist(err) {
		t.Errorf("the password's file is left: %v", err)
	}
	secret, err := os.Stat(filepath.Join(s.root, ".data", roomName("simulated", "2019-03-01"), "secrets.json"))
	if err != nil {
		t.Fatal(err)
	}
	if secret.Mode().Perm() != 0o600 {
		t.Errorf("the secrets have mode %v", secret.Mode())
	}
}

func TestDevstackStaysUpUntilInterrupted(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	deploy, err := filepath.Abs("../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(deploy, filepath.Join(s.root, "deploy")); err != nil {
		t.Fatal(err)
	}
	cmd, out := s.devstack(t, "OBSERVE=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	facts := s.run(t, out)
	for _, address := range []string{facts.APIURL + "/health/ready", facts.TemporalUIURL, facts.PrometheusURL + "/-/ready", facts.AlertmanagerURL + "/-/ready"} {
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", address, response.Status)
		}
	}
	if facts.PID != cmd.Process.Pid || facts.SignIn.Tenant != "demo" || facts.SignIn.Email != "admin@demo.example" || len(facts.SignIn.Password) < 20 || facts.APIKey != "fp_live_test" || facts.Data != "simulated" {
		t.Errorf("run.json = %+v", facts)
	}
	second, refusal := s.devstack(t)
	if err := second.Run(); err == nil || !strings.Contains(refusal.String(), "another devstack (process ") {
		t.Errorf("a second devstack: %v: %s", err, refusal)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(s.root, ".data", "run.json")); !os.IsNotExist(err) {
		t.Errorf("run.json is left: %v", err)
	}
}

func TestDevstackNamesWhatKeepsDying(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	if err := os.WriteFile(filepath.Join(s.root, "worker-must-die"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, out := s.devstack(t)
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d (%v): %s", code, err, out)
	}
	for _, want := range []string{"worker died 3 times", "out of cheese"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
}

func TestDevstackRefusesBadSettings(t *testing.T) {
	t.Parallel()
	cmd, out := newScene(t).devstack(t, "AS_OF=yesterday", "EXIT=perhaps")
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit code %d: %s", code, out)
	}
	for _, want := range []string{"AS_OF=yesterday", "EXIT=perhaps"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
}
