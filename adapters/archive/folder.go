// Package archive keeps the archives of tenants in a folder: one zip file each,
// with a file of JSON lines for each table and a manifest that says how many
// they are and what they add up to.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/exporting"
)

var _ exporting.Archives = (*Folder)(nil)

// Config says where archives are kept.
type Config struct{ Dir string } // made when it is not there

// Folder keeps archives in a folder that only its owner may enter.
type Folder struct{ dir string }

// NewFolder returns the archives in a folder. Without one, none can be kept,
// and whoever asks is told so.
func NewFolder(c Config) *Folder { return &Folder{dir: c.Dir} }

// errNowhere tells an operator what to set.
var errNowhere = &domain.Error{
	Kind: domain.Conflict, Code: "export.nowhere",
	Detail: "there is no folder for archives: set UPLOADS_DIR where the worker runs",
}

// Ready implements [exporting.Archives] by writing a file and taking it away.
func (f *Folder) Ready(context.Context) error {
	if f.dir == "" {
		return errNowhere
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of archives: %w", err)
	}
	probe, err := os.CreateTemp(f.dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("write to the folder of archives: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Keep implements [exporting.Archives]. The file gets its name when it is
// complete and on the disk. Of two attempts at once the first to finish wins,
// so that one which was given up and goes on all the same changes nothing.
func (f *Folder) Keep(ctx context.Context, name string, s exporting.Subject, fill func(exporting.Writer) error) (exporting.Archive, error) {
	if err := f.Ready(ctx); err != nil {
		return exporting.Archive{}, err
	}
	path, err := filepath.Abs(filepath.Join(f.dir, name+".zip"))
	if err != nil {
		return exporting.Archive{}, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := f.write(path, s, fill); err != nil {
			return exporting.Archive{}, err
		}
	} else if err != nil {
		return exporting.Archive{}, err
	}
	kept, err := read(ctx, path)
	if err != nil {
		return exporting.Archive{}, fmt.Errorf("read the archive %s back: %w", path, err)
	}
	return kept, nil
}

// write makes the file at path from a temporary one beside it.
func (f *Folder) write(path string, s exporting.Subject, fill func(exporting.Writer) error) (err error) {
	f.clear(path)
	file, err := os.CreateTemp(f.dir, partial(path)) // with mode 0600
	if err != nil {
		return fmt.Errorf("make the archive's file: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	err = writeZip(file, s, fill)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	// A link, unlike a renaming, takes no name that is taken. Whoever took it may
	// have cleared this attempt's file away before.
	if err := os.Link(file.Name(), path); err != nil {
		if _, taken := os.Lstat(path); taken != nil {
			return fmt.Errorf("name the archive: %w", err)
		}
	}
	return f.sync()
}

// clear takes away what attempts left that were killed.
func (f *Folder) clear(path string) {
	left, _ := filepath.Glob(filepath.Join(f.dir, partial(path)))
	for _, file := range left {
		_ = os.Remove(file)
	}
}

func partial(path string) string { return "." + filepath.Base(path) + ".*.partial" }

// sync puts the names in the folder on the disk.
func (f *Folder) sync() error {
	dir, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
