package devserver

import (
	"os/exec"
	"syscall"
)

// StartInGroup starts cmd in a process group of its own that the kernel kills
// when we die, and returns how to signal the whole group. A user that cmd is to
// run as stays. The caller waits for cmd.
func StartInGroup(cmd *exec.Cmd) (signal func(syscall.Signal), err error) {
	s := Spec{Orphaned: syscall.SIGKILL}
	if cmd.SysProcAttr != nil {
		s.Credential = cmd.SysProcAttr.Credential
	}
	cmd.SysProcAttr = attributes(s)
	if err := startOnLastingThread(cmd); err != nil {
		return nil, err
	}
	pid := cmd.Process.Pid
	return func(s syscall.Signal) { signalGroup(pid, s) }, nil
}
