package rest

import (
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type findingJSON struct {
	ID          string    `json:"id" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The finding's id."`
	FoundAt     time.Time `json:"found_at" example:"2026-08-01T03:05:00Z" doc:"When it was found."`
	Rule        string    `json:"rule" example:"impossible_date" doc:"The rule that was broken."`
	Severity    string    `json:"severity" enum:"info,warning,error" example:"error" doc:"How much it matters: an error keeps the row out."`
	Reason      string    `json:"reason" example:"31/02/2021 does not exist." doc:"What is wrong, for a person."`
	Competition string    `json:"competition" example:"premier-league" doc:"The competition's code; empty when the finding is about a whole source."`
	Season      string    `json:"season" example:"2021-22" doc:"The season; empty when the finding is about a whole source."`
	Source      string    `json:"source" example:"football-data.co.uk" doc:"The provider."`
	File        string    `json:"file" example:"premier-league/season-2122.csv" doc:"The file or address; empty when unknown."`
	Line        *int      `json:"line" minimum:"1" example:"27" doc:"The line, counted from one; null when unknown."`
	Column      *int      `json:"column" minimum:"1" example:"4" doc:"The column, counted from one; null when unknown."`
	Field       string    `json:"field" example:"Date" doc:"The column's name or the JSON member; empty when unknown."`
	Raw         string    `json:"raw" example:"E0,31/02/2021,Arsenal,Chelsea,1,0" doc:"The row as it was read, cut to 512 bytes."`
}

func toFinding(f catalogue.Finding) findingJSON {
	return findingJSON{
		ID: f.ID, FoundAt: f.FoundAt.UTC(), Rule: string(f.Rule), Severity: string(f.Rule.Severity()), Reason: valid(f.Reason),
		Competition: string(f.Competition), Season: f.Season.String(), Source: f.Source,
		File: valid(f.Place.File), Line: counted(f.Place.Line), Column: counted(f.Place.Column), Field: valid(f.Place.Field),
		Raw: valid(f.Raw),
	}
}

// counted is n, or nil for nought, which stands for unknown.
func counted(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// valid replaces what is not UTF-8: bad rows hold anything.
func valid(text string) string { return strings.ToValidUTF8(text, "�") }
