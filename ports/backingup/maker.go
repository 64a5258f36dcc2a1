package backingup

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Parts are what backing up takes.
type Parts struct {
	Bucket  Bucket
	Codec   Codec
	Engines []Engine
	// Repositories are asked before engines for what both could back up.
	Repositories []Repository
	Records      Records
	Program      string // the version of this software
	Scratch      string // a folder with room for a copy of the data; the system's when empty
	Now          domain.Clock
	Audit        auditing.Recorder
	Alarm        *Alarm // nil: failures are recorded, and nobody is told
	// Free is how many bytes may still be written to a folder; the system's
	// answer when nil.
	Free func(folder string) (int64, error)
}

// Keeper makes backups and verifies them.
type Keeper struct{ Parts }

// NewKeeper returns a Keeper.
func NewKeeper(p Parts) *Keeper {
	if p.Free == nil {
		p.Free = freeBytes
	}
	return &Keeper{Parts: p}
}

// Root is where our objects lie in a bucket.
const Root = "football/"

const manifestName = "manifest.json"

// prefixOf is where the objects of a backup lie.
func prefixOf(kind operation.Kind, id string) string { return Root + string(kind) + "/" + id + "/" }

// Order asks for a backup.
type Order struct {
	ID   string // the same again replaces what an attempt before has left
	Kind operation.Kind
	Run  string // the workflow that asks
}

// Make makes a backup and keeps the record of it. What it returns is complete,
// and not to be relied on before [Keeper.Verify].
func (k *Keeper) Make(ctx context.Context, o Order, report Progress) (operation.Backup, error) {
	by, err := k.method(o.Kind)
	if err != nil {
		return operation.Backup{}, err
	}
	began := k.Now()
	b := operation.Backup{
		ID: o.ID, Kind: o.Kind, Engine: by.name(), Run: o.Run, Status: operation.Making, TakenAt: began.UTC(),
		Location: k.Bucket.Address() + "/" + prefixOf(o.Kind, o.ID),
	}
	if by.repository != nil {
		b.Location = by.repository.Address()
	}
	if err := k.Records.Save(ctx, b); err != nil {
		return b, err
	}
	manifest, err := k.copy(ctx, by, &b, report)
	if err == nil {
		b.Rows = manifest.Inventory.Rows()
		b.Manifest, err = k.putManifest(ctx, manifest)
	}
	if err != nil {
		return b, fmt.Errorf("back up %s: %w", o.Kind, err)
	}
	b.Status, b.MakingTook = operation.Made, k.Now().Sub(began)
	return b, k.Records.Save(ctx, b)
}

// copy makes a backup by either method and notes what it amounts to in b.
func (k *Keeper) copy(ctx context.Context, by method, b *operation.Backup, report Progress) (operation.Manifest, error) {
	if by.repository != nil {
		return k.add(ctx, by.repository, b, report)
	}
	m, err := k.capture(ctx, by.engine, *b, report)
	b.Parts, b.Size = len(m.Parts), m.Size()
	return m, err
}

// blank is the manifest of a backup that is yet to be made.
func (k *Keeper) blank(b operation.Backup) operation.Manifest {
	return operation.Manifest{
		Format: operation.ManifestFormat, ID: b.ID, Kind: b.Kind, Engine: b.Engine, TakenAt: b.TakenAt, Program: k.Program,
	}
}

func (k *Keeper) capture(ctx context.Context, engine Engine, b operation.Backup, report Progress) (operation.Manifest, error) {
	m := k.blank(b)
	prefix := prefixOf(b.Kind, b.ID)
	// An attempt that died may have sent parts that this one has not.
	if err := k.remove(ctx, prefix); err != nil {
		return m, err
	}
	err := k.inScratch(func(folder string) (err error) {
		if err := k.roomToCapture(ctx, engine, folder); err != nil {
			return err
		}
		if m.Inventory, err = engine.Capture(ctx, folder, report); err != nil {
			return err
		}
		m.Parts, err = pack(ctx, k.Bucket, k.Codec, prefix, folder, report)
		return err
	})
	return m, err
}

// roomToCapture asks an engine that can tell how much room it needs.
func (k *Keeper) roomToCapture(ctx context.Context, engine Engine, folder string) error {
	sized, ok := engine.(Sized)
	if !ok {
		return nil
	}
	size, err := sized.Size(ctx)
	if err != nil {
		return fmt.Errorf("estimate the size: %w", err)
	}
	return k.roomFor(folder, size)
}

// putManifest sends the manifest last: parts without one are no backup.
func (k *Keeper) putManifest(ctx context.Context, m operation.Manifest) (sum string, err error) {
	text, err := encodeManifest(m)
	if err != nil {
		return "", err
	}
	p, err := send(ctx, k.Bucket, k.Codec, prefixOf(m.Kind, m.ID), manifestName, bytes.NewReader(text))
	if err != nil {
		return "", fmt.Errorf("send the manifest: %w", err)
	}
	return p.SHA256, nil
}

// remove deletes all objects below prefix.
func (k *Keeper) remove(ctx context.Context, prefix string) error {
	var names []string
	for object, err := range k.Bucket.List(ctx, prefix) {
		if err != nil {
			return fmt.Errorf("list %s: %w", prefix, err)
		}
		names = append(names, object.Name)
	}
	// The manifest goes first, so that what is left of a deletion that was cut
	// short is no backup.
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return k.Bucket.Delete(ctx, names...)
}

func rank(name string) int {
	if strings.HasSuffix(name, "/"+manifestName+ending) {
		return 0
	}
	return 1
}

// ErrEngine is about a kind that this process cannot back up.
var ErrEngine = &domain.Error{Kind: domain.Invalid, Code: "backup.engine"}

func (k *Keeper) engine(kind operation.Kind) (Engine, error) {
	for _, e := range k.Engines {
		if e.Kind() == kind {
			return e, nil
		}
	}
	return nil, domain.Errorf(domain.Invalid, ErrEngine.Code, "this process is not set up to back up %s", kind)
}

// engineOf is the engine that made a backup.
func (k *Keeper) engineOf(b operation.Backup) (Engine, error) {
	for _, e := range k.Engines {
		if e.Kind() == b.Kind && e.Name() == b.Engine {
			return e, nil
		}
	}
	return nil, domain.Errorf(domain.Invalid, ErrEngine.Code, "backup %s was made by %s, which this process is not set up for", b.ID, b.Engine)
}

// Choose returns the kinds that names name, or all that this process can back
// up; the most important first.
func (k *Keeper) Choose(names []string) ([]operation.Kind, error) {
	var chosen []operation.Kind
	for _, name := range names {
		kind, err := operation.ParseKind(name)
		if err == nil {
			_, err = k.method(kind)
		}
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, kind)
	}
	kinds := slices.DeleteFunc(slices.Clone(operation.Kinds), func(kind operation.Kind) bool {
		_, err := k.method(kind)
		return err != nil || len(chosen) > 0 && !slices.Contains(chosen, kind)
	})
	if len(kinds) == 0 {
		return nil, domain.Errorf(domain.Invalid, ErrEngine.Code,
			"this process is not set up to back up anything; it needs BACKUP_DATABASE_URL, RESTORE_DATABASE_URL, BACKUP_KEY_FILE and a bucket")
	}
	return kinds, nil
}

// What is recorded about backups.
const (
	actionVerified = "backup.verified"
	actionBroken   = "backup.broken"
	actionDeleted  = "backup.deleted"
)

// keep saves what became of a backup, and that it did.
func (k *Keeper) keep(ctx context.Context, b operation.Backup, action string) error {
	var before []operation.Backup // this one as it was among them
	if action == actionBroken {
		var err error
		if before, err = k.Records.List(ctx, b.Kind); err != nil {
			return err
		}
	}
	if err := k.Records.Save(ctx, b); err != nil {
		return err
	}
	e := auditing.Event{
		Action: action, Target: "backup:" + b.ID, Outcome: auditing.Done,
		Details: map[string]string{"kind": string(b.Kind), "location": b.Location, "run": b.Run},
	}
	if action == actionBroken {
		e.Outcome, e.Details["fault"] = auditing.Refused, b.Fault
		k.Alarm.failed(ctx, b, before)
	}
	return k.Audit.Record(ctx, e)
}
