//go:build !linux

package devserver

import "syscall"

// attributes puts a child into its own process group and gives it the user of
// s. Only Linux can tie its life to ours.
func attributes(s Spec) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: s.Credential}
}
