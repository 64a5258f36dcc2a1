package restore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/restoring"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/restore"
)

var today = time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC)

// world is a server of databases, by name, with a row count each, and one
// verified backup of three rows.
type world struct {
	keeper *backingup.Keeper

	mu        sync.Mutex
	databases map[string]int64
	records   map[string]operation.Backup
	events    []string
	holder    string            // of the database
	others    map[string]string // who holds which other resource
	cache     string            // what Redis holds
	rested    bool
	deeds     []string // in their order
	faults    []string // of the restored system
	ids       int

	loses     bool             // a row is gone after restoring
	failing   map[string]error // what a step of the server returns
	hold      chan struct{}    // rebuilding waits until it is closed, and fails
	exchanged int
	kills     bool // the first exchange, in the middle
	closed    bool // the live database, which holds the claims
}

const live = "football"

func newWorld(t *testing.T) *world {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	codec, err := openKey(key)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		databases: map[string]int64{live: 5}, records: map[string]operation.Backup{}, failing: map[string]error{},
		others: map[string]string{}, cache: "then",
	}
	w.keeper = backingup.NewKeeper(backingup.Parts{
		Bucket: objectstore.NewFolder(t.TempDir()), Codec: codec, Engines: []backingup.Engine{engine{}, cache{w}}, Records: w, Audit: w,
		Program: "test", Scratch: t.TempDir(), Now: func() time.Time { return today.Add(-6 * time.Hour) },
	})
	quiet := func(int, int, string) {}
	for id, kind := range map[string]operation.Kind{"good": operation.Database, "good-redis": operation.Redis} {
		if _, err := w.keeper.Make(t.Context(), backingup.Order{ID: id, Kind: kind, Run: "test"}, quiet); err != nil {
			t.Fatal(err)
		}
		if _, err := w.keeper.Verify(t.Context(), id, quiet); err != nil {
			t.Fatal(err)
		}
	}
	w.cache, w.deeds = "now", nil
	return w
}

func openKey(path string) (*crypto.Streams, error) {
	if err := crypto.GenerateStreams(path); err != nil {
		return nil, err
	}
	return crypto.OpenStreams(path)
}

// register adds the definitions over the world. An approval is worth something
// when it is signed "good".
func (w *world) register(r worker.Registry) {
	restorer := restoring.NewRestorer(restoring.Parts{
		Keeper: w.keeper, Server: w, Runs: w, Audit: w, Places: []restoring.Place{cache{w}},
		Faults: func(context.Context) []string { return w.faults }, Now: func() time.Time { return today },
	})
	restore.NewActivities(restorer, w, w.newID).Register(r)
	r.RegisterActivityWithOptions(func(_ context.Context, v process.Verification) (process.Verdict, error) {
		if string(v.Approval.Signature) != "good" {
			return process.Verdict{}, process.Classify(domain.Errorf(domain.Forbidden, "approval.forged", "forged"))
		}
		return process.Verdict{Approvers: []string{v.Approval.Actor}}, nil
	}, activity.RegisterOptions{Name: process.VerifyActivity})
}

func (w *world) newID() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids++
	return "restore-" + strings.Repeat("i", w.ids)
}

func (w *world) Live() string { return live }

func (w *world) fails(step string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failing[step]
}

func (w *world) Rebuild(ctx context.Context, name, folder string, _ backingup.Progress) (backingup.Rehearsal, error) {
	if w.hold != nil {
		select {
		case <-w.hold:
			return backingup.Rehearsal{}, errors.New("let go")
		case <-ctx.Done():
			return backingup.Rehearsal{}, ctx.Err()
		}
	}
	if _, err := os.ReadFile(filepath.Join(folder, "rows")); err != nil {
		return backingup.Rehearsal{}, err
	}
	rows := int64(3)
	if w.loses {
		rows = 2
	}
	w.mu.Lock()
	w.databases[name] = rows
	w.mu.Unlock()
	return backingup.Rehearsal{Inventory: inventory(rows), Took: time.Second}, w.fails("rebuild")
}

func (w *world) Exchange(_ context.Context, next, kept string) error {
	if err := w.fails("exchange"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kills {
		w.kills, w.closed = false, true
		return errClosed
	}
	w.exchanged++
	w.deeds = append(w.deeds, "exchange")
	w.databases[kept], w.databases[live] = w.databases[live], w.databases[next]
	delete(w.databases, next)
	return nil
}

var errClosed = domain.Errorf(domain.Unavailable, "made.closed", "the database is not accepting connections")

func (w *world) Reopen(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = false
	return nil
}

func (w *world) Drop(_ context.Context, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.databases, name)
	return nil
}

func (w *world) Names(_ context.Context, prefix string) (names []string, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name := range w.databases {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func (w *world) Rows(context.Context) ([]operation.Set, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return []operation.Set{{Name: "rows", Rows: w.databases[live]}}, nil
}

func (w *world) EndedSince(context.Context, time.Time) ([]restoring.Run, error) {
	return []restoring.Run{{Workflow: "Ingest", ID: "ingest", EndedAt: today.Add(-time.Hour)}}, w.fails("runs")
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
	if b, ok := w.records[id]; ok {
		return b, nil
	}
	return operation.Backup{}, backingup.ErrUnknown
}

func (w *world) List(_ context.Context, kind operation.Kind) (all []operation.Backup, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.records {
		if kind == "" || b.Kind == kind {
			all = append(all, b)
		}
	}
	return all, nil
}

func (w *world) Record(_ context.Context, e auditing.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e.Action)
	return nil
}

func (w *world) Acquire(_ context.Context, c exclusion.Claim, _ time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	if w.holder != "" && w.holder != c.Holder {
		return domain.Errorf(domain.Unavailable, exclusion.ErrHeld.Code, "the database is in use by %s", w.holder)
	}
	if c.Resource == exclusion.Database {
		w.holder = c.Holder
		return nil
	}
	w.others[c.Resource] = c.Holder
	if c.Resource == exclusion.Service {
		w.rested = true
		w.deeds = append(w.deeds, "service")
	}
	return nil
}

func (w *world) Release(_ context.Context, c exclusion.Claim) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.Resource != exclusion.Database {
		delete(w.others, c.Resource)
	} else if w.holder == c.Holder {
		w.holder = ""
	}
	return nil
}

func (w *world) Void(_ context.Context, until time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deeds = append(w.deeds, "void until "+until.Format(time.TimeOnly))
	return nil
}

// names are the databases that there are.
func (w *world) names() []string {
	names, _ := w.Names(context.Background(), "")
	return names
}

// at is the place of the first such deed, or -1.
func (w *world) at(deed string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Index(w.deeds, deed)
}

// cache is Redis, which holds a word.
type cache struct{ world *world }

func (cache) Kind() operation.Kind { return operation.Redis }
func (cache) Name() string         { return "made" }

func (c cache) Ready(context.Context) error { return c.world.fails("ready") }

func (c cache) Capture(_ context.Context, folder string, _ backingup.Progress) (operation.Inventory, error) {
	if err := c.world.fails("capture"); err != nil {
		return operation.Inventory{}, err
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.deeds = append(c.world.deeds, "capture redis")
	return inventory(1), os.WriteFile(filepath.Join(folder, "word"), []byte(c.world.cache), 0o600)
}

func (cache) Rehearse(context.Context, string, string, backingup.Progress) (backingup.Rehearsal, error) {
	return backingup.Rehearsal{Inventory: inventory(1)}, nil
}

func (cache) Sweep(context.Context, func(string) bool) (int, error) { return 0, nil }

// Put breaks off in the middle when it is to fail, and does so once: the way
// back goes the same way.
func (c cache) Put(_ context.Context, folder string, _ backingup.Progress) error {
	word, err := os.ReadFile(filepath.Join(folder, "word"))
	if err != nil {
		return err
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.cache = string(word)
	if err := c.world.failing["put"]; err != nil {
		c.world.cache = "half"
		delete(c.world.failing, "put")
		return err
	}
	return nil
}

// engine makes backups of three rows.
type engine struct{}

func (engine) Kind() operation.Kind { return operation.Database }
func (engine) Name() string         { return "made" }

func (engine) Capture(_ context.Context, folder string, _ backingup.Progress) (operation.Inventory, error) {
	return inventory(3), os.WriteFile(filepath.Join(folder, "rows"), []byte("three rows"), 0o600)
}

func (engine) Rehearse(context.Context, string, string, backingup.Progress) (backingup.Rehearsal, error) {
	return backingup.Rehearsal{Inventory: inventory(3)}, nil
}

func (engine) Sweep(context.Context, func(string) bool) (int, error) { return 0, nil }

func inventory(rows int64) operation.Inventory {
	return operation.Inventory{Sets: []operation.Set{{Name: "rows", Rows: rows}}}
}

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
