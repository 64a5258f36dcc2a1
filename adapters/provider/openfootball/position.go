package openfootball

import (
	"bytes"
	"encoding/json"

	"github.com/football-prediction/football-prediction/domain/quality"
)

// position turns offsets into lines and columns. Offsets mostly grow, so it
// goes on from where it was.
type position struct {
	data              []byte
	at, line, newline int // newline is where the current line begins
}

func (p *position) place(offset int) quality.Place {
	offset = min(max(offset, 0), len(p.data))
	if offset < p.at || p.line == 0 {
		p.at, p.line, p.newline = 0, 1, 0
	}
	for {
		end := bytes.IndexByte(p.data[p.at:offset], '\n')
		if end < 0 {
			break
		}
		p.at += end + 1
		p.line, p.newline = p.line+1, p.at
	}
	return quality.Place{Line: p.line, Column: offset - p.newline + 1}
}

// memberOffset is where the value of a member of object begins, and 0, where
// the object itself does, when it has no such member.
func memberOffset(object []byte, member string) int {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return 0
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return 0
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return 0
		}
		if name == member {
			return int(decoder.InputOffset()) - len(value)
		}
	}
	return 0
}
