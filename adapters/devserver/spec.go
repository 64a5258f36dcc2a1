package devserver

import (
	"context"
	"syscall"
	"time"
)

// Spec says how to run a program as a child process. Name and Path are needed;
// the zero value of all else is sensible.
type Spec struct {
	Name string // for people
	Path string
	Args []string
	Env  []string // the whole environment; nil passes ours on
	Dir  string
	// Stdin is what the child reads, so that secrets stay out of its arguments.
	Stdin string
	// Log is the file that gets what the child prints. It may grow to 16 MiB
	// before it is put aside as Log.1.
	Log string

	Credential *syscall.Credential
	// Folder is open in the child as descriptor 3 when it is set, so that an
	// unprivileged child can reach it below folders that are closed to it.
	Folder string

	// Ready is asked until it returns nil; nil means ready at once.
	Ready       func(context.Context) error
	ReadyWithin time.Duration // 90 s when zero

	Stop     syscall.Signal // asks it to end; SIGTERM when zero
	Orphaned syscall.Signal // the kernel sends it when we die; SIGKILL when zero
	Grace    time.Duration  // from Stop to SIGKILL; 15 s when zero
}

func (s Spec) withDefaults() Spec {
	if s.ReadyWithin == 0 {
		s.ReadyWithin = 90 * time.Second
	}
	if s.Stop == 0 {
		s.Stop = syscall.SIGTERM
	}
	if s.Orphaned == 0 {
		s.Orphaned = syscall.SIGKILL
	}
	if s.Grace == 0 {
		s.Grace = 15 * time.Second
	}
	return s
}
