package devserver

import "syscall"

// attributes puts a child into its own process group, gives it the user of s
// and lets the kernel send it s.Orphaned when we die.
func attributes(s Spec) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: s.Credential, Pdeathsig: s.Orphaned}
}
