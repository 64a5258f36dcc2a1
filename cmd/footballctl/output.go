package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// print writes a result: value as JSON with --json, else what human writes.
func (p *program) print(value any, human func(io.Writer)) error {
	if !p.json {
		human(p.out)
		return nil
	}
	if err := json.NewEncoder(p.out).Encode(value); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}

// table writes rows below a head, in aligned columns. Cells must hold no tabs.
func table(w io.Writer, head string, rows [][]string) {
	columns(w, append([][]string{strings.Fields(head)}, rows...))
}

// columns writes rows in aligned columns. Cells must hold no tabs.
func columns(w io.Writer, rows [][]string) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(out, strings.ReplaceAll(strings.Join(row, "\t"), "\n", " "))
	}
	_ = out.Flush()
}

// moment is t to the minute, "-" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// date is the day of t, "-" for none.
func date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}

// orDash is text, "-" for none, so that columns stay columns.
func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// plural is "1 match", "2 matches".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
