package audit

import (
	"fmt"
	"time"
)

// Pruning is where old events were taken off the beginning of a chain, signed.
// What follows can still be shown to be what was recorded, since the first
// event that was kept is linked to Sum. Whoever takes events off has to sign
// for it; events that are gone without a signed pruning are missing.
type Pruning struct {
	TenantID  string
	Seq       int64 // the last event that was taken off
	Sum       Sum   // of the event Seq
	Removed   int64 // how many were taken off this time
	Before    time.Time
	At        time.Time
	By        string // who did it, as events name actors
	Archive   Sum    // hash of what was written down of them before
	Signature []byte
}

// Text is what the signature is of.
func (p Pruning) Text() []byte {
	c := newCanon("football audit pruning 1")
	c.text(p.TenantID)
	c.number(p.Seq)
	c.bytes(p.Sum[:])
	c.number(p.Removed)
	c.number(p.Before.UnixMicro())
	c.number(p.At.UnixMicro())
	c.text(p.By)
	c.bytes(p.Archive[:])
	sum := c.sum()
	return sum[:]
}

// begin starts the walk behind all prunings, which are in order of Seq. Each is
// to be signed, and to follow the one before: a record that is gone leaves a
// gap between what it removed and the next.
func (w *Walk) begin(prunings []Pruning, verified func(Pruning) bool) {
	var last int64
	for _, p := range prunings {
		if p.Seq-p.Removed != last {
			w.fault(last+1, Missing, "the record of how events %d to %d were pruned is gone", last+1, p.Seq-p.Removed)
		}
		last = p.Seq
		w.Pruned(p, verified(p))
	}
}

// Pruned goes on behind a pruning. verified tells whether its signature holds.
func (w *Walk) Pruned(p Pruning, verified bool) {
	if !verified {
		w.fault(p.Seq, Forged, "the signature of the pruning up to event %d does not hold", p.Seq)
		return
	}
	if p.Seq <= w.seq {
		return
	}
	w.seq, w.sum = p.Seq, p.Sum
	switch {
	case w.met:
	case w.checkpoint.Seq < p.Seq:
		w.met = true
		w.passed = fmt.Sprintf("the checkpoint at event %d is older than what is kept: %s pruned the chain up to event %d on %s",
			w.checkpoint.Seq, p.By, p.Seq, p.At.UTC().Format(time.DateOnly))
	case w.checkpoint.Seq == p.Seq:
		w.meet()
	}
}

// Passed says why the checkpoint could not be compared: the chain was pruned
// beyond it. It is "" when it was compared.
func (w *Walk) Passed() string { return w.passed }
