// Package objectstore keeps objects in S3 and its like, or in a folder.
package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var _ backingup.Bucket = (*Folder)(nil)

// Folder is a bucket in a folder of this machine.
type Folder struct{ path string }

// NewFolder returns the bucket in the folder at path, which is made when it is
// first written to.
func NewFolder(path string) *Folder { return &Folder{path: path} }

// Address implements [backingup.Bucket].
func (f *Folder) Address() string { return "file://" + f.path }

// partial marks objects that are being written; no object of ours ends so.
const partial = ".partial"

// Put implements [backingup.Bucket]: the object gets its name when it is whole
// and on disk.
func (f *Folder) Put(_ context.Context, name string, content io.Reader) (int64, error) {
	path, err := f.at(name)
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, f.away("make a folder in", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".*"+partial) // made with mode 0600
	if err != nil {
		return 0, f.away("write to", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	source := &source{from: content}
	n, err := io.Copy(file, source)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	switch {
	case source.err != nil:
		return 0, source.err
	case err != nil:
		return 0, f.away("write to", err)
	}
	return n, nil
}

// source keeps the error of a reader apart from that of the writer it is
// copied to.
type source struct {
	from io.Reader
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// Get implements [backingup.Bucket].
func (f *Folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	path, err := f.at(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, backingup.ErrNoObject
	}
	if err != nil {
		return nil, f.away("read", err)
	}
	return file, nil
}

// List implements [backingup.Bucket].
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[backingup.Object, error] {
	return func(yield func(backingup.Object, error) bool) {
		err := filepath.WalkDir(f.path, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // nothing was kept yet, or it went while we looked
			}
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			name, err := filepath.Rel(f.path, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			if d.IsDir() {
				if name != "." && !strings.HasPrefix(name+"/", prefix) && !strings.HasPrefix(prefix, name+"/") {
					return fs.SkipDir
				}
				return nil
			}
			if !strings.HasPrefix(name, prefix) || strings.HasSuffix(name, partial) {
				return nil
			}
			about, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(backingup.Object{Name: name, Size: about.Size()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(backingup.Object{}, f.away("list", err))
		}
	}
}

// Delete implements [backingup.Bucket]. Folders that are empty then go too.
func (f *Folder) Delete(_ context.Context, names ...string) error {
	for _, name := range names {
		path, err := f.at(name)
		if err != nil {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return f.away("delete from", err)
		}
		for dir := filepath.Dir(path); dir != f.path && os.Remove(dir) == nil; {
			dir = filepath.Dir(dir)
		}
	}
	return nil
}

// at is the path of an object, which is always below the folder.
func (f *Folder) at(name string) (string, error) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return "", domain.Errorf(domain.Invalid, "bucket.name", "%q is no name of an object", name)
	}
	return filepath.Join(f.path, local), nil
}

func (f *Folder) away(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	kind := backingup.ErrAway
	if errors.Is(err, fs.ErrPermission) {
		kind = backingup.ErrRefused
	}
	why := fmt.Sprint(err)
	if errors.Is(err, syscall.ENOSPC) {
		why = "the disk is full"
	}
	return domain.Errorf(kind.Kind, kind.Code, "cannot %s %s: %s", doing, f.path, why)
}
