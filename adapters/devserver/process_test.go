package devserver_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// shell is a process that runs a script.
func shell(t *testing.T, name, script string) *devserver.Process {
	t.Helper()
	p := devserver.NewProcess(devserver.Spec{
		Name: name, Path: "/bin/sh", Args: []string{"-c", script},
		Log: filepath.Join(t.TempDir(), name+".log"), Grace: 300 * time.Millisecond,
	})
	t.Cleanup(p.Kill)
	return p
}

// alive tells whether the process pid exists and has not ended.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

// eventually fails the test unless ok becomes true soon.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 10 s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// pidWrittenTo waits for a script to write a process id to file.
func pidWrittenTo(t *testing.T, file string) (pid int) {
	t.Helper()
	eventually(t, "process id in "+file, func() bool {
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasSuffix(string(text), "\n") {
			return false
		}
		pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err == nil
	})
	return pid
}

func TestStopEndsGracefully(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "mark")
	p := devserver.NewProcess(devserver.Spec{
		Name: "polite", Path: "/bin/sh", Args: []string{"-c", `trap 'echo bye >"$0"; exit 0' TERM; echo up; while :; do sleep 0.05; done`, mark},
		Ready: func(context.Context) error { return nil },
	})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the trap is set", func() bool { return strings.Contains(p.Tail(), "up") })
	if err := p.Start(t.Context()); !errors.Is(err, devserver.ErrRunning) {
		t.Errorf("second start: %v", err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(mark); string(text) != "bye\n" {
		t.Errorf("mark = %q: it was not asked to stop", text)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Errorf("second stop: %v", err)
	}
}

func TestStopKillsWhatStaysAndItsChildren(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	p := shell(t, "stubborn", `trap '' TERM; sleep 300 & echo $! >'`+file+`'; while :; do wait; done`)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	grandchild := pidWrittenTo(t, file)
	if err := p.Stop(t.Context()); !errors.Is(err, devserver.ErrKilled) {
		t.Errorf("stop: %v", err)
	}
	eventually(t, "no process left", func() bool { return !alive(p.PID()) && !alive(grandchild) })
}

func TestStartReportsAnEarlyEnd(t *testing.T) {
	t.Parallel()
	p := devserver.NewProcess(devserver.Spec{
		Name: "broken", Path: "/bin/sh", Args: []string{"-c", "echo no such setting >&2; exit 3"},
		Ready: func(context.Context) error { return errors.New("not yet") },
	})
	err := p.Start(t.Context())
	if !errors.Is(err, devserver.ErrExited) || !strings.Contains(err.Error(), "broken") ||
		!strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "no such setting") {
		t.Errorf("error = %v", err)
	}
}

func TestTailBeginsAtAPanic(t *testing.T) {
	t.Parallel()
	p := shell(t, "go", `echo start; echo cause; echo panic: nil map; for i in $(seq 100); do echo frame $i; done`)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(p.Tail(), "cause\npanic: nil map\nframe 1\n") {
		t.Errorf("tail = %q", p.Tail())
	}
}

func TestStartStopsWhatIsNeverReady(t *testing.T) {
	t.Parallel()
	p := devserver.NewProcess(devserver.Spec{
		Name: "mute", Path: "/bin/sleep", Args: []string{"300"}, ReadyWithin: 100 * time.Millisecond,
		Ready: func(context.Context) error { return errors.New("no answer") },
	})
	err := p.Start(t.Context())
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("error = %v", err)
	}
	if p.Running() || alive(p.PID()) {
		t.Error("it still runs")
	}
}

// Linux sends the parent-death signal at the end of the thread that forked.
func TestChildOutlivesTheThreadThatAskedForIt(t *testing.T) {
	t.Parallel()
	p := shell(t, "sleeper", "exec sleep 300")
	ended := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		ended <- p.Start(context.Background())
	}()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if !alive(p.PID()) {
		t.Error("the child died with the thread")
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "chatter.log")
	p := devserver.NewProcess(devserver.Spec{
		Name: "chatter", Path: os.Args[0], Env: append(os.Environ(), roleVariable+"=chatter"), Log: log,
	})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{log, log + ".1"} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() == 0 || info.Size() > 16<<20 {
			t.Errorf("%s has %d bytes", filepath.Base(path), info.Size())
		}
	}
	if n := len(p.Tail()); n > 32<<10 {
		t.Errorf("the tail has %d bytes", n)
	}
}

func TestProcessLeadsItsOwnGroup(t *testing.T) {
	t.Parallel()
	p := shell(t, "sleeper", "exec sleep 300")
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if group, err := syscall.Getpgid(p.PID()); err != nil || group != p.PID() {
		t.Errorf("group %d of process %d (%v): a terminal's Ctrl-C would reach it", group, p.PID(), err)
	}
}
