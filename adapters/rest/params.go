package rest

import (
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

// The types below read parameters into domain values. Huma reports their
// errors with the parameter's name and value, and uses their schemas.

// idParam is a UUID in its usual form of 36 characters.
type idParam struct{ text string }

func (p *idParam) UnmarshalText(text []byte) error {
	id, err := uuid.ParseBytes(text)
	if err != nil || len(text) != 36 {
		return errors.New("write a UUID, such as " + exampleID)
	}
	p.text = id.String()
	return nil
}

func (idParam) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Examples: []any{exampleID}}
}

// codeParam is the code of a competition.
type codeParam struct{ football.CompetitionCode }

const maxCode = 64

func (p *codeParam) UnmarshalText(text []byte) error {
	if len(text) > maxCode || len(text) == 0 || football.Slug(string(text)) != string(text) {
		return errors.New("write a competition's code: lower-case letters, digits and single hyphens, such as premier-league")
	}
	p.CompetitionCode = football.CompetitionCode(text)
	return nil
}

func (codeParam) Schema(huma.Registry) *huma.Schema {
	most := maxCode
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most, Examples: []any{exampleCode}}
}

// seasonParam is a season; its zero value is none.
type seasonParam struct{ football.Season }

const maxSeason = 9 // 2021-2022

func (p *seasonParam) UnmarshalText(text []byte) error {
	if len(text) > maxSeason {
		return errors.New("write a season as 2021-22 or 2026")
	}
	season, err := football.ParseSeason(string(text))
	if err != nil {
		return detailOf(err)
	}
	p.Season = season
	return nil
}

func (seasonParam) Schema(huma.Registry) *huma.Schema {
	most := maxSeason
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most, Examples: []any{exampleSeason}}
}

// dateParam is a day in UTC; its zero value is none.
type dateParam struct{ time.Time }

func (p *dateParam) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil || day.Year() < 1850 || day.Year() > 2200 {
		return errors.New("write a date between 1850 and 2200 as YYYY-MM-DD, such as 2026-08-15")
	}
	p.Time = day
	return nil
}

func (dateParam) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{exampleDay}}
}

// after is the first moment that is no longer of the day; zero for none.
func (p dateParam) after() time.Time {
	if p.IsZero() {
		return time.Time{}
	}
	return p.AddDate(0, 0, 1)
}

// detailOf leaves out the code of a domain error: the problem has its own.
func detailOf(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return errors.New(known.Detail)
	}
	return errors.New("this cannot be read")
}

// What examples in the documentation are made of.
const (
	exampleID     = "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"
	exampleCode   = "premier-league"
	exampleSeason = "2021-22"
	exampleDay    = "2026-08-15"
	exampleTag    = `"pX8bBq3R0Zc1VQmJ7t2uSw"`
)

// inOrder refuses a range that ends before it begins.
func inOrder(from, to dateParam) error {
	if from.IsZero() || to.IsZero() || !to.Before(from.Time) {
		return nil
	}
	p := problem(http.StatusUnprocessableEntity, codeOf[http.StatusUnprocessableEntity], "validation failed")
	p.Errors = []*huma.ErrorDetail{{
		Location: "query.to", Value: to.Format(time.DateOnly), Message: "must not lie before from",
	}}
	return p
}
