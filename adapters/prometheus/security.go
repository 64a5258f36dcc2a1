package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/detecting"
)

// Security counts refused sign-ins and what is suspicious about them. Its
// labels come from fixed lists.
type Security struct{ refusals, findings *prom.CounterVec }

// NewSecurity returns counters in r, which begin at zero.
func NewSecurity(r prom.Registerer) *Security {
	s := &Security{
		refusals: prom.NewCounterVec(prom.CounterOpts{Name: "auth_failures_total", Help: "Sign-ins that were refused, by reason."}, []string{"reason"}),
		findings: prom.NewCounterVec(prom.CounterOpts{Name: "security_findings_total", Help: "What was found suspicious in attempts to sign in."}, []string{"kind"}),
	}
	r.MustRegister(s.refusals, s.findings)
	for _, reason := range authenticating.Refusals {
		s.refusals.WithLabelValues(string(reason))
	}
	for _, kind := range detecting.Kinds {
		s.findings.WithLabelValues(string(kind))
	}
	return s
}

// Refused counts a sign-in that was refused.
func (s *Security) Refused(reason authenticating.Refusal) {
	s.refusals.WithLabelValues(string(reason)).Inc()
}

// Found counts a finding.
func (s *Security) Found(kind detecting.Kind) { s.findings.WithLabelValues(string(kind)).Inc() }
