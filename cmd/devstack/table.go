package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// maxNameWidth keeps the table within a terminal of 120 columns.
const maxNameWidth = 22

// printForecasts prints a table of forecasts. Kick-offs are in UTC.
func printForecasts(w io.Writer, all []forecast) {
	rows := [][]string{{"Kick-off (UTC)", "Competition", "Home", "Away", "xG", "Home", "Draw", "Away", "Pick"}}
	for _, f := range all {
		rows = append(rows, row(f))
	}
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	for i, r := range rows {
		printRow(w, r, widths)
		if i == 0 {
			rule := make([]string, len(widths))
			for j, width := range widths {
				rule[j] = strings.Repeat("─", width)
			}
			printRow(w, rule, widths)
		}
	}
}

func row(f forecast) []string {
	kickOff := f.Match.KickOff.UTC().Format("Mon 2006-01-02 15:04")
	if !f.Match.KickOffTimeKnown {
		kickOff = f.Match.KickOff.UTC().Format("Mon 2006-01-02")
	}
	pick := "–"
	if f.Pick != nil {
		pick = *f.Pick
	}
	return []string{
		kickOff, shortened(f.Match.Competition.Name), shortened(f.Match.Home.Name), shortened(f.Match.Away.Name),
		fmt.Sprintf("%.1f : %.1f", f.ExpectedGoals.Home, f.ExpectedGoals.Away),
		percent(f.Outcome.Home), percent(f.Outcome.Draw), percent(f.Outcome.Away), pick,
	}
}

func percent(p float64) string { return fmt.Sprintf("%4.1f %%", 100*p) }

func printRow(w io.Writer, cells []string, widths []int) {
	var line strings.Builder
	for i, cell := range cells {
		line.WriteString(cell)
		line.WriteString(strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)+2))
	}
	_, _ = fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
}

// shortened cuts a name to maxNameWidth columns. What would steer a terminal is
// dropped: names come from outside.
func shortened(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, name)
	if uniseg.StringWidth(name) <= maxNameWidth {
		return name
	}
	var cut strings.Builder
	width := 0
	for clusters := uniseg.NewGraphemes(name); clusters.Next(); {
		if width += clusters.Width(); width > maxNameWidth-1 {
			break
		}
		cut.WriteString(clusters.Str())
	}
	return strings.TrimSpace(cut.String()) + "…"
}
