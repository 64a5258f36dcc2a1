package auditing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Diary records what runs do, whose steps may be repeated.
type Diary struct {
	chains   Chains
	recorder Recorder
}

// NewDiary returns a Diary.
func NewDiary(chains Chains, recorder Recorder) *Diary {
	return &Diary{chains: chains, recorder: recorder}
}

// runKey is the detail that tells one run from another. Its value is a hash,
// because ids of runs may say whose they are; the id itself stands with the
// personal data, which can be erased.
const runKey = "run"

func markOf(run string) string {
	sum := sha256.Sum256([]byte("football audit run\x00" + run))
	return hex.EncodeToString(sum[:8])
}

// looked is how many events of one action and target are looked through.
const looked = 200

// Once records e as something that the run did, unless the run has recorded an
// event of this action and target already. Two attempts at the very same moment
// may both record it, which is true twice.
func (d *Diary) Once(ctx context.Context, run string, e Event) error {
	if e.TenantID == "" {
		e.TenantID = Platform
	}
	_, found, err := d.Find(ctx, e.TenantID, e.Action, e.Target, run)
	if err != nil || found {
		return err
	}
	return d.Record(ctx, run, e)
}

// Record records e as something that the run did.
func (d *Diary) Record(ctx context.Context, run string, e Event) error {
	e.Details, e.Personal = with(e.Details, markOf(run)), with(e.Personal, run)
	return d.recorder.Record(ctx, e)
}

// with is a copy of pairs that has the run as well.
func with(pairs map[string]string, run string) map[string]string {
	out := map[string]string{runKey: run}
	for key, value := range pairs {
		out[key] = value
	}
	return out
}

// Find returns the details of the newest event of an action and target, of one
// run unless it is empty.
func (d *Diary) Find(ctx context.Context, tenantID, action, target, run string) (details map[string]string, found bool, err error) {
	events, err := d.chains.Events(ctx, tenantID, Filter{Action: action, Target: target, Outcome: Done}, 0, looked)
	if err != nil {
		return nil, false, fmt.Errorf("look %s up: %w", action, err)
	}
	for _, e := range events {
		if run == "" || e.Details[runKey] == markOf(run) {
			return e.Details, true, nil
		}
	}
	return nil, false, nil
}
