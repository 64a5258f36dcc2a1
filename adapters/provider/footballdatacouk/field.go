package footballdatacouk

import (
	"strings"
	"unicode/utf8"
)

// field is one cell of a row.
type field struct {
	text   string // trimmed
	column int    // where it begins in its line, in bytes counted from one
}

// splitError says what is wrong with the shape of a row.
type splitError struct {
	column int
	reason string
}

func (e *splitError) Error() string { return e.reason }

// split parts a row into its fields, which it appends to into. It is not
// encoding/csv, because that reads on over the ends of lines when a quote is
// never closed: one bad row would swallow the good ones after it.
func split(row string, into []field) ([]field, error) {
	for at := 0; ; {
		if len(into) == MaxColumns {
			return into, &splitError{at + 1, "the row has more than 512 columns"}
		}
		begin := at
		for at < len(row) && row[at] == ' ' {
			at++
		}
		var text string
		var err error
		if at < len(row) && row[at] == '"' {
			text, at, err = quoted(row, at)
		} else if end := strings.IndexByte(row[begin:], ','); end >= 0 {
			text, at = row[begin:begin+end], begin+end
		} else {
			text, at = row[begin:], len(row)
		}
		if err != nil {
			return into, err
		}
		into = append(into, field{text: strings.TrimSpace(text), column: begin + 1})
		if at == len(row) {
			return into, nil
		}
		at++ // the comma
	}
}

// quoted reads the quoted field that begins at row[at]. end is where its comma
// stands, or the end of the row.
func quoted(row string, at int) (text string, end int, _ error) {
	begin := at
	var b strings.Builder
	for at++; ; {
		length := strings.IndexByte(row[at:], '"')
		if length < 0 {
			return "", 0, &splitError{begin + 1, "a quote is opened and never closed"}
		}
		b.WriteString(row[at : at+length])
		at += length + 1
		if at < len(row) && row[at] == '"' {
			b.WriteByte('"')
			at++
			continue
		}
		for at < len(row) && row[at] == ' ' {
			at++
		}
		if at < len(row) && row[at] != ',' {
			return "", 0, &splitError{at + 1, "text follows a closing quote"}
		}
		return b.String(), at, nil
	}
}

// decode is text as a string. What is not UTF-8 is Windows-1252, as the site's
// older files are; that is Latin-1 with letters in place of control characters.
func decode(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	for _, c := range text {
		if c >= 0x80 && c < 0xa0 {
			b.WriteRune(windows1252[c-0x80])
			continue
		}
		b.WriteRune(rune(c))
	}
	return b.String()
}

// windows1252 maps 0x80 to 0x9f; the five holes become U+FFFD.
var windows1252 = [32]rune{
	'€', '�', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '�', 'Ž', '�',
	'�', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '�', 'ž', 'Ÿ',
}
