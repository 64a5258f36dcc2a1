//go:build !linux

package main

// listenerOf knows nothing where there is no /proc.
func listenerOf(int) (owner, bool) { return owner{}, false }
