package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/football-prediction/football-prediction/ports/backingup"
)

// Rehearse implements [backingup.Engine].
func (f *Folders) Rehearse(ctx context.Context, _, folder string, report backingup.Progress) (r backingup.Rehearsal, err error) {
	content, err := os.ReadFile(filepath.Join(folder, settingsFile))
	if err == nil {
		r.Inventory.Sets = append(r.Inventory.Sets, settingsSet(content))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return r, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), archiveEnding)
		if !ok {
			continue
		}
		report(0, 0, "unpacking and hashing "+name)
		if err := f.rehearse(ctx, folder, name, &r, report); err != nil {
			return r, about(Root{Name: name}, err)
		}
	}
	return r, nil
}

func (f *Folders) rehearse(ctx context.Context, folder, name string, r *backingup.Rehearsal, report backingup.Progress) (err error) {
	into, err := os.MkdirTemp(folder, "unpacked-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backingup.RemoveTree(into)) }()
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	began := f.now()
	fault, err := told(unpack(ctx, filepath.Join(folder, name+archiveEnding), root, false))
	if err != nil {
		return err
	}
	if fault != "" {
		r.Faults = append(r.Faults, name+" cannot be restored: "+fault)
		return nil
	}
	r.Took += f.now().Sub(began)
	restored, err := measure(ctx, root, true, func(n int) { report(n, 0, "restored files of "+name+" hashed") })
	if err != nil {
		return err
	}
	was, fault, err := listed(folder, name)
	if err != nil {
		return err
	}
	if fault != "" {
		r.Faults = append(r.Faults, fault)
	} else {
		r.Faults = append(r.Faults, restored.differences(name, was)...)
		r.Inventory.Objects = append(r.Inventory.Objects, was.skipped(name)...)
	}
	r.Inventory.Sets = append(r.Inventory.Sets, restored.set(name))
	return nil
}

// listed reads what must be in an archive.
func listed(folder, name string) (was *contents, fault string, err error) {
	list, err := os.Open(filepath.Join(folder, name+listEnding))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "the list of " + name + " is missing", nil
	}
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = list.Close() }()
	if was, err = readList(list); err != nil {
		return nil, "the list of " + name + " cannot be read: " + err.Error(), nil
	}
	return was, "", nil
}

// toldEvery is how many files are hashed between two words about it.
const toldEvery = 100

// measure says what is in a root. Of a scratch, the permissions are opened once
// they are known: files of others need not be legible to us.
func measure(ctx context.Context, root *os.Root, scratch bool, done func(n int)) (*contents, error) {
	all := newContents()
	err := walk(ctx, root, nil, func(at place, found fs.FileInfo) error {
		e := entryOf(at.path, found)
		var err error
		switch {
		case e.kind == aLink:
			e.to, err = at.in.Readlink(at.base)
		case e.kept() && scratch:
			err = at.in.Chmod(at.base, 0o700)
		}
		if err == nil && e.kind == aFile {
			e.size = found.Size()
			e.hash, err = hashOf(ctx, at)
		}
		if err != nil {
			return err
		}
		if all.add(e); len(all.entries)%toldEvery == 0 {
			done(len(all.entries))
		}
		return nil
	})
	return all, err
}

func hashOf(ctx context.Context, at place) (string, error) {
	content, err := at.in.Open(at.base)
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }()
	digest := sha256.New()
	if _, err := io.Copy(digest, stoppable{content, ctx.Err}); err != nil {
		return "", err
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}
