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
// only a checkpoint kept elsewhere shows it. Of a chain that was pruned it
// checks what was kept, and that each pruning was signed for.
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
	Pruned int64        // events that were pruned before, by signed prunings
	// Passed are checkpoints that could not be compared, and why: their chains
	// were pruned beyond them.
	Passed []string
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
		if err := c.chain(ctx, head, earlier[head.TenantID], &v, told); err != nil {
			return v, fmt.Errorf("check the chain of tenant %s: %w", head.TenantID, err)
		}
		delete(earlier, head.TenantID)
	}
	for _, h := range earlier { // chains that are gone altogether
		v.Faults = append(v.Faults, audit.NewWalk(h.TenantID, h, nil, nil).End(audit.Head{}, true)...)
	}
	return v, nil
}

// One walks the chain of one tenant, which may be gone itself.
func (c *Checker) One(ctx context.Context, tenantID string) (Verdict, error) {
	head, err := c.archive.Head(ctx, tenantID)
	if err != nil {
		return Verdict{}, fmt.Errorf("read the end of the chain of tenant %s: %w", tenantID, err)
	}
	v := Verdict{Heads: []audit.Head{head}}
	if err := c.chain(ctx, head, audit.Head{}, &v, func(string, int64) {}); err != nil {
		return Verdict{}, fmt.Errorf("check the chain of tenant %s: %w", tenantID, err)
	}
	return v, nil
}

// chain checks one chain and adds what it finds to v.
func (c *Checker) chain(ctx context.Context, head, checkpoint audit.Head, v *Verdict, told func(string, int64)) error {
	prunings, err := c.archive.Prunings(ctx, head.TenantID)
	if err != nil {
		return err
	}
	p := pass{Checker: c, walk: audit.NewWalk(head.TenantID, checkpoint, prunings, c.signed), head: head, prunings: prunings}
	for ended := false; !ended; {
		if ended, err = p.step(ctx); err != nil {
			return err
		}
	}
	v.Faults = append(v.Faults, p.walk.End(p.head, c.signer.Verify(p.head.Signature, p.head.Text()) == nil)...)
	v.Chains, v.Events, v.Pruned = v.Chains+1, v.Events+p.events, v.Pruned+p.pruned()
	if why := p.walk.Passed(); why != "" {
		v.Passed = append(v.Passed, "tenant "+head.TenantID+": "+why)
	}
	told(head.TenantID, p.events)
	return nil
}

func (c *Checker) signed(p audit.Pruning) bool { return c.signer.Verify(p.Signature, p.Text()) == nil }

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
