// Package footballdatacouk reads the CSV files of football-data.co.uk, and
// gets them from there.
package footballdatacouk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Parse reads the file of one edition from r, in bounded memory. Bad rows and
// cells become findings that name file; an [ingesting.ErrUnreadable] means
// that the file is none of this format. The batch has no fingerprint.
func Parse(ctx context.Context, r io.Reader, e ingesting.Edition, file string) (ingesting.Batch, error) {
	p := parser{lines: newLines(r), to: intake.NewBuilder(e, file), file: file, names: make(map[string]string)}
	if err := p.header(); err != nil {
		return ingesting.Batch{}, err
	}
	for {
		if p.line%256 == 0 && ctx.Err() != nil {
			return ingesting.Batch{}, context.Cause(ctx)
		}
		if more, err := p.next(); err != nil {
			return ingesting.Batch{}, err
		} else if !more {
			return p.to.Batch(""), nil
		}
	}
}

// Recognise reports whether head, the beginning of a file, is a header of this
// format.
func Recognise(head []byte) bool {
	p := parser{lines: newLines(bytes.NewReader(head)), file: "head"}
	return p.header() == nil
}

type parser struct {
	lines   *lines
	to      *intake.Builder
	file    string
	line    int
	columns columns
	fields  []field
	names   map[string]string
}

// header reads up to the header, which is the first line that isn't blank.
func (p *parser) header() error {
	for {
		got, err := p.lines.next()
		p.line++
		at := quality.Place{File: p.file, Line: p.line, Column: 1}
		switch {
		case errors.Is(err, io.EOF):
			return intake.Unreadable(quality.Place{File: p.file}, "the file is empty")
		case got.tooLong:
			at.Column = MaxLine + 1
			return intake.Unreadable(at, "the line is longer than 1 MB")
		case err != nil:
			return readError(at, err)
		}
		text := bytes.TrimPrefix(got.text, []byte("\xef\xbb\xbf"))
		if reason := binary(text); reason != "" {
			return intake.Unreadable(at, "%s", reason)
		}
		fields, err := split(decode(text), nil)
		if err != nil {
			return shapeError(at, err)
		}
		if blank(fields) {
			continue
		}
		columns, missing := readHeader(fields)
		if missing != "" {
			return intake.Unreadable(at, "the header has no column %s, so this is no file of football-data.co.uk", missing)
		}
		p.columns = columns
		return nil
	}
}

// next reads one row. more is false at the end of the file, or of what is read
// of it.
func (p *parser) next() (more bool, _ error) {
	got, err := p.lines.next()
	p.line++
	at := quality.Place{Line: p.line, Column: 1}
	switch {
	case errors.Is(err, io.EOF):
		return false, nil
	case errors.Is(err, errFileTooLarge) && got.tooLong:
		at.Column = MaxLine + 1
		p.to.Row()
		p.to.Report(quality.SourceUnread, at, "", "the line is longer than 1 MB and the file larger than 64 MB; the rest was not read")
		return false, nil
	case errors.Is(err, errFileTooLarge):
		p.to.Report(quality.SourceUnread, at, "", "the file is larger than 64 MB; the rest was not read")
		return false, nil
	case err != nil:
		at.File = p.file
		return false, readError(at, err)
	}
	if p.to.Rows() == MaxRows && len(bytes.Trim(got.text, ", ")) > 0 {
		p.to.Report(quality.SourceUnread, at, "", "the file has more than %d rows; the rest was not read", MaxRows)
		return false, nil
	}
	p.row(got, at)
	return true, nil
}

func (p *parser) row(got line, at quality.Place) {
	if got.tooLong {
		p.to.Row()
		at.Column = MaxLine + 1
		p.to.Report(quality.UnreadableRow, at, string(got.text[:quality.MaxRaw]), "the line is longer than 1 MB")
		return
	}
	text := decode(got.text)
	fields, err := split(text, p.fields[:0])
	p.fields = fields
	if err == nil && blank(fields) {
		return
	}
	p.to.Row()
	if column, reason := p.shape(got, fields, err); reason != "" {
		at.Column = column
		p.to.Report(quality.UnreadableRow, at, text, "%s", reason)
		return
	}
	r := row{to: p.to, columns: &p.columns, fields: fields, line: p.line, raw: text}
	if record, day, ok := r.read(); ok {
		record.Home, record.Away = p.intern(record.Home), p.intern(record.Away)
		p.to.Add(record, day, text)
	}
}

// shape says what is wrong with a row as a whole, and where.
func (p *parser) shape(got line, fields []field, err error) (column int, reason string) {
	var shape *splitError
	switch {
	case bytes.IndexByte(got.text, 0) >= 0:
		return bytes.IndexByte(got.text, 0) + 1, "the row holds a NUL byte, so it is no text"
	case errors.As(err, &shape):
		return shape.column, shape.reason
	case !got.ended && len(fields) < len(p.columns.names):
		return len(got.text) + 1, "the file ends in the middle of this row"
	}
	for _, f := range fields[min(len(p.columns.names), len(fields)):] {
		if f.text != "" {
			return f.column, "the row has more columns than the header, so its cells can't be told apart"
		}
	}
	return 0, ""
}

// intern keeps one copy of each name, so that no record holds its whole line.
func (p *parser) intern(name string) string {
	kept, ok := p.names[name]
	if !ok {
		kept = strings.Clone(name)
		p.names[kept] = kept
	}
	return kept
}

// binary says why text can't be the beginning of a CSV file, if it can't.
func binary(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "the file is UTF-16; save it as UTF-8"
	case bytes.IndexByte(text, 0) >= 0:
		return "the file holds NUL bytes, so it is no text"
	}
	return ""
}

func blank(fields []field) bool {
	for _, f := range fields {
		if f.text != "" {
			return false
		}
	}
	return true
}

func shapeError(at quality.Place, err error) error {
	var shape *splitError
	if errors.As(err, &shape) {
		at.Column = shape.column
	}
	return intake.Unreadable(at, "%v", err)
}

// readError keeps a context's error recognisable; all else is unreadable.
func readError(at quality.Place, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return intake.Unreadable(at, "%v", err)
}
