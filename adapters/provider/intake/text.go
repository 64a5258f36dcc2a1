package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain/quality"
)

// MaxName bounds a team's name in bytes; the longest real ones have about 50.
const MaxName = 120

// badName says what keeps text from being a team's name, if anything does.
func badName(text string) string {
	switch {
	case len(text) > MaxName:
		return "is too long for a team"
	case strings.ContainsFunc(text, unicode.IsControl):
		return "holds a control character"
	}
	return ""
}

// Cut is text made fit to be stored: valid UTF-8 without NUL, which PostgreSQL
// doesn't take, and cut to [quality.MaxRaw] bytes. It is a copy, so it doesn't
// hold the file in memory.
func Cut(text string) string {
	text = cut(text) // first, so that little is cleaned
	text = strings.ToValidUTF8(text, "�")
	text = strings.ReplaceAll(text, "\x00", "�")
	return strings.Clone(cut(text))
}

func cut(text string) string {
	if len(text) <= quality.MaxRaw {
		return text
	}
	end := quality.MaxRaw
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
