package backingup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// Verify fetches a backup, restores it beside the original and compares what
// came out with what was there when it was taken. The backup's record says
// Verified or Broken, with the faults; an error means that nobody knows.
func (k *Keeper) Verify(ctx context.Context, id string, report Progress) (operation.Backup, error) {
	b, err := k.Records.Get(ctx, id)
	if err != nil {
		return b, err
	}
	if b.Status == operation.Deleted || b.Status == operation.Making {
		return b, domain.Errorf(domain.Conflict, ErrNotThere.Code, "backup %s is not there to be verified: it is %s", b.ID, b.Status)
	}
	faults, took, err := k.rehearse(ctx, b, report)
	if err != nil {
		return b, fmt.Errorf("verify backup %s: %w", id, err)
	}
	b.RestoreTook = took
	if len(faults) > 0 {
		b.Status, b.Fault = operation.Broken, shortened(faults)
		return b, k.keep(ctx, b, actionBroken)
	}
	b.Status, b.VerifiedAt, b.Fault = operation.Verified, k.Now().UTC(), ""
	return b, k.keep(ctx, b, actionVerified)
}

// ErrNotThere is about a backup whose parts are not, or no more, in the bucket.
var ErrNotThere = &domain.Error{Kind: domain.Conflict, Code: "backup.not_there"}

// mostFaults are told: of a table that is missing, every index is too.
const mostFaults = 20

func shortened(faults []string) string {
	if n := len(faults); n > mostFaults {
		faults = append(faults[:mostFaults:mostFaults], fmt.Sprintf("and %d more", n-mostFaults))
	}
	return strings.Join(faults, "; ")
}

func (k *Keeper) rehearse(ctx context.Context, b operation.Backup, report Progress) (faults []string, took time.Duration, err error) {
	if r := k.keptIn(b); r != nil {
		m, err := k.Manifest(ctx, b)
		if damage := (*Damage)(nil); errors.As(err, &damage) {
			return damage.Faults, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
		return rehearseCopy(ctx, r, m, report)
	}
	engine, err := k.engineOf(b)
	if err != nil {
		return nil, 0, err
	}
	err = k.Open(ctx, b, report, func(m operation.Manifest, folder string) error {
		r, err := engine.Rehearse(ctx, b.ID, folder, report)
		if err != nil {
			return err
		}
		took = r.Took
		faults = append(r.Faults, operation.Compare(m.Inventory, r.Inventory)...)
		return nil
	})
	if damage := (*Damage)(nil); errors.As(err, &damage) {
		return damage.Faults, 0, nil
	}
	return faults, took, err
}

// Damage is what is wrong with a backup as it is stored.
type Damage struct{ Faults []string }

func (d *Damage) Error() string { return "the backup is damaged: " + shortened(d.Faults) }

// Open fetches a backup and lends its files. What is wrong with it as it is
// stored is a [*Damage].
func (k *Keeper) Open(ctx context.Context, b operation.Backup, report Progress, use func(m operation.Manifest, folder string) error) error {
	m, err := k.Manifest(ctx, b)
	if err != nil {
		return err
	}
	return k.inScratch(func(folder string) error {
		if err := k.roomFor(folder, m.Plain()); err != nil {
			return err
		}
		faults, err := unpack(ctx, k.Bucket, k.Codec, prefixOf(b.Kind, b.ID), folder, m.Parts, report)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			return &Damage{faults}
		}
		return use(m, folder)
	})
}

// Manifest fetches the manifest of a backup.
func (k *Keeper) Manifest(ctx context.Context, b operation.Backup) (operation.Manifest, error) {
	m, fault, err := k.manifest(ctx, b)
	if err == nil && fault != "" {
		err = &Damage{[]string{fault}}
	}
	return m, err
}

// rehearseCopy compares what comes out of a repository, as long as anything does.
func rehearseCopy(ctx context.Context, in Repository, m operation.Manifest, report Progress) (faults []string, took time.Duration, err error) {
	r, err := in.Rehearse(ctx, m.ID, report)
	if err != nil {
		return nil, 0, err
	}
	if r.Inventory.Server == "" {
		return r.Faults, r.Took, nil
	}
	return append(r.Faults, operation.Compare(m.Inventory, r.Inventory)...), r.Took, nil
}

// manifest fetches a backup's manifest. The record, when there is one, says
// what its bytes were.
func (k *Keeper) manifest(ctx context.Context, b operation.Backup) (m operation.Manifest, fault string, err error) {
	prefix := prefixOf(b.Kind, b.ID)
	stored, err := k.Bucket.Get(ctx, prefix+manifestName+ending)
	switch {
	case errors.Is(err, ErrNoObject):
		return m, "the manifest is missing", nil
	case err != nil:
		return m, "", fmt.Errorf("fetch the manifest: %w", err)
	}
	defer func() { _ = stored.Close() }()
	text, err := io.ReadAll(io.LimitReader(stored, mostManifest))
	if err != nil {
		return m, "", fmt.Errorf("fetch the manifest: %w", err)
	}
	sum := sha256.New()
	_, _ = sum.Write(text)
	if got := digest(sum); b.Manifest != "" && got != b.Manifest {
		return m, fmt.Sprintf("the manifest was changed: its SHA-256 is %s and was %s", got, b.Manifest), nil
	}
	var plain bytes.Buffer
	if _, err := decodeInto(k.Codec, bytes.NewReader(text), prefix+manifestName, &plain); err != nil {
		if errors.Is(err, ErrUndecipherable) {
			return m, "the manifest: " + ErrUndecipherable.Detail, nil
		}
		return m, "", fmt.Errorf("read the manifest: %w", err)
	}
	m, err = decodeManifest(plain.Bytes())
	return m, "", err
}

// mostManifest is more than the manifest of a very large backup takes.
const mostManifest = 64 << 20
