package crypto_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/crypto"
)

// Of many rotations at once, each one either adds its key or says that another
// was under way: none is lost under the next.
func TestRotationsAtOnceLoseNoKey(t *testing.T) {
	t.Parallel()
	path := keyFile(t)
	before, err := crypto.List(path)
	if err != nil {
		t.Fatal(err)
	}
	var (
		wait  sync.WaitGroup
		lock  sync.Mutex
		added = map[uint32]bool{}
	)
	for range 16 {
		wait.Go(func() {
			id, err := crypto.Rotate(path)
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				added[id] = true
			} else if !strings.Contains(err.Error(), "another command is changing keys") {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	after, err := crypto.List(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range after {
		delete(added, k.ID)
	}
	if len(added) > 0 || len(after) == len(before) {
		t.Errorf("keys %v were said to be added and are not there; there were %d, there are %d", added, len(before), len(after))
	}
}

func TestAChangeWaitsForNoOther(t *testing.T) {
	t.Parallel()
	path := keyFile(t)
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := crypto.Rotate(path); err == nil || !strings.Contains(err.Error(), filepath.Dir(path)) {
		t.Errorf("rotated while another command changes keys: %v", err)
	}
}
