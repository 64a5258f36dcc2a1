package checking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Backups lists backups, see [backingup.Records].
type Backups interface {
	List(ctx context.Context, kind operation.Kind) ([]operation.Backup, error)
}

// Sources tells how fresh data are, see [catalogue.Catalogue].
type Sources interface {
	Freshness(ctx context.Context) ([]catalogue.Freshness, error)
}

// Routine tells whether what is done again and again was done: backups,
// ingestions, and whatever waits in a queue.
type Routine struct {
	Backups Backups
	Sources Sources
	Engine  Engine
	Now     domain.Clock
}

// From when on something has not been done for long. Backups are daily, sources
// are asked every six hours; a source is silent between seasons.
const (
	backupOld = 26 * time.Hour
	sourceOld = 14 * 24 * time.Hour
)

// Facts tells all that can be found out; the error is about the rest.
func (r *Routine) Facts(ctx context.Context) ([]Fact, error) {
	backups, backupsErr := r.backups(ctx)
	sources, sourcesErr := r.sources(ctx)
	queues, queuesErr := r.queues(ctx)
	return append(append(backups, sources...), queues...), errors.Join(backupsErr, sourcesErr, queuesErr)
}

func (r *Routine) backups(ctx context.Context) (facts []Fact, err error) {
	all, err := r.Backups.List(ctx, "")
	if err != nil {
		return nil, err
	}
	newest := operation.Newest(all)
	for _, kind := range operation.Kinds {
		b, ok := newest[kind]
		if _, ok := newest[kind]; !ok && !slices.Contains(operation.Expected, kind) {
			continue
		}
		f := Fact{Name: "backup of " + string(kind), Value: "none is verified", Verdict: Warning, Remedy: "footballctl backup create --kind " + string(kind)}
		if ok {
			f.Value = "verified, as of " + r.ago(b.TakenAt)
		}
		if ok && r.Now().Sub(b.TakenAt) <= backupOld {
			f.Verdict, f.Remedy = Fine, ""
		}
		facts = append(facts, f)
	}
	return facts, nil
}

func (r *Routine) sources(ctx context.Context) (facts []Fact, err error) {
	all, err := r.Sources.Freshness(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		facts = append(facts, Fact{Name: "data", Value: "nothing was ingested yet", Verdict: Warning, Remedy: "footballctl ingest"})
	}
	for _, s := range all {
		f := Fact{Name: "data of " + s.Source, Value: "brought something " + r.ago(s.At)}
		if r.Now().Sub(s.At) > sourceOld {
			f.Verdict, f.Remedy = Warning, "footballctl ingest, and see whether the source has moved"
		}
		facts = append(facts, f)
	}
	return facts, nil
}

func (r *Routine) queues(ctx context.Context) (facts []Fact, err error) {
	all, err := r.Engine.Queues(ctx)
	if err != nil {
		return nil, err
	}
	var idle []string
	for _, q := range all {
		if q.Pollers == 0 {
			idle = append(idle, q.Name)
		}
	}
	f := Fact{Name: "workers", Value: fmt.Sprintf("all %d queues are served", len(all))}
	if len(idle) > 0 {
		f = Fact{Name: "workers", Value: "nobody serves " + strings.Join(idle, ", "), Verdict: Warning, Remedy: "start a worker, without --queues or with these"}
	}
	return append(facts, f), nil
}

// ago says when, for a person, and exactly.
func (r *Routine) ago(t time.Time) string {
	passed := r.Now().Sub(t)
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}} {
		if passed >= unit.of {
			return fmt.Sprintf("%d %s ago (%s)", passed/unit.of, unit.name, t.UTC().Format(time.RFC3339))
		}
	}
	return fmt.Sprintf("just now (%s)", t.UTC().Format(time.RFC3339))
}
