// Package checking finds out whether what the system stands on is there.
package checking

import (
	"context"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Dependency is something outside the process that it needs.
type Dependency struct {
	Name string
	// Critical dependencies make the process unready when they are away; the
	// system goes on without the others, slower.
	Critical bool
	// Probe returns nil when the dependency answers.
	Probe func(ctx context.Context) error
}

// Result is what a probe found.
type Result struct {
	Name     string
	Critical bool
	Latency  time.Duration
	Err      error
}

// Checker probes dependencies side by side.
type Checker struct {
	dependencies []Dependency
	timeout      time.Duration
	now          domain.Clock
}

// NewChecker returns a Checker that gives each probe timeout.
func NewChecker(dependencies []Dependency, timeout time.Duration, now domain.Clock) *Checker {
	return &Checker{dependencies: dependencies, timeout: timeout, now: now}
}

// Check probes every dependency and returns results in their order. It
// returns within the timeout even when a probe does not.
func (c *Checker) Check(ctx context.Context) []Result {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	results := make([]Result, len(c.dependencies))
	var wg sync.WaitGroup
	for i, d := range c.dependencies {
		wg.Go(func() { results[i] = c.probe(ctx, d) })
	}
	wg.Wait()
	return results
}

func (c *Checker) probe(ctx context.Context, d Dependency) Result {
	start := c.now()
	done := make(chan error, 1)
	go func() { done <- d.Probe(ctx) }()
	r := Result{Name: d.Name, Critical: d.Critical}
	select {
	case r.Err = <-done:
	case <-ctx.Done():
		r.Err = ctx.Err()
	}
	r.Latency = c.now().Sub(start)
	return r
}

// Ready reports whether every critical dependency answered.
func Ready(results []Result) bool {
	for _, r := range results {
		if r.Critical && r.Err != nil {
			return false
		}
	}
	return true
}
