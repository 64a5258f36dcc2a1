package maintaining

import (
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// longestListing bounds what a report shows of anything.
const longestListing = 50

// say is what the step comes down to, in one sentence.
func (s *session) say(format string, args ...any) { s.result.Summary = fmt.Sprintf(format, args...) }

// warn notes something that somebody should look at.
func (s *session) warn(remedy, format string, args ...any) {
	s.note(operation.Attention, remedy, format, args...)
}

// inform notes something worth knowing.
func (s *session) inform(format string, args ...any) { s.note(operation.Fine, "", format, args...) }

// skip notes what was not looked at or not done. Without a remedy it is that
// there is nothing to look at here.
func (s *session) skip(remedy, format string, args ...any) {
	s.note(operation.Skipped, remedy, format, args...)
	if s.result.Summary == "" {
		s.result.Summary = fmt.Sprintf(format, args...)
	}
}

func (s *session) note(v operation.Verdict, remedy, format string, args ...any) {
	s.result.Notes = append(s.result.Notes, operation.Note{Verdict: v, Text: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (s *session) figure(name string, value float64, unit operation.Unit) {
	s.result.Figures = append(s.result.Figures, operation.Figure{Name: name, Value: value, Unit: unit})
}

// list adds a table, of which the first rows are shown. columns are divided by
// bars.
func (s *session) list(title, columns string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	l := operation.Listing{Title: title, Columns: strings.Split(columns, "|"), Rows: rows}
	if len(rows) > longestListing {
		l.Rows, l.Left = rows[:longestListing], len(rows)-longestListing
	}
	s.result.Listings = append(s.result.Listings, l)
}

// would is "would be" in a dry run, else "was" or "were".
func (s *session) would(done string) string {
	if s.dry {
		return "would be"
	}
	return done
}

// size is a number of bytes for a person.
func size(bytes float64) string {
	const step = 1024
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if bytes < step {
			return trimmed(bytes) + " " + unit
		}
		bytes /= step
	}
	return trimmed(bytes) + " TiB"
}

func trimmed(value float64) string {
	if value == float64(int64(value)) || value >= 100 {
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.1f", value)
}

// percent is a share for a person.
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// argument is text as one word of a command line, for whoever copies it: names
// come from outside.
func argument(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// many is "1 row", "2 rows".
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
