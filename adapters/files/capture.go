package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// The endings of what a root becomes.
const (
	archiveEnding = ".tar"
	listEnding    = ".list"
)

// Capture implements [backingup.Engine]. Files are not all of one moment: each
// is as it was when it was reached, and what is said about it is said of the
// bytes that were archived.
func (f *Folders) Capture(ctx context.Context, folder string, report backingup.Progress) (operation.Inventory, error) {
	inventory := operation.Inventory{Server: "tar"}
	if err := os.WriteFile(filepath.Join(folder, settingsFile), f.settings, 0o600); err != nil {
		return inventory, about(Root{Name: settingsName}, err)
	}
	inventory.Sets = append(inventory.Sets, settingsSet(f.settings))
	for _, r := range f.roots {
		taken, err := captureRoot(ctx, r, folder, report)
		if err != nil {
			return inventory, about(r, err)
		}
		inventory.Sets = append(inventory.Sets, taken.set(r.Name))
		inventory.Objects = append(inventory.Objects, taken.skipped(r.Name)...)
	}
	return inventory, nil
}

func settingsSet(content []byte) operation.Set {
	digest := sha256.Sum256(content)
	return operation.Set{Name: settingsName, Rows: 1, Hash: hex.EncodeToString(digest[:])}
}

// captureRoot archives a root and lists what is in the archive.
func captureRoot(ctx context.Context, r Root, into string, report backingup.Progress) (all *contents, err error) {
	root, err := open(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	// A folder for copies that lies within the root must not be copied.
	own, err := os.Stat(into)
	if err != nil {
		return nil, err
	}
	a, err := newArchive(ctx, filepath.Join(into, r.Name+archiveEnding), report, "files of "+r.Name+" archived")
	if err != nil {
		return nil, err
	}
	list, err := newList(filepath.Join(into, r.Name+listEnding))
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	all = newContents()
	err = walk(ctx, root, own, func(at place, found fs.FileInfo) error {
		e, gone, err := a.add(at, found)
		if err != nil || gone {
			return err
		}
		all.add(e)
		_, err = fmt.Fprintln(list, e.line())
		return err
	})
	return all, errors.Join(err, a.close(), list.close())
}
