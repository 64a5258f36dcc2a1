package maintaining

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// ErrNotKnown means that this machine cannot tell.
var ErrNotKnown = &domain.Error{Kind: domain.NotFound, Code: "maintenance.not_known"}

// Updates tells which packages of the system have newer versions.
type Updates interface {
	// Pending returns them, or [ErrNotKnown] where the system's packages are
	// not of a kind that it knows.
	Pending(ctx context.Context) ([]Update, error)
}

// Update is a package with a newer version.
type Update struct {
	Package, Have, Want string
	Security            bool
}

// updates lists what the worker's machine waits for. Installing is for people,
// or for unattended-upgrades: it may restart what we stand on.
func (m *Maintainer) updates(ctx context.Context, s *session) error {
	pending, err := m.Updates.Pending(ctx)
	if errors.Is(err, ErrNotKnown) {
		s.skip("", "Updates are not known here: %v.", detail(err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("list updates: %w", err)
	}
	urgent, rows := 0, make([][]string, len(pending))
	for i, u := range pending {
		kind := ""
		if u.Security {
			urgent++
			kind = "security"
		}
		rows[i] = []string{u.Package, u.Have, u.Want, kind}
	}
	s.list("Updates", "Package|Installed|Newer|Kind", rows)
	s.figure("Pending updates", float64(len(pending)), operation.Count)
	s.figure("Of them for security", float64(urgent), operation.Count)
	if urgent > 0 {
		s.warn("apt-get upgrade in a maintenance window, one machine after the other.", "%s for security wait.", many(urgent, "update", "updates"))
	}
	s.say("%s of the worker's machine, %d for security, as the package lists on it say.", many(len(pending), "pending update", "pending updates"), urgent)
	return nil
}

// detail is an error's text without its code.
func detail(err error) string {
	var known *domain.Error
	if errors.As(err, &known) {
		return known.Detail
	}
	return err.Error()
}
