package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Suspects tells who may be trying to get in.
type Suspects interface {
	// Findings returns security findings that were seen since a time or that
	// nobody has resolved, by kind and tenant.
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
	Unresolved   int // of Count
	Latest       time.Time
}

// Network is one that failed to sign in.
type Network struct {
	Hash, Tenant string
	Failures     int
	Latest       time.Time
}

const week = 7 * 24 * time.Hour

// security lists the findings of a week, and older ones that wait for somebody.
func (m *Maintainer) security(ctx context.Context, s *session) error {
	found, err := m.Suspects.Findings(ctx, s.at.Add(-week))
	if err != nil {
		return fmt.Errorf("read security findings: %w", err)
	}
	total, unresolved, rows := 0, 0, make([][]string, len(found))
	for i, f := range found {
		total, unresolved = total+f.Count, unresolved+f.Unresolved
		rows[i] = []string{f.Kind, orNone(f.Tenant), fmt.Sprint(f.Count), fmt.Sprint(f.Unresolved), moment(f.Latest)}
	}
	s.list("Findings", "Kind|Tenant|Findings|Unresolved|Last seen", rows)
	s.figure("Security findings", float64(total), operation.Count)
	if unresolved > 0 {
		s.warn("footballctl audit findings list, then acknowledge or resolve each.", "%s not resolved.", many(unresolved, "security finding is", "security findings are"))
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
	s.say("%s of the week or unresolved.", many(total, "security finding", "security findings"))
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
