// Package exporting gives a tenant everything that is kept of it, in one
// archive. What is in an archive is decided here; how it is written is not.
package exporting

import (
	"context"
	"encoding/json"
	"time"
)

// Row is a row as its columns' JSON. Bytes are text of the form \x0123.
type Row map[string]json.RawMessage

// Rows reads what tenants own.
type Rows interface {
	// Each hands every row of a tenant to sink, table by table, all as they are
	// at one moment. It ends with the first error of sink.
	Each(ctx context.Context, tenantID string, sink Sink) error
}

// Sink takes rows.
type Sink interface {
	// Table begins a table. bytes are its columns of bytes.
	Table(name string, bytes []string) error
	// Row takes a row of the table that was begun last.
	Row(r Row) error
}

// Subject is whose archive it is, and of when.
type Subject struct {
	TenantID, Slug, Name string
	At                   time.Time
}

// Page is a table in an archive.
type Page struct {
	Table   string
	LeftOut []string // columns that are not in it
	Rows    int
	Bytes   int64
	SHA256  string // of the table's rows as they are written, in hexadecimal
}

// Archive is one that is kept.
type Archive struct {
	Place  string // where it is, for a person
	Bytes  int64
	SHA256 string // of the whole, in hexadecimal
	Pages  []Page
}

// Rows is how many rows there are in a.
func (a Archive) Rows() (n int) {
	for _, p := range a.Pages {
		n += p.Rows
	}
	return n
}

// Writer fills an archive.
type Writer interface {
	// Page begins a table, with the columns that are left out of it.
	Page(table string, leftOut []string) error
	// Row adds a row to the table that was begun last.
	Row(r Row) error
}

// Archives keeps archives.
type Archives interface {
	// Ready returns an error, of kind [domain.Conflict] when only an operator
	// can mend it, unless archives can be kept.
	Ready(ctx context.Context) error
	// Keep writes an archive, whole or not at all and readable by its owner
	// alone, and returns it as it was read back and found sound. An archive that
	// has the name already stays as it is, and is returned in its place.
	Keep(ctx context.Context, name string, s Subject, fill func(Writer) error) (Archive, error)
}
