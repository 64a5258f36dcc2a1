package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

// options checks what can be checked before anything is read, and tells all
// that is wrong at once.
func (f backtestFlags) options() (forecast.BacktestOptions, error) {
	var wrong []error
	day := func(flag, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			wrong = append(wrong, usagef("--%s %q is no day of the calendar; say YYYY-MM-DD", flag, text))
		}
		return t
	}
	if f.data == "" {
		wrong = append(wrong, usagef("--data is missing: name the folder of matches"))
	}
	if f.testFrom == "" {
		wrong = append(wrong, usagef("--test-from is missing: name the first day to forecast; what was played before it is for training"))
	}
	o := forecast.BacktestOptions{
		Model: f.model, Features: f.features,
		TestFrom: day("test-from", f.testFrom), TestTo: day("test-to", f.testTo), TrainFrom: day("train-from", f.from),
	}
	if !o.TestTo.IsZero() && o.TestTo.Before(o.TestFrom) {
		wrong = append(wrong, usagef("--test-to %s lies before --test-from %s", f.testTo, f.testFrom))
	}
	if !o.TrainFrom.IsZero() && !o.TestFrom.IsZero() && !o.TrainFrom.Before(o.TestFrom) {
		wrong = append(wrong, usagef("--train-from %s leaves nothing to train on before --test-from %s", f.from, f.testFrom))
	}
	if _, err := forecast.ParseFeatures(f.features); err != nil {
		wrong = append(wrong, usagef("--features: %s", message(err)))
	}
	if err := knownMethod(f.model); err != nil {
		wrong = append(wrong, err)
	}
	return o, errors.Join(wrong...)
}

func knownMethod(name string) error {
	var names []string
	for _, n := range forecast.Names() {
		names = append(names, n.Name)
	}
	if slices.Contains(names, name) {
		return nil
	}
	return usagef("--model: no model is called %q; there are %s", name, strings.Join(names, ", "))
}
