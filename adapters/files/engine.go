// Package files backs up what lies in folders: uploads, models, logs, and the
// configuration that a process runs with. What a backup is worth is decided
// elsewhere.
package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var (
	_ backingup.Engine = (*Folders)(nil)
	_ backingup.Sized  = (*Folders)(nil)
)

// Root is a folder that is backed up with all that is in it.
type Root struct {
	Name string // of its archive, such as uploads
	Path string
	// Record is set for what tells of the past, such as logs: that is backed up,
	// and never put in the place of what has been written since.
	Record bool
}

// Config says what is backed up.
type Config struct {
	// Settings are the configuration as it may be shown: whoever opens a backup
	// must find out what was set, and no secret.
	Settings []byte
	Roots    []Root
	Now      domain.Clock
}

// Folders back up folders, an archive each.
type Folders struct {
	settings []byte
	roots    []Root
	now      domain.Clock
}

// settingsName is the file, and the set, of the configuration.
const (
	settingsName = "configuration"
	settingsFile = settingsName + ".json"
)

var nameText = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// New returns Folders. Folders without a path are left out.
func New(c Config) (*Folders, error) {
	f := &Folders{settings: c.Settings, now: c.Now}
	for _, r := range c.Roots {
		if r.Path == "" {
			continue
		}
		if !nameText.MatchString(r.Name) || r.Name == settingsName || slices.ContainsFunc(f.roots, func(o Root) bool { return o.Name == r.Name }) {
			return nil, fmt.Errorf("%q cannot name an archive, or names two", r.Name)
		}
		path, err := filepath.Abs(r.Path)
		if err != nil {
			return nil, err
		}
		r.Path = path
		f.roots = append(f.roots, r)
	}
	return f, nil
}

// Kind implements [backingup.Engine].
func (*Folders) Kind() operation.Kind { return operation.Application }

// Name implements [backingup.Engine].
func (*Folders) Name() string { return "tar" }

// The errors of folders. All are about the one in the detail.
var (
	// ErrAway is about a folder that is not there, or a disk that is full. An
	// empty backup of a folder that was not mounted would be taken for a good one.
	ErrAway = &domain.Error{Kind: domain.Unavailable, Code: "backup.folder"}
	// ErrRefused is about what we may not read: to leave it out would be a loss
	// that nobody notices before it matters.
	ErrRefused = &domain.Error{Kind: domain.Forbidden, Code: "backup.folder_refused"}
)

// open opens a root. What is reached through it is in it: links lead nowhere
// else.
func open(r Root) (*os.Root, error) {
	root, err := os.OpenRoot(r.Path)
	if err != nil {
		return nil, about(r, err)
	}
	return root, nil
}

// about says what an error means for a root.
func about(r Root, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrPermission):
		return domain.Errorf(domain.Forbidden, ErrRefused.Code, "%s cannot be backed up: %s", r.Name, err)
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return domain.Errorf(domain.Unavailable, backingup.ErrScratch.Code, "the archive of %s cannot be written: %s", r.Name, err)
	default:
		return domain.Errorf(domain.Unavailable, ErrAway.Code, "%s cannot be backed up: %s", r.Name, err)
	}
}

// Size implements [backingup.Sized].
func (f *Folders) Size(ctx context.Context) (int64, error) {
	sum := int64(len(f.settings))
	for _, r := range f.roots {
		root, err := open(r)
		if err != nil {
			return 0, err
		}
		err = walk(ctx, root, nil, func(_ place, found fs.FileInfo) error {
			sum += overhead
			if found.Mode().IsRegular() {
				sum += found.Size()
			}
			return nil
		})
		if err = errors.Join(err, root.Close()); err != nil {
			return 0, about(r, err)
		}
	}
	return sum, nil
}

// overhead is about what a file takes in an archive and in its list.
const overhead = 2048

// Sweep implements [backingup.Engine]. There is nothing to remove: all that it
// unpacks is in the folder that it is lent.
func (*Folders) Sweep(context.Context, func(id string) bool) (int, error) { return 0, nil }
