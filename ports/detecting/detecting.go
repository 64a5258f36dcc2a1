// Package detecting finds those who try to get in where they should not.
package detecting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
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

// Finding is something suspicious in a tenant.
type Finding struct {
	TenantID string
	Kind     Kind
	Failures int
}

// Thresholds are from how many failures without a long quiet on something is
// suspicious: more than people who have forgotten their password need.
var Thresholds = map[Kind]int{BruteForce: 20, SuspiciousAddress: 50}

// RepeatAfter is when a finding that goes on is told again.
const RepeatAfter = 24 * time.Hour

// Attempts are what has failed, in all tenants.
type Attempts interface {
	// Suspicious returns what has passed a threshold, and was not returned in
	// the last [RepeatAfter], to this or any other server.
	Suspicious(ctx context.Context, thresholds map[Kind]int, at time.Time) ([]Finding, error)
}

// Detector writes findings to the audit log.
type Detector struct {
	attempts Attempts
	recorder auditing.Recorder
	found    func(Kind)
	now      domain.Clock
}

// NewDetector returns a Detector. found hears of each finding, to count it.
func NewDetector(attempts Attempts, recorder auditing.Recorder, found func(Kind), now domain.Clock) *Detector {
	return &Detector{attempts: attempts, recorder: recorder, found: found, now: now}
}

// Detect writes what is new to the audit log of the tenant that it is aimed at.
func (d *Detector) Detect(ctx context.Context) error {
	findings, err := d.attempts.Suspicious(ctx, Thresholds, d.now())
	if err != nil {
		return fmt.Errorf("look for suspicious attempts: %w", err)
	}
	for _, f := range findings {
		d.found(f.Kind)
		err := d.recorder.Record(ctx, auditing.Event{
			TenantID: f.TenantID, Action: "security." + string(f.Kind), Outcome: auditing.Refused,
			Details: map[string]string{"failures": strconv.Itoa(f.Failures)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
