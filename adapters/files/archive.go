package files

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/football-prediction/football-prediction/ports/backingup"
)

// archive is a tar that is being written, in the format that any tar of today
// reads.
type archive struct {
	file *os.File
	out  *bufio.Writer
	tar  *tar.Writer
	at   int64 // the bytes written so far

	stopped func() error
	report  backingup.Progress
	what    string
	added   int
	told    int64
}

func newArchive(ctx context.Context, path string, report backingup.Progress, what string) (*archive, error) {
	created, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	a := &archive{stopped: ctx.Err, file: created, out: bufio.NewWriterSize(created, 256<<10), report: report, what: what}
	a.tar = tar.NewWriter(a)
	return a, nil
}

// Write takes what the tar writer makes.
func (a *archive) Write(p []byte) (int, error) {
	if err := a.stopped(); err != nil {
		return 0, err
	}
	n, err := a.out.Write(p)
	a.at += int64(n)
	if a.at>>20 != a.told {
		a.told = a.at >> 20
		a.report(a.added, 0, a.what)
	}
	return n, err
}

func (a *archive) close() error { return errors.Join(a.tar.Close(), a.out.Flush(), a.file.Close()) }

// attempts bound how often what is at a place may become something else between
// two looks at it.
const attempts = 100

// add archives what is at a place and says what it was. It is gone when it
// vanished before it was read.
func (a *archive) add(at place, found fs.FileInfo) (e entry, gone bool, err error) {
	a.added++
	for range attempts {
		e, err = a.addFound(at, found)
		if errors.Is(err, errReplaced) {
			found, err = at.in.Lstat(at.base)
			if err == nil {
				continue
			}
		}
		if vanished(err) {
			return e, true, nil
		}
		return e, false, err
	}
	return e, false, fmt.Errorf("%s is replaced faster than it can be read", at.path)
}

func (a *archive) addFound(at place, found fs.FileInfo) (e entry, err error) {
	switch e = entryOf(at.path, found); e.kind {
	case aFile:
		return a.addFile(at, found)
	case aLink:
		e.to, err = at.in.Readlink(at.base)
		if errors.Is(err, syscall.EINVAL) { // it is no link
			return e, errReplaced
		}
		if err != nil {
			return e, err
		}
		return e, a.header(e, found)
	case aFolder:
		return e, a.header(e, found)
	default:
		return e, nil
	}
}

func (a *archive) header(e entry, found fs.FileInfo) error {
	h, err := tar.FileInfoHeader(found, e.to)
	if err != nil {
		return err
	}
	h.Name, h.Mode, h.Size, h.Format = e.path, int64(e.mode), e.size, tar.FormatPAX
	h.Uname, h.Gname, h.AccessTime, h.ChangeTime = "", "", time.Time{}, time.Time{}
	if e.kind == aFolder {
		h.Name += "/"
	}
	return a.tar.WriteHeader(h)
}

func (a *archive) addFile(at place, found fs.FileInfo) (e entry, err error) {
	content, found, err := openFile(at, found)
	if err != nil {
		return e, err
	}
	defer func() { _ = content.Close() }()
	e = entryOf(at.path, found)
	if err := a.tar.Flush(); err != nil {
		return e, err
	}
	began := a.at
	e.size = found.Size()
	if e.hash, err = a.content(e, found, content); !errors.Is(err, errShrank) {
		return e, err
	}
	if err := a.rewind(began); err != nil {
		return e, err
	}
	return a.addShrunk(e, found, content)
}

// openFile opens the file that was found at a place, and nothing that took its
// place: a pipe would never open, and a link leads elsewhere. It returns what is
// known of it by now.
func openFile(at place, found fs.FileInfo) (*os.File, fs.FileInfo, error) {
	content, err := at.in.OpenFile(at.base, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, replaced(at, found, err)
	}
	opened, err := content.Stat()
	if err == nil && !os.SameFile(found, opened) {
		err = errReplaced
	}
	if err != nil {
		return nil, nil, errors.Join(err, content.Close())
	}
	return content, opened, nil
}

// errShrank is about a file that has become shorter than the archive says.
var errShrank = errors.New("it became shorter")

// content archives the first e.size bytes of a file and returns their hash. What
// is appended meanwhile is left to the next backup.
func (a *archive) content(e entry, found fs.FileInfo, from io.Reader) (hash string, err error) {
	if err := a.header(e, found); err != nil {
		return "", err
	}
	digest := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, digest), io.LimitReader(from, e.size))
	if err == nil && n < e.size {
		err = errShrank
	}
	return hex.EncodeToString(digest.Sum(nil)), err
}

// rewind takes back what was written since the archive was that long.
func (a *archive) rewind(to int64) error {
	if err := a.out.Flush(); err != nil {
		return err
	}
	if err := a.file.Truncate(to); err != nil {
		return err
	}
	if _, err := a.file.Seek(to, io.SeekStart); err != nil {
		return err
	}
	a.at, a.tar = to, tar.NewWriter(a)
	return nil
}

// addShrunk archives a file that became shorter while it was read, by way of
// a copy whose length does not change.
func (a *archive) addShrunk(e entry, found fs.FileInfo, content *os.File) (_ entry, err error) {
	held, err := os.CreateTemp(filepath.Dir(a.file.Name()), "shrunk-")
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, held.Close(), os.Remove(held.Name())) }()
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return e, err
	}
	// Not more than was there, or a file that grows again would have no end.
	if e.size, err = io.Copy(held, io.LimitReader(content, e.size)); err != nil {
		return e, err
	}
	if _, err := held.Seek(0, io.SeekStart); err != nil {
		return e, err
	}
	e.hash, err = a.content(e, found, held)
	return e, err
}

// listing is a list that is being written.
type listing struct {
	*bufio.Writer
	file *os.File
}

func newList(path string) (*listing, error) {
	created, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &listing{Writer: bufio.NewWriter(created), file: created}, nil
}

func (l *listing) close() error { return errors.Join(l.Flush(), l.file.Close()) }
