package auditing

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// Checker looks for what was changed in the chains.
//
// With the database alone it finds every edit, insertion, removal and
// exchange of events, a tail that was cut and a head that was made up, because
// heads are signed with a key that the database does not have. An older state
// that is put back whole, events and head together, is as true as it was then:
// only a checkpoint kept elsewhere shows it.
type Checker struct {
	archive Archive
	sealer  sealing.Sealer
	signer  Signer
}

// NewChecker returns a Checker.
func NewChecker(archive Archive, sealer sealing.Sealer, signer Signer) *Checker {
	return &Checker{archive: archive, sealer: sealer, signer: signer}
}

// Verdict is what a check found.
type Verdict struct {
	Chains int
	Events int64
	Faults []audit.Fault
	Heads  []audit.Head // as they are now, to be the next check's checkpoint
}

// step is how many events are held at once.
const step = 1_000

// Check walks all chains, in constant memory. checkpoint are heads of an
// earlier check, if any; told hears of each chain that is done.
func (c *Checker) Check(ctx context.Context, checkpoint []audit.Head, told func(tenantID string, events int64)) (Verdict, error) {
	heads, err := c.archive.Heads(ctx)
	if err != nil {
		return Verdict{}, fmt.Errorf("read the ends of the chains: %w", err)
	}
	earlier := make(map[string]audit.Head, len(checkpoint))
	for _, h := range checkpoint {
		if err := c.signer.Verify(h.Signature, h.Text()); err != nil {
			return Verdict{}, fmt.Errorf("the checkpoint of tenant %s is not one of ours: %w", h.TenantID, err)
		}
		earlier[h.TenantID] = h
	}
	v := Verdict{Heads: heads}
	for _, head := range heads {
		faults, events, err := c.chain(ctx, head, earlier[head.TenantID])
		if err != nil {
			return v, fmt.Errorf("check the chain of tenant %s: %w", head.TenantID, err)
		}
		delete(earlier, head.TenantID)
		v.Chains, v.Events, v.Faults = v.Chains+1, v.Events+events, append(v.Faults, faults...)
		told(head.TenantID, events)
	}
	for _, h := range earlier { // chains that are gone altogether
		v.Faults = append(v.Faults, audit.NewWalk(h.TenantID, h).End(audit.Head{}, true)...)
	}
	return v, nil
}

func (c *Checker) chain(ctx context.Context, head, checkpoint audit.Head) (faults []audit.Fault, events int64, err error) {
	w := audit.NewWalk(head.TenantID, checkpoint)
	for {
		entries, err := c.archive.Chain(ctx, head.TenantID, w.Seq(), step)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range entries {
			w.Next(audit.Kept{Event: e.Event, Kept: e.Sum})
			if why := c.personal(e); why != "" {
				w.PersonalAltered(e.Seq, why)
			}
		}
		events += int64(len(entries))
		if len(entries) == step {
			continue
		}
		// A chain may have grown since its end was read. Events come with
		// their head, so a head read now knows all events read before.
		if newer, err := c.archive.Head(ctx, head.TenantID); err != nil {
			return nil, 0, err
		} else if w.Seq() > head.Seq && newer.Seq > head.Seq {
			head = newer
			continue
		}
		return w.End(head, c.signer.Verify(head.Signature, head.Text()) == nil), events, nil
	}
}

// personal says what is wrong with an entry's personal data.
func (c *Checker) personal(e Entry) string {
	if e.Personal == nil && e.Salt == nil {
		return "" // erased, which is allowed
	}
	personal, err := personalOf(c.sealer, e)
	switch {
	case err != nil:
		return err.Error()
	case audit.Commitment(e.Salt, personal) != e.Commitment:
		return "they are not those that were recorded"
	}
	return ""
}
