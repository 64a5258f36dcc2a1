package config

import (
	"errors"
	"fmt"
)

// Fault is one thing wrong with one variable. It never quotes a secret.
type Fault struct {
	Name   string // the variable
	What   string // what is wrong
	Remedy string // what to do
}

func (f *Fault) Error() string { return f.Name + ": " + f.What + "; " + f.Remedy }

// faults gathers, so that all are reported at once.
type faults []error

func (f *faults) add(name, what, remedy string) {
	*f = append(*f, &Fault{Name: name, What: what, Remedy: remedy})
}

func (f faults) join() error {
	if len(f) == 0 {
		return nil
	}
	return fmt.Errorf("the configuration has faults:\n%w", errors.Join(f...))
}
