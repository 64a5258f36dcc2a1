package devserver

import (
	"os/exec"
	"runtime"
	"sync"
)

type startRequest struct {
	cmd    *exec.Cmd
	result chan<- error
}

// starter starts every child from one operating-system thread that never ends.
// Linux sends the parent-death signal when the thread that forked the child
// ends, not the process (prctl(2), golang/go#27505), and the Go runtime may end
// any thread that a goroutine leaves locked.
var starter = sync.OnceValue(func() chan<- startRequest {
	requests := make(chan startRequest)
	go func() {
		runtime.LockOSThread()
		for r := range requests {
			r.result <- r.cmd.Start()
		}
	}()
	return requests
})

func startOnLastingThread(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	starter() <- startRequest{cmd: cmd, result: result}
	return <-result
}
