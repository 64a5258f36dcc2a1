package archive

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/ports/exporting"
)

// manifestName is the file that says what the others are. It is the last one,
// since only then is it known.
const manifestName = "manifest.json"

// manifest is what an archive says of itself.
type manifest struct {
	Format int       `json:"format"`
	Tenant owner     `json:"tenant"`
	At     time.Time `json:"exported_at"`
	Tables []page    `json:"tables"`
}

type owner struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
}

type page struct {
	Table   string   `json:"table"`
	File    string   `json:"file"`
	Rows    int      `json:"rows"`
	Bytes   int64    `json:"bytes"`
	SHA256  string   `json:"sha256"`
	LeftOut []string `json:"left_out"` // columns: secrets, and hashes of them
}

// format changes when an older reader could not read an archive any more.
const format = 1

// writer fills one archive.
type writer struct {
	zip   *zip.Writer
	at    time.Time
	pages []page

	file io.Writer // of the table that was begun last
	sum  hash.Hash
}

func writeZip(to io.Writer, s exporting.Subject, fill func(exporting.Writer) error) error {
	buffered := bufio.NewWriterSize(to, 1<<16)
	w := &writer{zip: zip.NewWriter(buffered), at: s.At, pages: []page{}}
	if err := fill(w); err != nil {
		return err
	}
	w.end()
	file, err := w.create(manifestName)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(manifest{Format: format, Tenant: owner{ID: s.TenantID, Slug: s.Slug, Name: s.Name}, At: s.At, Tables: w.pages})
	return errors.Join(err, w.zip.Close(), buffered.Flush())
}

func (w *writer) create(name string) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.at})
}

// Page implements [exporting.Writer].
func (w *writer) Page(table string, leftOut []string) (err error) {
	w.end()
	name := "tables/" + table + ".jsonl"
	if w.file, err = w.create(name); err != nil {
		return err
	}
	w.sum = sha256.New()
	w.pages = append(w.pages, page{Table: table, File: name, LeftOut: append([]string{}, leftOut...)})
	return nil
}

// end closes the table that was begun last.
func (w *writer) end() {
	if len(w.pages) > 0 {
		w.pages[len(w.pages)-1].SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	}
}

// Row implements [exporting.Writer].
func (w *writer) Row(r exporting.Row) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	p := &w.pages[len(w.pages)-1]
	p.Rows, p.Bytes = p.Rows+1, p.Bytes+int64(len(line))
	w.sum.Write(line)
	_, err = w.file.Write(line)
	return err
}
