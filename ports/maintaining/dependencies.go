package maintaining

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Program is the worker's own binary.
type Program interface {
	// Modules returns what it was built from.
	Modules() []Module
	// Vulnerabilities returns known ones in it, or [ErrNotKnown] with why it
	// could not be looked up.
	Vulnerabilities(ctx context.Context) ([]Vulnerability, error)
}

// Module is a library in a binary.
type Module struct{ Path, Version, Replaced string }

// Vulnerability is a known one in a module.
type Vulnerability struct {
	ID, Module, Found, Fixed, Summary string
	Called                            bool // the binary has the code that is vulnerable
}

// dependencies lists the modules of this binary and what is known about them.
func (m *Maintainer) dependencies(ctx context.Context, s *session) error {
	modules := m.Program.Modules()
	var rows, replaced [][]string
	for _, module := range modules {
		rows = append(rows, []string{module.Path, module.Version})
		if module.Replaced != "" {
			replaced = append(replaced, []string{module.Path, module.Replaced})
		}
	}
	found, err := m.Program.Vulnerabilities(ctx)
	known := err == nil
	switch {
	case errors.Is(err, ErrNotKnown):
		s.skip("Install govulncheck beside the worker and let it reach vuln.go.dev; or make lint where the program is built.", "Vulnerabilities were not checked: %s.", detail(err))
	case err != nil:
		return fmt.Errorf("look for vulnerabilities: %w", err)
	}
	called := 0
	var holes [][]string
	for _, v := range found {
		reach := "in a module"
		if v.Called {
			called++
			reach = "in this program"
		}
		holes = append(holes, []string{v.ID, v.Module, v.Found, v.Fixed, reach, v.Summary})
	}
	s.list("Known vulnerabilities", "Id|Module|Version|Fixed in|Where|What", holes)
	if called > 0 {
		s.warn("Update the modules and release.", "%s in the code of this program.", many(called, "known vulnerability", "known vulnerabilities"))
	}
	s.list("Modules that stand in for others", "Module|In its place", replaced)
	s.list("Modules", "Module|Version", rows)
	s.figure("Modules", float64(len(modules)), operation.Count)
	checked := "vulnerabilities not checked"
	if known {
		checked = many(len(found), "known vulnerability", "known vulnerabilities")
	}
	s.result.Summary = fmt.Sprintf("%s; %s.", many(len(modules), "module", "modules"), checked)
	return nil
}
