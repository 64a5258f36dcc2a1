package files

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// The kinds of what is in a folder. Of others there is only a name to keep.
const (
	aFile   = "file"
	aFolder = "folder"
	aLink   = "link"
)

// entry is one of the things in a root.
type entry struct {
	kind string
	mode fs.FileMode // the nine permissions; set-user-id is not brought back
	size int64
	hash string // SHA-256 of a file's bytes, "-" of others
	path string
	to   string // of a link
}

func entryOf(path string, found fs.FileInfo) entry {
	e := entry{kind: kindOf(found.Mode()), mode: found.Mode().Perm(), hash: "-", path: path}
	if e.kind == aLink {
		e.mode = 0 // systems disagree about it, and none uses it
	}
	return e
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return aFile
	case mode.IsDir():
		return aFolder
	case mode&fs.ModeSymlink != 0:
		return aLink
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case mode&fs.ModeDevice != 0:
		return "device"
	default:
		return "unknown"
	}
}

// kept reports whether more than the name is kept.
func (e entry) kept() bool { return e.kind == aFile || e.kind == aFolder || e.kind == aLink }

// line is an entry as it is listed and hashed. Names are quoted, as they may be
// of any bytes.
func (e entry) line() string {
	return fmt.Sprintf("%s %o %d %s %q %q", e.kind, e.mode, e.size, e.hash, e.path, e.to)
}

func parseLine(line string) (e entry, err error) {
	_, err = fmt.Sscanf(line, "%s %o %d %s %q %q", &e.kind, &e.mode, &e.size, &e.hash, &e.path, &e.to)
	return e, err
}

// contents is all that is in a root.
type contents struct {
	entries map[string]entry
	files   int64
	sum     sum
}

func newContents() *contents { return &contents{entries: make(map[string]entry)} }

func (c *contents) add(e entry) {
	c.entries[e.path] = e
	if !e.kept() {
		return
	}
	c.sum.add(e.line())
	if e.kind == aFile {
		c.files++
	}
}

// set counts files; its hash is of folders and links as well.
func (c *contents) set(name string) operation.Set {
	return operation.Set{Name: name, Rows: c.files, Hash: c.sum.String()}
}

// skipped names what is neither file nor folder nor link.
func (c *contents) skipped(name string) (all []operation.Object) {
	for _, path := range slices.Sorted(maps.Keys(c.entries)) {
		if e := c.entries[path]; !e.kept() {
			all = append(all, operation.Object{Kind: "skipped", Name: name + "/" + path, Definition: e.kind})
		}
	}
	return all
}

// differences tell what is not as it was in the root called name.
func (c *contents) differences(name string, was *contents) (faults []string) {
	for _, path := range slices.Sorted(maps.Keys(was.entries)) {
		before := was.entries[path]
		now, ok := c.entries[path]
		switch {
		case !before.kept():
		case !ok:
			faults = append(faults, fmt.Sprintf("%s %s/%s is missing", before.kind, name, path))
		case now != before:
			faults = append(faults, fmt.Sprintf("%s/%s is {%s} and was {%s}", name, path, now.line(), before.line()))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(c.entries)) {
		if _, ok := was.entries[path]; !ok {
			faults = append(faults, fmt.Sprintf("%s %s/%s was not there before", c.entries[path].kind, name, path))
		}
	}
	return faults
}

// readList reads a list that Capture wrote.
func readList(from io.Reader) (*contents, error) {
	c := newContents()
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF && line == "" { //nolint:errorlint // readers return io.EOF itself
			return c, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(c.entries)+1, err)
		}
		e, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(c.entries)+1, err)
		}
		c.add(e)
	}
}

// sum hashes lines whatever their order: it is the sum of their SHA-256, as
// numbers of 256 bits. A sum, unlike an exclusive or, also tells two equal lines
// from none.
type sum [sha256.Size]byte

func (s *sum) add(line string) {
	digest := sha256.Sum256([]byte(line))
	carry := 0
	for i := len(s) - 1; i >= 0; i-- {
		carry += int(s[i]) + int(digest[i])
		s[i] = byte(carry)
		carry >>= 8
	}
}

func (s *sum) String() string { return hex.EncodeToString(s[:]) }
