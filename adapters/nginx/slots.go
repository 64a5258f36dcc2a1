// Package nginx moves shares of the requests between the colours of a release.
// nginx's upstream lists slots, which are symbolic links to sockets; exchanging
// one takes a rename, which is atomic, and no reload, which would close idle
// connections under their clients.
package nginx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Slots are the links in a folder, as deploy/nginx/slots/upstream.conf lists
// them.
type Slots struct {
	Dir   string // of the links, such as /run/football/slots
	Count int
}

func (s Slots) path(n int) string { return filepath.Join(s.Dir, fmt.Sprintf("slot-%02d.sock", n)) }

// Point has the first n slots lead to one socket and the rest to another. Slots
// that lead there already are left alone, so that repeating it changes nothing.
// Whatever it is killed in, each slot leads somewhere.
func (s Slots) Point(n int, to, rest string) error {
	if n < 0 || n > s.Count {
		return fmt.Errorf("%d of %d slots cannot be pointed anywhere", n, s.Count)
	}
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return err
	}
	for slot := 1; slot <= s.Count; slot++ {
		target := rest
		if slot <= n {
			target = to
		}
		if err := s.point(slot, target); err != nil {
			return fmt.Errorf("point slot %d to %s: %w", slot, target, err)
		}
	}
	return nil
}

func (s Slots) point(slot int, target string) error {
	at := s.path(slot)
	if leads, err := os.Readlink(at); err == nil && leads == target {
		return nil
	}
	fresh := filepath.Join(s.Dir, "."+filepath.Base(at)+".new")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, at)
}

// Shares counts the slots that lead to each socket.
func (s Slots) Shares() (map[string]int, error) {
	shares := make(map[string]int)
	for slot := 1; slot <= s.Count; slot++ {
		target, err := os.Readlink(s.path(slot))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		shares[target]++
	}
	return shares, nil
}

// Sweep removes what a killed [Slots.Point] has left.
func (s Slots) Sweep() error {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".slot-") {
			if err := os.Remove(filepath.Join(s.Dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
