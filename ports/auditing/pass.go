package auditing

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/audit"
)

// pass is one pass over a chain, which may grow at its end and be pruned at its
// beginning meanwhile.
type pass struct {
	*Checker
	walk     *audit.Walk
	head     audit.Head
	prunings []audit.Pruning // that are known
	after    int64           // the last event that was read
	events   int64
}

// step checks the next events and reports whether they were the last.
func (p *pass) step(ctx context.Context) (ended bool, err error) {
	entries, err := p.archive.Chain(ctx, p.head.TenantID, p.after, step)
	if err != nil {
		return false, err
	}
	if p.gap(entries) {
		// Events are gone. They come off together with the record of it, so
		// that one read now tells of all that were gone when these were read.
		if newer, err := p.pruning(ctx); err != nil || newer {
			return false, err
		}
	}
	for _, e := range entries {
		p.walk.Next(audit.Kept{Event: e.Event, Kept: e.Sum})
		if why := p.personal(e); why != "" {
			p.walk.PersonalAltered(e.Seq, why)
		}
		p.after = e.Seq
	}
	p.events += int64(len(entries))
	if len(entries) == step {
		return false, nil
	}
	return p.atEnd(ctx)
}

// gap reports whether events are missing where entries begin.
func (p *pass) gap(entries []Entry) bool {
	if len(entries) == 0 {
		return p.walk.Seq() < p.head.Seq
	}
	return entries[0].Seq > p.walk.Seq()+1
}

// pruning goes on behind prunings that were made since, if there were any.
func (p *pass) pruning(ctx context.Context) (newer bool, err error) {
	all, err := p.archive.Prunings(ctx, p.head.TenantID)
	if err != nil || len(all) <= len(p.prunings) {
		return false, err
	}
	for _, each := range all[len(p.prunings):] {
		p.walk.Pruned(each, p.signed(each))
	}
	p.prunings = all
	return true, nil
}

// atEnd reports whether the chain ends here. It may have grown since its end
// was read. Events come with their head, so a head read now knows all events
// read before.
func (p *pass) atEnd(ctx context.Context) (bool, error) {
	newer, err := p.archive.Head(ctx, p.head.TenantID)
	if err != nil {
		return false, err
	}
	if p.walk.Seq() > p.head.Seq && newer.Seq > p.head.Seq {
		p.head = newer
		return false, nil
	}
	return true, nil
}

// pruned is how many events are not there any more, by what was signed for.
func (p *pass) pruned() (n int64) {
	for _, each := range p.prunings {
		if p.signed(each) {
			n += each.Removed
		}
	}
	return n
}
