package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/workflows/backup"
)

var today = time.Date(2026, 3, 31, 2, 0, 0, 0, time.UTC)

// world is data, a bucket and what was recorded, without servers.
type world struct {
	bucket  backingup.Bucket
	codec   backingup.Codec
	scratch string
	engines []*engine

	mu      sync.Mutex
	records map[string]operation.Backup
	events  []string
	holders map[string]string
	ids     int
}

func newWorld(t *testing.T, kinds ...operation.Kind) *world {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	if err := crypto.GenerateStreams(key); err != nil {
		t.Fatal(err)
	}
	codec, err := crypto.OpenStreams(key)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		bucket: objectstore.NewFolder(t.TempDir()), codec: codec, scratch: t.TempDir(),
		records: map[string]operation.Backup{}, holders: map[string]string{},
	}
	for _, kind := range kinds {
		w.engines = append(w.engines, &engine{world: w, kind: kind, scratches: map[string]bool{}})
	}
	return w
}

func (w *world) register(r worker.Registry) {
	engines := make([]backingup.Engine, len(w.engines))
	for i, e := range w.engines {
		engines[i] = e
	}
	keeper := backingup.NewKeeper(backingup.Parts{
		Bucket: w.bucket, Codec: w.codec, Engines: engines, Records: w, Audit: w, Program: "test", Scratch: w.scratch,
		Now: func() time.Time { return today },
	})
	backup.NewActivities(keeper, w, w.newID).Register(r)
}

func (w *world) newID() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids++
	return fmt.Sprintf("backup-%d", w.ids)
}

func (w *world) Save(_ context.Context, b operation.Backup) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.records[b.ID] = b
	return nil
}

func (w *world) Get(_ context.Context, id string) (operation.Backup, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b, ok := w.records[id]
	if !ok {
		return b, backingup.ErrUnknown
	}
	return b, nil
}

func (w *world) List(_ context.Context, kind operation.Kind) ([]operation.Backup, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []operation.Backup
	for _, b := range w.records {
		if kind == "" || b.Kind == kind {
			out = append(out, b)
		}
	}
	return out, nil
}

func (w *world) Record(_ context.Context, e auditing.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e.Action+" "+e.Details["kind"])
	return nil
}

func (w *world) Acquire(_ context.Context, c exclusion.Claim, _ time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if holder := w.holders[c.Resource]; holder != "" && holder != c.Holder {
		return domain.Errorf(domain.Unavailable, exclusion.ErrHeld.Code, "the %s is in use by %s", c.Resource, holder)
	}
	w.holders[c.Resource] = c.Holder
	return nil
}

func (*world) Void(context.Context, time.Time) error { return nil }

func (w *world) Release(_ context.Context, c exclusion.Claim) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holders[c.Resource] == c.Holder {
		delete(w.holders, c.Resource)
	}
	return nil
}

// leavesNothing finds what a run has left behind.
func (w *world) leavesNothing(t *testing.T) {
	t.Helper()
	w.awaitScratch(t)
	w.isFree(t)
}

// isFree finds claims, scratches and objects that nobody needs.
func (w *world) isFree(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for resource, holder := range w.holders {
		t.Errorf("%s is still held by %s", resource, holder)
	}
	for _, e := range w.engines {
		if len(e.scratches) > 0 {
			t.Errorf("scratches of %s are left: %v", e.kind, e.scratches)
		}
	}
	usable := map[string]bool{}
	for id, b := range w.records {
		usable[id] = b.Status == operation.Verified || b.Status == operation.Made || b.Status == operation.Broken && b.Manifest != ""
	}
	for o, err := range w.bucket.List(context.Background(), backingup.Root) {
		if err != nil {
			t.Fatal(err)
		}
		if !usable[filepath.Base(filepath.Dir(o.Name))] {
			t.Errorf("%s is left of a backup that is none", o.Name)
		}
	}
}

// awaitScratch waits for folders to go: the test environment does not wait for
// activities that were cancelled.
func (w *world) awaitScratch(t *testing.T) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		left, err := os.ReadDir(w.scratch)
		if err == nil && len(left) == 0 {
			return
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("in the scratch folder: %v, %v", left, err)
		}
	}
}

// engine captures three rows, and can be told to misbehave.
type engine struct {
	world     *world
	kind      operation.Kind
	scratches map[string]bool

	failing string        // the step that fails
	failure error         // with this
	times   int           // so often, 0 for always
	hold    chan struct{} // capturing waits until it is closed, and fails
	loses   bool          // a row is gone after restoring
}

func (e *engine) Kind() operation.Kind { return e.kind }
func (e *engine) Name() string         { return "made" }

func (e *engine) Capture(ctx context.Context, folder string, report backingup.Progress) (operation.Inventory, error) {
	report(1, 3, "rows copied")
	if e.hold != nil {
		select {
		case <-e.hold:
			return operation.Inventory{}, errors.New("let go")
		case <-ctx.Done():
			return operation.Inventory{}, ctx.Err()
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "rows"), []byte("three rows"), 0o600); err != nil {
		return operation.Inventory{}, err
	}
	return e.inventory(3), e.fails("capture")
}

func (e *engine) inventory(rows int64) operation.Inventory {
	return operation.Inventory{Sets: []operation.Set{{Name: "rows", Rows: rows, Hash: fmt.Sprint(rows)}}}
}

func (e *engine) fails(step string) error {
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	if e.failing != step {
		return nil
	}
	if e.times > 0 {
		if e.times--; e.times == 0 {
			e.failing = ""
		}
	}
	return e.failure
}

func (e *engine) Rehearse(_ context.Context, id, folder string, _ backingup.Progress) (backingup.Rehearsal, error) {
	e.world.mu.Lock()
	e.scratches[id] = true
	e.world.mu.Unlock()
	if err := e.fails("rehearse"); err != nil {
		return backingup.Rehearsal{}, err // as one that died, it leaves its scratch
	}
	defer func() {
		e.world.mu.Lock()
		defer e.world.mu.Unlock()
		delete(e.scratches, id)
	}()
	content, err := os.ReadFile(filepath.Join(folder, "rows"))
	if err != nil || string(content) != "three rows" {
		return backingup.Rehearsal{}, errors.Join(err, errors.New("it came back as "+string(content)))
	}
	rows := int64(3)
	if e.loses {
		rows = 2
	}
	return backingup.Rehearsal{Inventory: e.inventory(rows), Took: time.Second}, nil
}

func (e *engine) Sweep(_ context.Context, keep func(string) bool) (int, error) {
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	var gone []string
	for id := range e.scratches {
		if !keep(id) {
			gone = append(gone, id)
		}
	}
	for _, id := range gone {
		delete(e.scratches, id)
	}
	return len(gone), nil
}

func (w *world) statuses() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, b := range w.records {
		out = append(out, fmt.Sprintf("%s %s", b.Kind, b.Status))
	}
	slices.Sort(out)
	return out
}

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
