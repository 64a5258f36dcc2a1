package audit

import "fmt"

// Kept is an event as it was found, with the hash that was kept with it.
type Kept struct {
	Event
	Kept Sum
}

// Kind is what is wrong with a chain.
type Kind string

// What can be wrong with a chain.
const (
	Altered   Kind = "altered"   // an event, or the one before it, is not what was recorded: edited, moved or put in
	Missing   Kind = "missing"   // events were taken out
	Cut       Kind = "cut"       // the chain ends before its head
	Beyond    Kind = "beyond"    // events follow that the head knows nothing of
	Forged    Kind = "forged"    // the signature of the head or of a pruning does not hold
	Headless  Kind = "headless"  // there are events but no head
	Rewritten Kind = "rewritten" // the chain is not the one of an earlier checkpoint
	Personal  Kind = "personal"  // personal data are not those that were recorded
)

// Fault is something wrong with a chain.
type Fault struct {
	TenantID string
	Seq      int64
	Kind     Kind
	Detail   string
}

// Walk checks one chain, event by event in order of Seq, in constant memory.
type Walk struct {
	tenantID   string
	checkpoint Head // zero when there is none
	seq        int64
	sum        Sum
	met        bool   // the checkpoint
	passed     string // why it could not be met
	faults     []Fault
}

// NewWalk begins at a chain's start, behind its prunings, which are in order of
// Seq. verified tells whether the signature of one holds. checkpoint is a head
// that the chain once had, kept elsewhere, or zero.
func NewWalk(tenantID string, checkpoint Head, prunings []Pruning, verified func(Pruning) bool) *Walk {
	w := &Walk{tenantID: tenantID, checkpoint: checkpoint, met: checkpoint.Seq == 0}
	w.begin(prunings, verified)
	return w
}

// mostFaults is how many are told of a chain: one edit may be followed by a
// million events that are sound, a rewritten table by none.
const mostFaults = 100

func (w *Walk) fault(seq int64, kind Kind, format string, args ...any) {
	if len(w.faults) < mostFaults {
		w.faults = append(w.faults, Fault{TenantID: w.tenantID, Seq: seq, Kind: kind, Detail: fmt.Sprintf(format, args...)})
	}
}

// Next checks the next event.
func (w *Walk) Next(k Kept) {
	switch {
	case k.Seq <= w.seq:
		w.fault(k.Seq, Altered, "event %d follows event %d", k.Seq, w.seq)
	case k.Seq > w.seq+1:
		w.fault(w.seq+1, Missing, "events %d to %d are gone", w.seq+1, k.Seq-1)
	case k.Sum(w.sum) != k.Kept:
		w.fault(k.Seq, Altered, "event %d or %d is not what was recorded", max(k.Seq-1, 1), k.Seq)
	}
	// Going on from the hash that was kept tells one fault from many.
	w.seq, w.sum = k.Seq, k.Kept
	if w.seq == w.checkpoint.Seq {
		w.meet()
	}
}

// meet compares the chain with the checkpoint, where that is.
func (w *Walk) meet() {
	w.met = true
	if w.sum != w.checkpoint.Sum {
		w.fault(w.seq, Rewritten, "event %d is not the one of the checkpoint", w.seq)
	}
}

// PersonalAltered notes that an event's personal data are not those recorded.
func (w *Walk) PersonalAltered(seq int64, why string) {
	w.fault(seq, Personal, "personal data of event %d: %s", seq, why)
}

// End checks the end of the chain against its head and returns all that was
// found. verified tells whether the head's signature holds; a chain without a
// head has a zero one.
func (w *Walk) End(head Head, verified bool) []Fault {
	switch {
	case head.Seq == 0 && w.seq > 0:
		w.fault(w.seq, Headless, "there are events up to %d but no head", w.seq)
	case head.Seq == 0:
	case !verified:
		w.fault(head.Seq, Forged, "the signature of the head at event %d does not hold", head.Seq)
	case w.seq < head.Seq:
		w.fault(w.seq+1, Cut, "events %d to %d are gone from the end", w.seq+1, head.Seq)
	case w.seq > head.Seq:
		w.fault(head.Seq+1, Beyond, "events %d to %d were never signed", head.Seq+1, w.seq)
	case w.sum != head.Sum:
		w.fault(w.seq, Altered, "event %d is not the one that the head was signed for", w.seq)
	}
	if !w.met {
		w.fault(w.seq+1, Rewritten, "the checkpoint at event %d lies beyond the end at %d", w.checkpoint.Seq, w.seq)
	}
	return w.faults
}

// Seq is how far the walk has come.
func (w *Walk) Seq() int64 { return w.seq }
