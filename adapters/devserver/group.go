package devserver

import (
	"os/exec"
	"syscall"
)

// StartInGroup starts cmd in a process group of its own that the kernel kills
// when we die, and returns how to signal the whole group. The caller waits for
// cmd.
func StartInGroup(cmd *exec.Cmd) (signal func(syscall.Signal), err error) {
	cmd.SysProcAttr = attributes(Spec{Orphaned: syscall.SIGKILL})
	if err := startOnLastingThread(cmd); err != nil {
		return nil, err
	}
	pid := cmd.Process.Pid
	return func(s syscall.Signal) { signalGroup(pid, s) }, nil
}
