// Package asof shows a source as it was known on a day that has passed.
package asof

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

var _ ingesting.Source = (*Source)(nil)

// Source hides what another tells of matches after a day: they are fixtures.
type Source struct {
	inner ingesting.Source
	end   time.Time // the first instant that isn't known
	mark  string
}

// New returns inner as it was known at the end of day, a date in UTC.
func New(inner ingesting.Source, day time.Time) *Source {
	date := day.UTC().Truncate(24 * time.Hour)
	return &Source{inner: inner, end: date.AddDate(0, 0, 1), mark: "@" + date.Format(time.DateOnly)}
}

// Name is the inner source's.
func (s *Source) Name() string { return s.inner.Name() }

// Editions are the inner source's. Fingerprints say the day, so another day's
// content is not taken for the same.
func (s *Source) Editions(ctx context.Context) ([]ingesting.Edition, error) {
	editions, err := s.inner.Editions(ctx)
	if err != nil {
		return nil, fmt.Errorf("as of %s: %w", s.mark[1:], err)
	}
	for i := range editions {
		editions[i].Fingerprint = s.marked(editions[i].Fingerprint)
	}
	return editions, nil
}

// Read implements [ingesting.Source].
func (s *Source) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	bare, sameDay := strings.CutSuffix(known, s.mark)
	if !sameDay {
		bare = ""
	}
	e.Fingerprint = strings.TrimSuffix(e.Fingerprint, s.mark)
	batch, err := s.inner.Read(ctx, e, bare)
	if err != nil {
		return ingesting.Batch{}, fmt.Errorf("as of %s: %w", s.mark[1:], err)
	}
	batch.Fingerprint = s.marked(batch.Fingerprint)
	for i, r := range batch.Records {
		if !r.KickOff.Before(s.end) {
			batch.Records[i] = fixture(r)
		}
	}
	return batch, nil
}

func (s *Source) marked(fingerprint string) string {
	if fingerprint == "" {
		return ""
	}
	return fingerprint + s.mark
}

// fixture is what was known of r before it was played.
func fixture(r ingesting.Record) ingesting.Record {
	r.Status = football.Scheduled
	r.FullTime, r.HalfTime, r.Stats, r.Odds = nil, nil, football.Stats{}, nil
	r.LastModified = time.Time{}
	return r
}
