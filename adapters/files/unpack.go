package files

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// unpacking brings what is in an archive into an empty folder. An archive may
// have been made by an enemy: nothing leaves the folder, nothing is written
// twice, through a link, or beyond what the archive itself is long.
type unpacking struct {
	into *os.Root
	// lasting brings owners back where we may, and what was written to disk. To
	// try an archive out takes neither.
	lasting bool
	left    int64 // bytes that files may still have
	folders []*tar.Header
	links   []*tar.Header
}

// stoppable reads until it is told to stop.
type stoppable struct {
	io.Reader
	stopped func() error
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// hostile is about what no archive of ours has.
type hostile string

func (h hostile) Error() string { return string(h) }

func unpack(ctx context.Context, archive string, into *os.Root, lasting bool) error {
	packed, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { _ = packed.Close() }()
	size, err := packed.Stat()
	if err != nil {
		return err
	}
	u := &unpacking{into: into, lasting: lasting, left: size.Size()}
	entries := tar.NewReader(bufio.NewReaderSize(stoppable{packed, ctx.Err}, 256<<10))
	for {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return u.finish()
		}
		if err != nil {
			return err
		}
		if err := u.one(h, entries); err != nil {
			return fmt.Errorf("%q: %w", h.Name, err)
		}
	}
}

func (u *unpacking) one(h *tar.Header, content io.Reader) error {
	plain := strings.TrimSuffix(h.Name, "/")
	if !filepath.IsLocal(plain) || path.Clean(plain) != plain {
		return hostile("the name leads elsewhere")
	}
	h.Name = plain
	switch h.Typeflag {
	case tar.TypeReg:
		return u.file(h, content)
	case tar.TypeDir:
		u.folders = append(u.folders, h)
		if h.Name == "." {
			return nil
		}
		return u.into.Mkdir(h.Name, 0o700)
	case tar.TypeSymlink:
		u.links = append(u.links, h)
		return nil
	default:
		return hostile(fmt.Sprintf("it is of type %q", h.Typeflag))
	}
}

func (u *unpacking) file(h *tar.Header, content io.Reader) error {
	// A few bytes may stand for a file with holes of any length.
	if u.left -= h.Size; u.left < 0 || h.Size < 0 {
		return hostile("it is longer than the archive")
	}
	created, err := u.into.OpenFile(h.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(created, content)
	if u.lasting {
		err = errors.Join(err, created.Sync())
	}
	if err = errors.Join(err, created.Close()); err != nil {
		return err
	}
	return u.attributes(h)
}

// finish makes the links, through which nothing can be written any more, and
// closes the folders, in which nothing is to be made any more.
func (u *unpacking) finish() error {
	for _, h := range u.links {
		if err := u.into.Symlink(h.Linkname, h.Name); err != nil {
			return err
		}
		if err := u.own(h); err != nil {
			return err
		}
	}
	for i := len(u.folders) - 1; i >= 0; i-- {
		if err := u.attributes(u.folders[i]); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) attributes(h *tar.Header) error {
	if err := u.own(h); err != nil {
		return err
	}
	if err := u.into.Chmod(h.Name, fs.FileMode(h.Mode)&fs.ModePerm); err != nil {
		return err
	}
	return u.into.Chtimes(h.Name, h.ModTime, h.ModTime)
}

func (u *unpacking) own(h *tar.Header) error {
	if !u.lasting || os.Geteuid() != 0 {
		return nil
	}
	return u.into.Lchown(h.Name, h.Uid, h.Gid)
}

// theirs are errors that an archive causes, and no disk.
var theirs = []error{
	tar.ErrHeader, tar.ErrFieldTooLong, tar.ErrInsecurePath, io.ErrUnexpectedEOF, fs.ErrExist, fs.ErrNotExist,
	syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.ELOOP,
}

// told tells an archive that is at fault from a machine that is.
func told(err error) (fault string, _ error) {
	var enemy hostile
	if errors.As(err, &enemy) {
		return err.Error(), nil
	}
	for _, e := range theirs {
		if errors.Is(err, e) {
			return err.Error(), nil
		}
	}
	return "", err
}
