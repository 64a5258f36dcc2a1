package main

import (
	"io"
	"slices"
)

// colour is an SGR sequence of a terminal (ECMA-48).
type colour string

const (
	red    colour = "\x1b[31m"
	green  colour = "\x1b[32m"
	yellow colour = "\x1b[33m"
	reset         = "\x1b[0m"
)

// paint colours text where a person sees it and has not opted out with
// NO_COLOR (no-color.org).
func (p *program) paint(w io.Writer, c colour, text string) string {
	if !isTerminal(w) || slices.ContainsFunc(p.environ, func(entry string) bool {
		return len(entry) > len("NO_COLOR=") && entry[:len("NO_COLOR=")] == "NO_COLOR="
	}) {
		return text
	}
	return string(c) + text + reset
}
