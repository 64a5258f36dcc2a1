package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// cursors turns positions into text and back. The text is signed, so that a
// database never sees a position that this platform has not given out.
type cursors struct{ key []byte }

// cursor is where a page ended, and of which list.
type cursor struct {
	List string     `json:"l"` // see listOf
	Time *time.Time `json:"t,omitempty"`
	Name string     `json:"n,omitempty"`
	ID   string     `json:"i,omitempty"`
}

const (
	// maxCursor bounds the text of a cursor.
	maxCursor = 1024
	// signature is how many bytes of the HMAC stand before the position.
	signature = 16
)

var (
	errCursor      = errors.New("this is no cursor; use next_cursor of the page before, unchanged")
	errOtherCursor = errors.New("this cursor belongs to another list or to other filters; keep all parameters but limit as they were")
)

// listOf stands for one list with its filters: everything in the query but the
// page. Seven bytes of the hash are plenty to notice a mix-up.
func listOf(operation, path string, query url.Values) string {
	filters := make(url.Values, len(query))
	for name, values := range query {
		if name != "cursor" && name != "limit" {
			filters[name] = values
		}
	}
	sum := sha256.Sum256([]byte(operation + "\x00" + path + "\x00" + filters.Encode()))
	return base64.RawURLEncoding.EncodeToString(sum[:7])
}

func (c cursors) encode(list string, p catalogue.Position) string {
	position := cursor{List: list, Name: p.Name, ID: p.ID}
	if !p.Time.IsZero() {
		at := p.Time.UTC()
		position.Time = &at
	}
	text, err := json.Marshal(position)
	if err != nil {
		return "" // a year beyond 9999, which no row has
	}
	return base64.RawURLEncoding.EncodeToString(append(c.sign(text), text...))
}

func (c cursors) decode(list, text string) (*catalogue.Position, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < signature || !hmac.Equal(raw[:signature], c.sign(raw[signature:])) {
		return nil, errCursor
	}
	var position cursor
	if err := json.Unmarshal(raw[signature:], &position); err != nil {
		return nil, errCursor
	}
	if position.List != list {
		return nil, errOtherCursor
	}
	p := &catalogue.Position{Name: position.Name, ID: position.ID}
	if position.Time != nil {
		p.Time = position.Time.UTC()
	}
	return p, nil
}

func (c cursors) sign(text []byte) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte("cursor\x00"))
	mac.Write(text)
	return mac.Sum(nil)[:signature]
}
