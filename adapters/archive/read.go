package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/football-prediction/football-prediction/ports/exporting"
)

// read reads an archive to its end and holds it to its manifest, so that what
// is told of it is what is on the disk.
func read(ctx context.Context, path string) (exporting.Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return exporting.Archive{}, err
	}
	defer func() { _ = file.Close() }()
	whole := sha256.New()
	size, err := io.Copy(whole, reading{ctx, file})
	if err != nil {
		return exporting.Archive{}, err
	}
	z, err := zip.NewReader(file, size)
	if err != nil {
		return exporting.Archive{}, err
	}
	m, err := readManifest(z)
	if err != nil {
		return exporting.Archive{}, fmt.Errorf("%s: %w", manifestName, err)
	}
	out := exporting.Archive{Place: path, Bytes: size, SHA256: hex.EncodeToString(whole.Sum(nil))}
	for _, p := range m.Tables {
		if err := p.check(ctx, z); err != nil {
			return exporting.Archive{}, fmt.Errorf("%s: %w", p.File, err)
		}
		out.Pages = append(out.Pages, exporting.Page{Table: p.Table, LeftOut: p.LeftOut, Rows: p.Rows, Bytes: p.Bytes, SHA256: p.SHA256})
	}
	return out, nil
}

func readManifest(z *zip.Reader) (m manifest, err error) {
	file, err := z.Open(manifestName)
	if err != nil {
		return m, err
	}
	defer func() { _ = file.Close() }()
	if err := json.NewDecoder(file).Decode(&m); err != nil {
		return m, err
	}
	if m.Format != format {
		return m, fmt.Errorf("its format is %d, known is %d", m.Format, format)
	}
	return m, nil
}

var errAltered = errors.New("it is not what the manifest says")

// check counts the lines and adds up the bytes of a table.
func (p page) check(ctx context.Context, z *zip.Reader) error {
	file, err := z.Open(p.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	sum, lines := sha256.New(), &counting{}
	size, err := io.Copy(io.MultiWriter(sum, lines), reading{ctx, file})
	if err != nil {
		return err
	}
	if size != p.Bytes || lines.n != p.Rows || hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
		return errAltered
	}
	return nil
}

// counting counts lines.
type counting struct{ n int }

func (c *counting) Write(text []byte) (int, error) {
	for _, b := range text {
		if b == '\n' {
			c.n++
		}
	}
	return len(text), nil
}

// reading ends with its context.
type reading struct {
	ctx  context.Context
	from io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}
