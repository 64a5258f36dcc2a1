package auditfile

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

var (
	_ auditing.Archives = Folder("")
	_ auditing.Draft    = (*draft)(nil)
)

// Folder is where archives are kept, each a file of its own that its owner
// alone may read.
type Folder string

// Open implements [auditing.Archives].
func (f Folder) Open(_ context.Context, tenantID string, from, to int64) (auditing.Draft, error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(string(f), ".new-*") // made with mode 0600
	if err != nil {
		return nil, err
	}
	d := &draft{
		tenantID: tenantID, file: file, out: bufio.NewWriter(file), hash: sha256.New(),
		path: filepath.Join(string(f), fmt.Sprintf("audit-%s-%012d-%012d.jsonl", tenantID, from, to)),
	}
	return d, nil
}

// draft is a file that has its name once it is whole.
type draft struct {
	tenantID string
	path     string
	file     *os.File
	out      *bufio.Writer
	hash     hash.Hash
}

// Begin implements [auditing.Draft].
func (d *draft) Begin(before audit.Sum) error {
	return d.write(firstLine{Format: format, TenantID: d.tenantID, Before: before[:]})
}

// Add implements [auditing.Draft].
func (d *draft) Add(k audit.Kept) error { return d.write(line{Event: toEventLine(k)}) }

// Sum implements [auditing.Draft].
func (d *draft) Sum() (s audit.Sum) {
	d.hash.Sum(s[:0])
	return s
}

func (d *draft) write(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if len(text) >= longestLine {
		return fmt.Errorf("a line of %d bytes could not be read again", len(text))
	}
	text = append(text, '\n')
	_, _ = d.hash.Write(text) // a hash never fails
	_, err = d.out.Write(text)
	return err
}

// Close implements [auditing.Draft].
func (d *draft) Close(p audit.Pruning) (string, error) {
	if err := d.write(line{Pruning: toPruningLine(p)}); err != nil {
		return "", err
	}
	if err := errors.Join(d.out.Flush(), d.file.Sync(), d.file.Close()); err != nil {
		return "", err
	}
	if err := os.Rename(d.file.Name(), d.path); err != nil {
		return "", err
	}
	// The name outlasts a loss of power once the folder is written.
	folder, err := os.Open(filepath.Dir(d.path))
	if err != nil {
		return "", err
	}
	return d.path, errors.Join(folder.Sync(), folder.Close())
}

// Discard implements [auditing.Draft].
func (d *draft) Discard() error {
	_ = d.file.Close() // which may have been done
	if err := os.Remove(d.file.Name()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
