// Package intake gathers what a parser reads from one file into a batch:
// records, findings, and what is told twice. It knows no format.
package intake

import (
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// MaxFindings bounds what is kept of one file's findings, so that a file in
// which every cell is wrong can't fill the memory.
const MaxFindings = 20000

// Builder fills the batch of one edition. The zero value is not usable; see
// [NewBuilder].
type Builder struct {
	edition ingesting.Edition
	file    string
	batch   ingesting.Batch
	dropped int
	matches map[meeting]int // index of the record, in batch.Records
	teams   map[string]string
}

// meeting identifies a match within a file.
type meeting struct {
	home, away string
	day        time.Time
}

// NewBuilder returns a Builder for e. Findings will name file.
func NewBuilder(e ingesting.Edition, file string) *Builder {
	return &Builder{edition: e, file: file, matches: make(map[meeting]int), teams: make(map[string]string)}
}

// Edition is what the batch is of.
func (b *Builder) Edition() ingesting.Edition { return b.edition }

// Row counts a row that was seen, good or bad.
func (b *Builder) Row() { b.batch.Rows++ }

// Rows is how many were seen.
func (b *Builder) Rows() int { return b.batch.Rows }

// Report keeps a finding. at needs no file name; raw is cut to what is kept.
func (b *Builder) Report(rule quality.Rule, at quality.Place, raw, reason string, args ...any) {
	if len(b.batch.Findings) >= MaxFindings {
		b.dropped++
		return
	}
	at.File = b.file
	b.batch.Findings = append(b.batch.Findings, quality.Finding{
		Rule: rule, Competition: b.edition.Competition.Code, Season: b.edition.Season,
		Source: b.edition.Source, Place: at, Reason: Cut(fmt.Sprintf(reason, args...)), Raw: Cut(raw),
	})
}

// Add takes r in, unless its file told the match before. day is the date that
// the file gives the match. A match told alike is left out as a duplicate;
// told with another result, the first is kept and the other is reported, with
// the line of the first. Only a result that follows the bare fixture takes its
// place.
func (b *Builder) Add(r ingesting.Record, day time.Time, raw string) {
	for _, name := range []string{r.Home, r.Away} {
		if reason := badName(name); reason != "" {
			b.Report(quality.UnreadableRow, r.Place, raw, "the name %q %s", Cut(name), reason)
			return
		}
	}
	home, away := b.team(r.Home), b.team(r.Away)
	if home == away {
		b.Report(quality.UnreadableRow, r.Place, raw, "%s can't play against itself", r.Home)
		return
	}
	r.Place.File, r.Round = b.file, Cut(r.Round)
	key := meeting{home: home, away: away, day: day}
	at, told := b.matches[key]
	if !told {
		b.matches[key] = len(b.batch.Records)
		b.batch.Records = append(b.batch.Records, r)
		return
	}
	first := &b.batch.Records[at]
	switch {
	case conflict(*first, r):
		b.Report(quality.ConflictResult, r.Place, raw, "%s – %s ended %s here and %s in line %d; that one is kept",
			r.Home, r.Away, r.FullTime, first.FullTime, first.Place.Line)
	case first.FullTime == nil && r.FullTime != nil:
		b.Report(quality.DuplicateMatch, first.Place, "", "the match is given again, with its result, in line %d; that one is kept", r.Place.Line)
		*first = r
	default:
		b.Report(quality.DuplicateMatch, r.Place, raw, "the match was given before, in line %d; that one is kept", first.Place.Line)
	}
}

// Batch is what was gathered.
func (b *Builder) Batch(fingerprint string) ingesting.Batch {
	if b.dropped > 0 {
		b.batch.Findings = append(b.batch.Findings, quality.Finding{
			Rule: quality.SourceUnread, Competition: b.edition.Competition.Code, Season: b.edition.Season,
			Source: b.edition.Source, Place: quality.Place{File: b.file},
			Reason: fmt.Sprintf("%d more findings of this file were not kept", b.dropped),
		})
		b.dropped = 0
	}
	b.batch.Fingerprint = fingerprint
	return b.batch
}

// team is the identity of name, remembered because a season has few names and
// many matches.
func (b *Builder) team(name string) string {
	key, ok := b.teams[name]
	if !ok {
		key = football.ResolveTeam(b.edition.Competition.Country, name).Key
		b.teams[name] = key
	}
	return key
}

func conflict(a, b ingesting.Record) bool {
	return a.FullTime != nil && b.FullTime != nil && *a.FullTime != *b.FullTime
}
