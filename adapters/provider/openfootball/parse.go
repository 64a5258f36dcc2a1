// Package openfootball reads the JSON files of openfootball/football.json, of
// the current shape and the one before 2019, and gets them from GitHub.
package openfootball

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Limits of a file. The largest of the project has 150 KB and 557 matches.
const (
	MaxFile    = 16 << 20 // bytes; they are held in memory
	MaxMatches = 20000
)

// Parse reads the file of one edition from r. Bad matches become findings that
// name file; an [ingesting.ErrUnreadable] means that there is nothing to read.
// A file that breaks off keeps what stands before. The batch has no
// fingerprint. Nesting is bounded by encoding/json.
func Parse(ctx context.Context, r io.Reader, e ingesting.Edition, file string) (ingesting.Batch, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	at := quality.Place{File: file}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ingesting.Batch{}, err
	case err != nil:
		return ingesting.Batch{}, intake.Unreadable(at, "%v", err)
	case len(data) > MaxFile:
		return ingesting.Batch{}, intake.Unreadable(at, "the file is larger than 16 MB")
	case len(bytes.TrimSpace(data)) == 0:
		return ingesting.Batch{}, intake.Unreadable(at, "the file is empty")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return ingesting.Batch{}, intake.Unreadable(at, "the file is UTF-16; save it as UTF-8")
	}
	zone, err := time.LoadLocation(e.Competition.TimeZone)
	if err != nil {
		return ingesting.Batch{}, intake.Unreadable(at, "its times can't be read: %v", err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := parser{
		data: data, decoder: json.NewDecoder(bytes.NewReader(data)), position: position{data: data},
		to: intake.NewBuilder(e, file), zone: zone,
	}
	return p.parse(ctx, file)
}

// Recognise reports whether head, the beginning of a file, looks like a file
// of this format.
func Recognise(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	return bytes.HasPrefix(head, []byte("{")) &&
		(bytes.Contains(head, []byte(`"matches"`)) || bytes.Contains(head, []byte(`"rounds"`)))
}

type parser struct {
	data     []byte
	decoder  *json.Decoder
	position position
	to       *intake.Builder
	zone     *time.Location
	seen     bool // a list of matches
}

var (
	errShape   = errors.New("the file has no list of matches, so it is none of openfootball")
	errTooMany = fmt.Errorf("the file has more than %d matches; the rest was not read", MaxMatches)
)

func (p *parser) parse(ctx context.Context, file string) (ingesting.Batch, error) {
	err := p.object(func(name string) error {
		switch name {
		case "matches":
			return p.matches(ctx, "")
		case "rounds":
			return p.list(func() error { return p.round(ctx) })
		}
		return p.skip()
	})
	if err == nil && !p.seen {
		err = errShape
	}
	switch {
	case err == nil:
		return p.to.Batch(""), nil
	case ctx.Err() != nil:
		return ingesting.Batch{}, context.Cause(ctx)
	}
	at := p.position.place(int(p.decoder.InputOffset()))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = p.position.place(len(p.data)), errors.New("the file breaks off here")
	}
	if p.to.Rows() == 0 {
		at.File = file
		return ingesting.Batch{}, intake.Unreadable(at, "%v", err)
	}
	p.to.Report(quality.SourceUnread, at, "", "%v", err)
	return p.to.Batch(""), nil
}

// round reads a round of the older shape: an object with a name and matches.
func (p *parser) round(ctx context.Context) error {
	round := ""
	return p.object(func(name string) error {
		switch name {
		case "name":
			var t text
			err := p.decoder.Decode(&t)
			round = string(t)
			return err
		case "matches":
			return p.matches(ctx, round)
		}
		return p.skip()
	})
}

func (p *parser) matches(ctx context.Context, round string) error {
	p.seen = true
	return p.list(func() error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if p.to.Rows() == MaxMatches {
			return errTooMany
		}
		return p.match(round)
	})
}

// match reads one match; only what ends the reading of the file is an error.
func (p *parser) match(round string) error {
	var raw json.RawMessage
	if err := p.decoder.Decode(&raw); err != nil {
		return err
	}
	p.to.Row()
	offset := int(p.decoder.InputOffset()) - len(raw)
	m, bad := decodeMatch(raw)
	if bad == nil {
		var record ingesting.Record
		var day time.Time
		if record, day, bad = p.record(m, round); bad == nil {
			record.Place = p.position.place(offset)
			p.to.Add(record, day, string(raw))
			return nil
		}
	}
	at := p.position.place(offset + memberOffset(raw, bad.member))
	at.Field = bad.member
	p.to.Report(bad.rule, at, string(raw), "%s", bad.reason)
	return nil
}
