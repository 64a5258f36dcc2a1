package openfootball

import (
	"encoding/json"
	"errors"
	"strings"
)

// wireMatch is a match as the files have it, of both shapes: score and, before
// 2019, score1 and score2.
type wireMatch struct {
	Round   text      `json:"round"`
	Stage   text      `json:"stage"`
	Date    text      `json:"date"`
	Time    text      `json:"time"`
	Team1   wireTeam  `json:"team1"`
	Team2   wireTeam  `json:"team2"`
	Status  text      `json:"status"`
	Score   wireScore `json:"score"`
	Score1  *int      `json:"score1"`
	Score2  *int      `json:"score2"`
	Score1i *int      `json:"score1i"` // at half-time
	Score2i *int      `json:"score2i"`
}

// text is a string; numbers are taken as they are written.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case string(data) == "null":
		return nil
	case len(data) > 0 && data[0] == '"':
		var s string
		err := json.Unmarshal(data, &s)
		*t = text(strings.TrimSpace(s))
		return err
	case len(data) > 0 && (data[0] == '{' || data[0] == '['):
		return errors.New("a string is needed here")
	}
	*t = text(data)
	return nil
}

// wireTeam is a name, or an object with one.
type wireTeam text

func (t *wireTeam) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var object struct {
			Name text `json:"name"`
		}
		err := json.Unmarshal(data, &object)
		*t = wireTeam(object.Name)
		return err
	}
	return (*text)(t).UnmarshalJSON(data)
}

// wireScore holds pairs of goals; empty and null are none. What came of extra
// time and penalties is no part of a league match.
type wireScore struct {
	FT []*int `json:"ft"`
	HT []*int `json:"ht"`
}

func (s *wireScore) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &s.FT)
	}
	type plain wireScore // without this method
	return json.Unmarshal(data, (*plain)(s))
}

// pairs are the goals at full time and at half-time, whichever shape gave them.
func (m *wireMatch) pairs() (full, half []*int) {
	full, half = m.Score.FT, m.Score.HT
	if len(full) == 0 && (m.Score1 != nil || m.Score2 != nil) {
		full = []*int{m.Score1, m.Score2}
	}
	if len(half) == 0 && (m.Score1i != nil || m.Score2i != nil) {
		half = []*int{m.Score1i, m.Score2i}
	}
	return full, half
}
