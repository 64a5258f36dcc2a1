// Package report makes pages of maintenance reports: HTML in one file, with
// pictures, that a phone, a printer and a mail program can show. Whatever was
// found is escaped, and the page forbids scripts and anything from elsewhere.
package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Renderer = (*Renderer)(nil)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

// Renderer makes pages.
type Renderer struct{ page *template.Template }

// NewRenderer returns a Renderer.
func NewRenderer() (*Renderer, error) {
	page, err := template.New("page").Funcs(template.FuncMap{
		"moment": moment, "took": took, "value": value, "word": word, "draw": draw, "picture": picture,
	}).Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("parse the page of reports: %w", err)
	}
	return &Renderer{page: page}, nil
}

// view is what the template sees.
type view struct {
	operation.Report
	Style  template.CSS
	Policy string
}

// Page implements [maintaining.Renderer]. The policy allows the page's own style
// by its hash and nothing else (CSP level 3).
func (r *Renderer) Page(report operation.Report) ([]byte, error) {
	sum := sha256.Sum256([]byte(styleText))
	v := view{
		Report: report, Style: template.CSS(styleText), //nolint:gosec // it is our own file
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
	}
	var out bytes.Buffer
	if err := r.page.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("make the page of report %s: %w", report.ID, err)
	}
	return out.Bytes(), nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

func took(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

func word(v operation.Verdict) string {
	switch v {
	case operation.Fine:
		return "OK"
	case operation.Attention:
		return "Needs attention"
	case operation.Failing:
		return "Failed"
	case operation.Skipped:
		return "Skipped"
	}
	return "Goes on"
}
