package auditing

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var _ Recorder = (*Chronicle)(nil)

// Chronicle links events to their tenant's chain and signs its end.
type Chronicle struct {
	chains Chains
	sealer sealing.Sealer
	signer Signer
	random io.Reader
	newID  func() string
	now    domain.Clock
}

// NewChronicle returns a Chronicle. random is a cryptographic source and newID
// makes UUIDv7.
func NewChronicle(chains Chains, sealer sealing.Sealer, signer Signer, random io.Reader, newID func() string, now domain.Clock) *Chronicle {
	return &Chronicle{chains: chains, sealer: sealer, signer: signer, random: random, newID: newID, now: now}
}

// System is the actor of what happens without a caller.
const System = "system"

// Record implements [Recorder].
func (c *Chronicle) Record(ctx context.Context, e Event) error {
	if e.TenantID == "" {
		e.TenantID = Platform
	}
	entry, err := c.entry(ctx, e)
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	err = c.chains.Append(ctx, e.TenantID, func(head audit.Head) (Entry, audit.Head, error) {
		entry.Seq = head.Seq + 1
		entry.Sum = entry.Event.Sum(head.Sum)
		next := audit.Head{TenantID: e.TenantID, Seq: entry.Seq, Sum: entry.Sum, At: entry.At}
		next.Signature, err = c.signer.Sign(next.Text())
		return entry, next, err
	})
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Action, err)
	}
	return nil
}

// entry is e but for its place in the chain.
func (c *Chronicle) entry(ctx context.Context, e Event) (Entry, error) {
	origin := OriginOf(ctx)
	personal := make(map[string]string, len(e.Personal)+2)
	for key, value := range e.Personal {
		personal[key] = value
	}
	for key, value := range map[string]string{"address": origin.Address, "agent": origin.Agent} {
		if value != "" {
			personal[key] = value
		}
	}
	salt := make([]byte, 32)
	if _, err := io.ReadFull(c.random, salt); err != nil {
		return Entry{}, fmt.Errorf("draw salt: %w", err)
	}
	out := Entry{Salt: salt, Event: audit.Event{
		TenantID: e.TenantID, ID: c.newID(), At: c.now().UTC().Truncate(time.Microsecond), Action: e.Action,
		Outcome: string(e.Outcome), Actor: ActorOf(ctx), Target: e.Target, RequestID: origin.RequestID,
		Details: e.Details, Commitment: audit.Commitment(salt, personal),
	}}
	plain, err := json.Marshal(personal)
	if err != nil {
		return Entry{}, err
	}
	out.Personal, err = c.sealer.Seal(placeOf(out.Event), plain)
	return out, err
}

// ActorOf is who acts, as events name actors.
func ActorOf(ctx context.Context) string {
	if p, err := access.From(ctx); err == nil {
		return p.Subject
	}
	return System
}

// placeOf is where an event's personal data are sealed.
func placeOf(e audit.Event) sealing.Place {
	return sealing.Place{TenantID: e.TenantID, Table: "audit_events", Column: "personal", Row: e.ID}
}

// personalOf opens an entry's personal data; nil when they were erased.
func personalOf(sealer sealing.Sealer, e Entry) (map[string]string, error) {
	if e.Personal == nil {
		return nil, nil
	}
	plain, err := sealer.Open(placeOf(e.Event), e.Personal)
	if err != nil {
		return nil, err
	}
	var personal map[string]string
	if err := json.Unmarshal(plain, &personal); err != nil {
		return nil, fmt.Errorf("read personal data: %w", err)
	}
	return personal, nil
}
