// Package assessing measures the quality of the data and keeps the gate that
// training passes through.
package assessing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
)

// Store knows the data and keeps what was found in them.
type Store interface {
	// Inspect applies the rules that look across rows (fixtures in the past,
	// teams twice a day, stale data), replaces the findings they left before,
	// and returns a report for each competition, all as of at.
	Inspect(ctx context.Context, at time.Time) ([]quality.Report, error)
	// Save keeps reports as the latest.
	Save(ctx context.Context, reports []quality.Report, threshold float64) error
}

// Assessor measures and judges.
type Assessor struct {
	store     Store
	threshold float64
	now       football.Calendar
}

// NewAssessor returns an Assessor whose gate is at [quality.DefaultThreshold].
func NewAssessor(store Store, now football.Calendar) *Assessor {
	return &Assessor{store: store, threshold: quality.DefaultThreshold, now: now}
}

// Assess measures every competition and keeps the reports.
func (a *Assessor) Assess(ctx context.Context) ([]quality.Report, error) {
	reports, err := a.store.Inspect(ctx, a.now())
	if err != nil {
		return nil, fmt.Errorf("inspect data: %w", err)
	}
	if err := a.store.Save(ctx, reports, a.threshold); err != nil {
		return nil, fmt.Errorf("save quality reports: %w", err)
	}
	return reports, nil
}

// ErrGate is returned when no competition's data may be trained on.
var ErrGate = &domain.Error{Kind: domain.Conflict, Code: "quality.gate"}

// Gate assesses and returns the competitions fit for training. Those below
// the threshold are left out and named in the second value; [ErrGate] when
// none is left.
func (a *Assessor) Gate(ctx context.Context) (fit []football.CompetitionCode, unfit []string, err error) {
	reports, err := a.Assess(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range reports {
		if r.Passes(a.threshold) {
			fit = append(fit, r.Competition)
			continue
		}
		unfit = append(unfit, fmt.Sprintf("%s %.3f", r.Competition, r.Score()))
	}
	if len(fit) == 0 {
		return nil, unfit, domain.Errorf(domain.Conflict, ErrGate.Code,
			"no competition reaches data quality %.2f (%s); see footballctl check data", a.threshold, listed(unfit))
	}
	return fit, unfit, nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "no data at all: ingest first"
	}
	return strings.Join(names, ", ")
}
