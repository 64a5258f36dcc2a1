package ingesting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/quality"
)

// Ingestor takes editions from sources into the store.
type Ingestor struct {
	sources []Source
	store   Store
	now     domain.Clock
}

// NewIngestor returns an Ingestor over sources.
func NewIngestor(sources []Source, store Store, now domain.Clock) *Ingestor {
	return &Ingestor{sources: sources, store: store, now: now}
}

// Plan is the work that an ingestion has to do.
type Plan struct {
	Editions  []Edition // those that are new or may have changed
	Unchanged int       // editions known to be as they were
	Failures  []Failure // sources that could not be listed
}

// Failure is a source that could not be listed, and why.
type Failure struct{ Source, Reason string }

// Plan lists what there is to take in. One source being away does not keep
// the others out; an error means that none could be listed.
func (i *Ingestor) Plan(ctx context.Context) (Plan, error) {
	var (
		plan Plan
		errs []error
	)
	for _, source := range i.sources {
		if err := i.planSource(ctx, source, &plan); err != nil {
			plan.Failures = append(plan.Failures, Failure{Source: source.Name(), Reason: err.Error()})
			errs = append(errs, fmt.Errorf("list %s: %w", source.Name(), err))
		}
	}
	if len(errs) == len(i.sources) {
		return Plan{}, errors.Join(append(errs, ErrNothing)...)
	}
	slices.SortStableFunc(plan.Editions, func(a, b Edition) int {
		return cmp.Compare(a.Season.FirstYear(), b.Season.FirstYear())
	})
	return plan, nil
}

// ErrNothing is returned when no source could be listed.
var ErrNothing = &domain.Error{Kind: domain.Unavailable, Code: "ingesting.nothing", Detail: "no source could be listed"}

func (i *Ingestor) planSource(ctx context.Context, source Source, plan *Plan) error {
	editions, err := source.Editions(ctx)
	if err != nil {
		return err
	}
	known, err := i.store.Fingerprints(ctx, source.Name())
	if err != nil {
		return err
	}
	for _, e := range editions {
		if e.Fingerprint != "" && known[e.Locator] == e.Fingerprint {
			plan.Unchanged++
			continue
		}
		plan.Editions = append(plan.Editions, e)
	}
	return nil
}

// Ingest takes one edition in. Repeating it is safe. An edition that is not
// there is counted as missing, one that cannot be read leaves a finding; only a source that is away, or a
// store that is, returns an error.
func (i *Ingestor) Ingest(ctx context.Context, e Edition) (Outcome, error) {
	source, err := i.source(e.Source)
	if err != nil {
		return Outcome{}, err
	}
	known, err := i.store.Fingerprints(ctx, e.Source)
	if err != nil {
		return Outcome{}, err
	}
	batch, err := source.Read(ctx, e, known[e.Locator])
	switch {
	case errors.Is(err, ErrNoEdition):
		return Outcome{Missing: 1}, nil
	case errors.Is(err, ErrUnreadable):
		batch = unread(e, err)
	case err != nil:
		return Outcome{}, fmt.Errorf("read %s of %s: %w", e.Locator, e.Source, err)
	}
	if batch.Unchanged {
		return Outcome{}, nil
	}
	outcome, err := i.store.Load(ctx, e, batch, i.now())
	if err != nil {
		return Outcome{}, fmt.Errorf("load %s of %s: %w", e.Locator, e.Source, err)
	}
	return outcome, nil
}

// unread is the batch of an edition that cannot be read at all. Its
// fingerprint is empty, so the next run tries again.
func unread(e Edition, err error) Batch {
	return Batch{Rows: 1, Findings: []quality.Finding{{
		Rule: quality.SourceUnread, Competition: e.Competition.Code, Season: e.Season, Source: e.Source,
		Place: quality.Place{File: e.Locator}, Reason: err.Error(),
	}}}
}

func (i *Ingestor) source(name string) (Source, error) {
	for _, s := range i.sources {
		if s.Name() == name {
			return s, nil
		}
	}
	return nil, domain.Errorf(domain.Invalid, "ingesting.source", "source %q is not configured here", name)
}
