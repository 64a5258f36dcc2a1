package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Suspects tells who may be trying to get in.
type Suspects interface {
	// Findings returns security findings since a time, by kind and tenant.
	Findings(ctx context.Context, since time.Time) ([]SecurityFinding, error)
	// Networks returns those that failed to sign in on many accounts, the most
	// failures first. Addresses are not kept: a network is known by the
	// beginning of its keyed hash.
	Networks(ctx context.Context) ([]Network, error)
}

// SecurityFinding is a kind of finding in a tenant.
type SecurityFinding struct {
	Kind, Tenant string // Tenant is a slug, empty for what happened in none
	Count        int
	Latest       time.Time
}

// Network is one that failed to sign in.
type Network struct {
	Hash, Tenant string
	Failures     int
	Latest       time.Time
}

const week = 7 * 24 * time.Hour

// security lists the findings of a week.
func (m *Maintainer) security(ctx context.Context, s *session) error {
	found, err := m.Suspects.Findings(ctx, s.at.Add(-week))
	if err != nil {
		return fmt.Errorf("read security findings: %w", err)
	}
	total, rows := 0, make([][]string, len(found))
	for i, f := range found {
		total += f.Count
		rows[i] = []string{f.Kind, orNone(f.Tenant), fmt.Sprint(f.Count), moment(f.Latest)}
	}
	s.list("Findings", "Kind|Tenant|Times|Last", rows)
	s.figure("Security findings in a week", float64(total), operation.Count)
	if total > 0 {
		s.warn("footballctl audit list --outcome refused, by tenant.", "%s in a week.", many(total, "security finding", "security findings"))
	}
	refused, err := m.Refusals.Refused(ctx, s.at.Add(-week))
	if err != nil {
		return fmt.Errorf("count refusals: %w", err)
	}
	rows = make([][]string, len(refused))
	for i, r := range refused {
		rows[i] = []string{r.What, fmt.Sprint(r.Count), moment(r.Latest)}
	}
	s.list("Refusals", "Action|Times|Last", rows)
	s.say("%s in a week, in audit events.", many(total, "security finding", "security findings"))
	return nil
}

// addresses lists networks that try many accounts.
func (m *Maintainer) addresses(ctx context.Context, s *session) error {
	networks, err := m.Suspects.Networks(ctx)
	if err != nil {
		return fmt.Errorf("read failed attempts: %w", err)
	}
	rows := make([][]string, len(networks))
	for i, n := range networks {
		rows[i] = []string{n.Hash, orNone(n.Tenant), fmt.Sprint(n.Failures), moment(n.Latest)}
	}
	s.list("Networks", "Network|Tenant|Failures|Last", rows)
	if len(networks) > 0 {
		s.warn("They are slowed down already. The access log has the address; block it at the edge if it goes on.",
			"%s on many accounts within a day.", many(len(networks), "network failed to sign in", "networks failed to sign in"))
	}
	s.say("%s suspicious.", many(len(networks), "network is", "networks are"))
	return nil
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}
