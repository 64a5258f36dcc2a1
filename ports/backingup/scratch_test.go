package backingup_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// engine copies one file, and says what it is asked to do before it does it.
type engine struct {
	size    int64
	capture func(folder string) error
}

func (*engine) Kind() operation.Kind { return operation.Application }
func (*engine) Name() string         { return "test" }

func (e *engine) Size(context.Context) (int64, error) { return e.size, nil }

func (e *engine) Capture(_ context.Context, folder string, _ backingup.Progress) (operation.Inventory, error) {
	err := os.WriteFile(filepath.Join(folder, "file"), []byte("twelve bytes"), 0o600)
	if err == nil && e.capture != nil {
		err = e.capture(folder)
	}
	return operation.Inventory{}, err
}

func (*engine) Rehearse(context.Context, string, string, backingup.Progress) (backingup.Rehearsal, error) {
	return backingup.Rehearsal{}, nil
}

func (*engine) Sweep(context.Context, func(string) bool) (int, error) { return 0, nil }

// plain neither compresses nor encrypts.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }

func (plain) Encode(into io.Writer, _ string) (io.WriteCloser, error) { return plain{into}, nil }

func (plain) Decode(from io.Reader, _ string) (io.ReadCloser, error) { return io.NopCloser(from), nil }

// memory keeps the records.
type memory struct {
	mu  sync.Mutex
	all map[string]operation.Backup
}

func (m *memory) Save(_ context.Context, b operation.Backup) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[b.ID] = b
	return nil
}

func (m *memory) Get(_ context.Context, id string) (operation.Backup, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[id], nil
}

func (*memory) List(context.Context, operation.Kind) ([]operation.Backup, error) { return nil, nil }

// unrecorded records nothing.
type unrecorded struct{}

func (unrecorded) Record(context.Context, auditing.Event) error { return nil }

func keeper(bucket, scratch string, e *engine, free func(string) (int64, error)) *backingup.Keeper {
	return backingup.NewKeeper(backingup.Parts{
		Bucket: objectstore.NewFolder(bucket), Codec: plain{}, Engines: []backingup.Engine{e},
		Records: &memory{all: map[string]operation.Backup{}}, Program: "test", Scratch: scratch, Now: time.Now, Free: free, Audit: unrecorded{},
	})
}

var order = backingup.Order{ID: "one", Kind: operation.Application, Run: "test"}

func quiet(int, int, string) {}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// children are told their scratch by this variable.
const childVariable = "FOOTBALL_SCRATCH_CHILD"

// TestChild is another process, which never ends what it has begun.
func TestChild(t *testing.T) {
	scratch := os.Getenv(childVariable)
	if scratch == "" {
		return
	}
	_, _ = keeper(t.TempDir(), scratch, &engine{capture: func(folder string) error {
		fmt.Println("working in", folder)
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return errors.New("the parent is gone")
	}}, nil).Make(t.Context(), order, quiet)
}

// child starts a process that holds a scratch, and returns its folder.
func child(t *testing.T, scratch string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childVariable+"="+scratch)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if folder, ok := strings.CutPrefix(lines.Text(), "working in "); ok {
			return cmd, filepath.Dir(folder)
		}
	}
	t.Fatal("the child does not work")
	return nil, ""
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// What a killed process leaves is removed by the next one; what a living one
// works in is not, nor what only bears the name.
func TestScratchesOfKilledProcessesAreRemoved(t *testing.T) {
	scratch := t.TempDir()
	living, kept := child(t, scratch)
	dead, left := child(t, scratch)
	must(t, os.Chmod(filepath.Join(left, "files"), 0o500))
	must(t, dead.Process.Kill())
	_ = dead.Wait()
	others := filepath.Join(scratch, "football-backup-of-somebody")
	must(t, os.MkdirAll(filepath.Join(others, "precious"), 0o700))
	link := filepath.Join(scratch, "football-backup-link")
	target := t.TempDir()
	must(t, os.WriteFile(filepath.Join(target, "lock"), nil, 0o600))
	must(t, os.Symlink(target, link))
	empty := filepath.Join(scratch, "football-backup-empty")
	must(t, os.Mkdir(empty, 0o700))

	during := ""
	_, err := keeper(t.TempDir(), scratch, &engine{capture: func(folder string) error {
		during = filepath.Dir(folder)
		entries, err := os.ReadDir(folder)
		if len(entries) != 1 {
			t.Errorf("besides its own file, the engine finds %v", entries)
		}
		return err
	}}, nil).Make(t.Context(), order, quiet)
	must(t, err)
	for path, want := range map[string]bool{left: false, kept: true, during: false, others: true, link: true, target: true, empty: false} {
		if exists(path) != want {
			t.Errorf("%s is there: %t", path, !want)
		}
	}
	must(t, living.Process.Kill())
	_ = living.Wait()
	removed, err := keeper(t.TempDir(), scratch, &engine{}, nil).Sweep(t.Context(), operation.Application, func(string) bool { return false })
	if err != nil || removed != 1 || exists(kept) {
		t.Errorf("sweeping removed %d: %v", removed, err)
	}
}

// Many at once never take each other's folders for those of the dead.
func TestScratchesOfTheLivingAreSafe(t *testing.T) {
	scratch, bucket := t.TempDir(), t.TempDir()
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for m := range 20 {
				o := backingup.Order{ID: fmt.Sprintf("%d-%d", n, m), Kind: operation.Application}
				k := keeper(bucket, scratch, &engine{}, nil)
				if b, err := k.Make(t.Context(), o, quiet); err != nil || b.Parts != 1 {
					t.Errorf("made of %d parts: %v", b.Parts, err)
				}
			}
		})
	}
	all.Wait()
	if entries, err := os.ReadDir(scratch); err != nil || len(entries) > 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestNothingIsBegunThatWouldFillTheDisk(t *testing.T) {
	scratch, free := t.TempDir(), int64(999)
	captured := false
	e := &engine{size: 1000, capture: func(string) error {
		captured = true
		return nil
	}}
	k := keeper(t.TempDir(), scratch, e, func(string) (int64, error) { return free, nil })
	_, err := k.Make(t.Context(), order, quiet)
	wanted := "there is no room for the copy in " + scratch + ": it takes about 1000 bytes, and 999 are free"
	var told *domain.Error
	if !errors.As(err, &told) || told.Kind != domain.Unavailable || told.Detail != wanted || captured {
		t.Errorf("captured %t, error %v", captured, err)
	}
	free = 1000
	if _, err := k.Make(t.Context(), order, quiet); err != nil || !captured {
		t.Errorf("there is room, captured %t, error %v", captured, err)
	}
	// To verify it takes the twelve bytes that are in it.
	free = 11
	if _, err := k.Verify(t.Context(), order.ID, quiet); !errors.As(err, &told) || told.Kind != domain.Unavailable || !strings.Contains(told.Detail, "about 12 bytes, and 11 are free") {
		t.Errorf("verified without room: %v", err)
	}
	free = 12
	if b, err := k.Verify(t.Context(), order.ID, quiet); err != nil || b.Status != operation.Verified {
		t.Errorf("it is %s: %v", b.Status, err)
	}
	// Without another answer, the system's own is taken.
	huge := keeper(t.TempDir(), scratch, &engine{size: 1 << 60}, nil)
	if _, err := huge.Make(t.Context(), order, quiet); !errors.Is(err, backingup.ErrScratch) {
		t.Errorf("an exabyte has room: %v", err)
	}
}
