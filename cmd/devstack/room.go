package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// room is the folder of one pair of DATA and AS_OF: its database, its logs and
// its secrets. One devstack at a time is in it.
type room struct {
	path string
	lock *os.File
}

// enterRoom makes the folder below data and locks it. The kernel lets go of
// the lock when we die.
func enterRoom(data, source, asOf string) (*room, error) {
	path := filepath.Join(data, roomName(source, asOf))
	// Others may pass through, because PostgreSQL runs as its own user.
	if err := os.MkdirAll(path, 0o711); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(lock.Name())
		_ = lock.Close()
		return nil, fmt.Errorf("another devstack (process %s) runs with this DATA and AS_OF: stop it, or choose another pair", strings.TrimSpace(string(holder)))
	}
	if err == nil {
		err = lock.Truncate(0)
	}
	if err == nil {
		_, err = fmt.Fprintln(lock, os.Getpid())
	}
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &room{path: path, lock: lock}, nil
}

func (r *room) leave() { _ = r.lock.Close() }

// in is a path in the room.
func (r *room) in(name string) string { return filepath.Join(r.path, name) }

var unreadable = regexp.MustCompile(`[^a-z0-9.]+`)

// roomName can be read by people, and differs for each pair.
func roomName(source, asOf string) string {
	sum := sha256.Sum256([]byte(source + "\x00" + asOf))
	name := strings.Trim(unreadable.ReplaceAllString(strings.ToLower(filepath.Base(source)), "-"), "-.")
	if name == "" {
		name = "data"
	}
	name = name[:min(len(name), 40)]
	if asOf != "" {
		name += "-" + asOf
	}
	return name + "-" + hex.EncodeToString(sum[:4])
}
