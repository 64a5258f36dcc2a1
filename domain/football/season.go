package football

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Season is one edition of a competition: a winter season spans two calendar
// years ("2021-22"), a summer season one ("2026"). The zero value is no season.
type Season struct{ first, last int }

// ErrSeason is returned for text that names no season.
var ErrSeason = &domain.Error{Kind: domain.Invalid, Code: "football.season"}

// NewSeason returns the season from year first to year last, which is first or
// the year after it.
func NewSeason(first, last int) (Season, error) {
	if first < 1850 || first > 2200 || last < first || last > first+1 {
		return Season{}, domain.Errorf(domain.Invalid, ErrSeason.Code, "no season runs from %d to %d", first, last)
	}
	return Season{first: first, last: last}, nil
}

// ParseSeason reads "2021-22", "2021-2022", "2021/22" and, for a summer season,
// "2026". Four digits are always a calendar year; for the codes of
// football-data.co.uk see [ParseSeasonCode].
func ParseSeason(text string) (Season, error) {
	bad := domain.Errorf(domain.Invalid, ErrSeason.Code, "%q is no season; write it as 2021-22 or 2026", text)
	head, tail, split := strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), "/", "-"), "-")
	first, err := strconv.Atoi(head)
	if err != nil || len(head) != 4 {
		return Season{}, bad
	}
	if !split {
		return NewSeason(first, first)
	}
	last, err := strconv.Atoi(tail)
	switch {
	case err != nil:
		return Season{}, bad
	case len(tail) == 2 && last == (first+1)%100:
		last = first + 1
	case len(tail) == 2:
		return Season{}, bad
	}
	return NewSeason(first, last)
}

// ParseSeasonCode reads the two-year code of football-data.co.uk: "2122" is
// 2021-22, "9900" is 1999-00 and "2021" is 2020-21. Years from 70 on belong to
// the twentieth century.
func ParseSeasonCode(code string) (Season, error) {
	bad := domain.Errorf(domain.Invalid, ErrSeason.Code, "%q is no season code; write 2021-22 as 2122", code)
	if len(code) != 4 {
		return Season{}, bad
	}
	first, errFirst := strconv.Atoi(code[:2])
	last, errLast := strconv.Atoi(code[2:])
	if errFirst != nil || errLast != nil || last != (first+1)%100 {
		return Season{}, bad
	}
	return NewSeason(century(first), century(first)+1)
}

// century puts years from 70 on into the twentieth century.
func century(year int) int {
	if year >= 70 {
		return 1900 + year
	}
	return 2000 + year
}

// SeasonOf is the winter season that t falls in; seasons turn on 1 July.
func SeasonOf(t time.Time) Season {
	year := t.UTC().Year()
	if t.UTC().Month() < time.July {
		year--
	}
	return Season{first: year, last: year + 1}
}

func (s Season) String() string {
	switch {
	case s == Season{}:
		return ""
	case s.first == s.last:
		return strconv.Itoa(s.first)
	}
	return fmt.Sprintf("%d-%02d", s.first, s.last%100)
}

// FirstYear is the calendar year the season begins in.
func (s Season) FirstYear() int { return s.first }

// LastYear is the calendar year the season ends in.
func (s Season) LastYear() int { return s.last }

// Covers reports whether a match of the season may be played at t: from the
// first of January or, in winter seasons, the first of June before it, to the
// end of the season's last year (2019-20 ended in August).
func (s Season) Covers(t time.Time) bool {
	from := time.Date(s.first, time.June, 1, 0, 0, 0, 0, time.UTC)
	if s.first == s.last {
		from = time.Date(s.first, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	return !t.Before(from) && t.Before(time.Date(s.last+1, time.January, 1, 0, 0, 0, 0, time.UTC))
}
