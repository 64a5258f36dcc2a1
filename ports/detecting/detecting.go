// Package detecting finds those who try to get in where they should not, and
// keeps what it finds until somebody has seen to it.
package detecting

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Kind is what is suspicious.
type Kind string

// The kinds.
const (
	BruteForce        Kind = "brute_force"        // many failures on one account
	SuspiciousAddress Kind = "suspicious_address" // one network fails on many accounts
)

// Kinds are all kinds.
var Kinds = []Kind{BruteForce, SuspiciousAddress}

// Thresholds are from how many failures without a long quiet on something is
// suspicious: more than people who have forgotten their password need.
var Thresholds = map[Kind]int{BruteForce: 20, SuspiciousAddress: 50}

const (
	// RepeatAfter is when a finding that goes on is told again.
	RepeatAfter = 24 * time.Hour
	// refreshAfter is how old what a finding says of an attack may be that goes
	// on: writing it at each look would be a write for every few guesses.
	refreshAfter = time.Minute
)

// Suspect is a tally of failures that has passed its threshold.
type Suspect struct {
	TenantID         string
	Account, Network []byte // which tally
	Kind             Kind
	Subject          []byte
	Failures         int
	LastAt           time.Time
}

// Attempts are what has failed, in all tenants.
type Attempts interface {
	// Suspects returns what has passed a threshold and has failed since it was
	// claimed, if that was before stale.
	Suspects(ctx context.Context, thresholds map[Kind]int, stale, at time.Time) ([]Suspect, error)
	// Claim takes a suspect to be reported on, unless somebody has claimed it
	// at stale or later. It joins the unit of work of ctx, and others wait.
	Claim(ctx context.Context, s Suspect, stale, at time.Time) (bool, error)
}

// Detector keeps findings and writes them to the audit log.
type Detector struct{ Parts }

// Parts are what a [Detector] is made of.
type Parts struct {
	Attempts Attempts
	Findings Findings
	Unit     transacting.Unit
	Recorder auditing.Recorder
	Found    func(Kind) // hears of each finding that is told, to count it
	NewID    func() string
	Now      domain.Clock
}

// NewDetector returns a Detector.
func NewDetector(p Parts) *Detector { return &Detector{p} }

// Detect keeps what is suspicious, and tells what is new of it in the audit log
// of the tenant that it is aimed at. Many servers may do it at once.
func (d *Detector) Detect(ctx context.Context) error {
	now := d.Now()
	suspects, err := d.Attempts.Suspects(ctx, Thresholds, now.Add(-refreshAfter), now)
	if err != nil {
		return fmt.Errorf("look for suspicious attempts: %w", err)
	}
	var failed error
	for _, s := range suspects {
		if err := d.report(ctx, s, now); err != nil {
			failed = errors.Join(failed, fmt.Errorf("report %s in tenant %s: %w", s.Kind, s.TenantID, err))
		}
	}
	return failed
}

// report does all that belongs to a suspect at once or nothing: one that was
// claimed and not written down would be forgotten.
func (d *Detector) report(ctx context.Context, s Suspect, now time.Time) error {
	var told bool
	err := d.Unit.Within(ctx, s.TenantID, func(ctx context.Context) error {
		ours, err := d.Attempts.Claim(ctx, s, now.Add(-refreshAfter), now)
		if err != nil || !ours {
			return err
		}
		kept, news, err := d.Findings.Note(ctx, Finding{
			TenantID: s.TenantID, ID: d.NewID(), Kind: s.Kind, Subject: s.Subject, Failures: s.Failures,
			FirstSeen: s.LastAt, LastSeen: s.LastAt, Status: Open,
		}, now, RepeatAfter)
		if err != nil || !news {
			return err
		}
		told = true
		return d.Recorder.Record(ctx, auditing.Event{
			TenantID: s.TenantID, Action: "security." + string(s.Kind), Target: target(kept), Outcome: auditing.Refused,
			Details: map[string]string{"failures": strconv.Itoa(s.Failures)},
		})
	})
	if err == nil && told {
		d.Found(s.Kind)
	}
	return err
}

// target is how audit events name a finding.
func target(f Finding) string { return "finding:" + f.ID }
