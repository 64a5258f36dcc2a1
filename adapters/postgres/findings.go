package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/quality"
)

var findingColumns = []string{
	"id", "source", "locator", "rule", "severity", "competition_code", "season",
	"file", "line", "column_no", "field", "reason", "raw", "found_at",
}

// copyFindings keeps findings of the edition at locator.
func copyFindings(ctx context.Context, tx pgx.Tx, locator string, findings []quality.Finding, at time.Time) error {
	if len(findings) == 0 {
		return nil
	}
	rows := make([][]any, len(findings))
	for i, f := range findings {
		rows[i] = []any{
			NewID(), f.Source, locator, string(f.Rule), string(f.Rule.Severity()), string(f.Competition), f.Season.String(),
			clean(f.Place.File), f.Place.Line, f.Place.Column, clean(f.Place.Field), clean(f.Reason), clean(f.Raw), at,
		}
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"quality_findings"}, findingColumns, pgx.CopyFromRows(rows)); err != nil {
		return fmt.Errorf("keep findings: %w", err)
	}
	return nil
}

// clean makes bytes of a bad row fit for a text column, which refuses NUL and
// anything but UTF-8.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
