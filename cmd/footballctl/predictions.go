package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

// predictions is a CSV file that takes its name only once it is whole. The
// zero value writes nothing.
type predictions struct {
	path string
	file *os.File
}

func createPredictions(path string) (*predictions, error) {
	if path == "" {
		return &predictions{}, nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("--predictions %s is no regular file", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("--predictions: %w", err)
	}
	return &predictions{path: path, file: file}, nil
}

var predictionColumns = []string{
	"date", "home", "away", "p_home", "p_draw", "p_away", "lambda_home", "lambda_away", "home_goals", "away_goals",
}

// write writes a row a match, in the order of the walk, and names the file.
func (p *predictions) write(rows []forecast.Row, h *history) error {
	if p.file == nil {
		return nil
	}
	out := csv.NewWriter(p.file)
	_ = out.Write(predictionColumns)
	for _, row := range rows {
		_ = out.Write(predictionRow(row, h))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write predictions: %w", err)
	}
	// Like any file a person makes, not private as temporary ones are.
	if err := p.file.Chmod(0o644); err != nil {
		return fmt.Errorf("write predictions: %w", err)
	}
	if err := p.file.Close(); err != nil {
		return fmt.Errorf("write predictions: %w", err)
	}
	if err := os.Rename(p.file.Name(), p.path); err != nil {
		return fmt.Errorf("write predictions: %w", err)
	}
	return nil
}

// predictionRow spells the teams as the file does, so that rows can be joined
// with it.
func predictionRow(row forecast.Row, h *history) []string {
	r := row.Result
	names := h.names[meeting{competition: r.Competition, day: r.Date, home: r.Home, away: r.Away}]
	home, draw, away := row.Forecast.Outcome()
	lambdaHome, lambdaAway := row.Forecast.ExpectedGoals()
	return []string{
		r.Date.Format(time.DateOnly), names.home, names.away, exact(home), exact(draw), exact(away),
		exact(lambdaHome), exact(lambdaAway), strconv.Itoa(r.HomeGoals), strconv.Itoa(r.AwayGoals),
	}
}

// exact is x with as many digits as it takes to read the same x back.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// discard removes what was not finished.
func (p *predictions) discard() {
	if p.file != nil {
		_ = p.file.Close()
		_ = os.Remove(p.file.Name())
	}
}
