package auditfile

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

var _ auditing.Shelved = (*Reader)(nil)

// longestLine is more than any event takes.
const longestLine = 1 << 20

// Reader reads an archive, line by line.
type Reader struct {
	lines    *bufio.Scanner
	hash     hash.Hash // of the lines before the last
	tenantID string
	last     *pruningLine
}

// NewReader returns a Reader of an archive.
func NewReader(from io.Reader) *Reader {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestLine)
	return &Reader{lines: lines, hash: sha256.New()}
}

// Begin implements [auditing.Shelved].
func (r *Reader) Begin() (tenantID string, before audit.Sum, err error) {
	var first firstLine
	if err := r.next(&first); err != nil || first.Format != format {
		return "", before, errors.New("it is no archive of audit events")
	}
	r.hashLine()
	r.tenantID = first.TenantID
	copy(before[:], first.Before)
	return r.tenantID, before, nil
}

// Next implements [auditing.Shelved].
func (r *Reader) Next() (k audit.Kept, more bool, err error) {
	var l line
	if err := r.next(&l); err != nil {
		return k, false, err
	}
	switch {
	case l.Event != nil:
		r.hashLine()
		return l.Event.kept(r.tenantID), true, nil
	case l.Pruning != nil:
		r.last = l.Pruning
		return k, false, nil
	}
	return k, false, errors.New("a line is neither an event nor the last")
}

// End implements [auditing.Shelved].
func (r *Reader) End() (p audit.Pruning, written audit.Sum, err error) {
	if r.last == nil {
		return p, written, errors.New("its last line is missing")
	}
	if r.lines.Scan() {
		return p, written, errors.New("lines follow the last one")
	}
	r.hash.Sum(written[:0])
	return r.last.pruning(), written, r.lines.Err()
}

func (r *Reader) next(into any) error {
	if !r.lines.Scan() {
		return errors.Join(errors.New("its last line is missing"), r.lines.Err())
	}
	if err := json.Unmarshal(r.lines.Bytes(), into); err != nil {
		return fmt.Errorf("a line is damaged: %w", err)
	}
	return nil
}

func (r *Reader) hashLine() {
	_, _ = r.hash.Write(r.lines.Bytes()) // a hash never fails
	_, _ = r.hash.Write([]byte{'\n'})
}
