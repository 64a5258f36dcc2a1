package audit_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/audit"
)

const length = 10

func event(seq int64) audit.Event {
	return audit.Event{
		TenantID: "t", Seq: seq, ID: fmt.Sprint("id", seq), At: time.Unix(1_000+seq, 0).UTC(), Action: "user.created",
		Outcome: "done", Actor: "user:1", Target: fmt.Sprint("user:", seq), Details: map[string]string{"role": "viewer", "by": "mail"},
		Commitment: audit.Commitment([]byte{byte(seq)}, map[string]string{"email": "a@example.com"}),
	}
}

func link(from audit.Sum, events []audit.Event) []audit.Kept {
	out := make([]audit.Kept, len(events))
	for i, e := range events {
		from = e.Sum(from)
		out[i] = audit.Kept{Event: e, Kept: from}
	}
	return out
}

func chain() ([]audit.Kept, audit.Head) {
	events := make([]audit.Event, length)
	for i := range events {
		events[i] = event(int64(i + 1))
	}
	kept := link(audit.Sum{}, events)
	return kept, audit.Head{TenantID: "t", Seq: length, Sum: kept[length-1].Kept, At: time.Unix(2_000, 0)}
}

func check(kept []audit.Kept, head, checkpoint audit.Head, verified bool) []audit.Kind {
	w := audit.NewWalk("t", checkpoint, nil, nil)
	for _, k := range kept {
		w.Next(k)
	}
	var kinds []audit.Kind
	for _, f := range w.End(head, verified) {
		kinds = append(kinds, f.Kind)
	}
	return kinds
}

func TestWhatIsFoundInAChain(t *testing.T) {
	_, head := chain()
	for name, c := range map[string]struct {
		harm func([]audit.Kept) []audit.Kept
		want []audit.Kind
	}{
		"nothing": {func(k []audit.Kept) []audit.Kept { return k }, nil},
		"an edit": {func(k []audit.Kept) []audit.Kept { k[4].Action = "user.deleted"; return k }, []audit.Kind{audit.Altered}},
		"an edit of a detail": {func(k []audit.Kept) []audit.Kept {
			k[4].Details = map[string]string{"role": "analyst", "by": "mail"}
			return k
		}, []audit.Kind{audit.Altered}},
		"an edit with its hash": {func(k []audit.Kept) []audit.Kept {
			k[4].Action = "user.deleted"
			k[4].Kept = k[4].Sum(k[3].Kept)
			return k
		}, []audit.Kind{audit.Altered}},
		"an edit with all hashes after it": {func(k []audit.Kept) []audit.Kept {
			k[4].Action = "user.deleted"
			var events []audit.Event
			for _, each := range k {
				events = append(events, each.Event)
			}
			return link(audit.Sum{}, events)
		}, []audit.Kind{audit.Altered}},
		"one taken out":       {func(k []audit.Kept) []audit.Kept { return slices.Delete(k, 4, 5) }, []audit.Kind{audit.Missing}},
		"the first taken out": {func(k []audit.Kept) []audit.Kept { return k[1:] }, []audit.Kind{audit.Missing}},
		"the tail cut":        {func(k []audit.Kept) []audit.Kept { return k[:7] }, []audit.Kind{audit.Cut}},
		"all taken out":       {func([]audit.Kept) []audit.Kept { return nil }, []audit.Kind{audit.Cut}},
		"two that swap places": {func(k []audit.Kept) []audit.Kept {
			k[4], k[5] = k[5], k[4]
			k[4].Seq, k[5].Seq = 5, 6
			return k
		}, []audit.Kind{audit.Altered, audit.Altered, audit.Altered}},
		"one added": {func(k []audit.Kept) []audit.Kept {
			return append(k, link(k[length-1].Kept, []audit.Event{event(length + 1)})...)
		}, []audit.Kind{audit.Beyond}},
	} {
		kept, _ := chain()
		if diff := cmp.Diff(c.want, check(c.harm(kept), head, audit.Head{}, true)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsFoundInAHead(t *testing.T) {
	kept, head := chain()
	if got := check(kept, head, audit.Head{}, false); !slices.Equal(got, []audit.Kind{audit.Forged}) {
		t.Errorf("a signature that does not hold: %v", got)
	}
	if got := check(kept, audit.Head{}, audit.Head{}, true); !slices.Equal(got, []audit.Kind{audit.Headless}) {
		t.Errorf("no head: %v", got)
	}
	if got := check(nil, audit.Head{}, audit.Head{}, true); got != nil {
		t.Errorf("a chain without events: %v", got)
	}
}

func TestACheckpointFindsAnOlderStatePutBack(t *testing.T) {
	kept, head := chain()
	older := audit.Head{TenantID: "t", Seq: 6, Sum: kept[5].Kept}
	if got := check(kept, head, older, true); got != nil {
		t.Errorf("a checkpoint of the same chain: %v", got)
	}
	if got := check(kept[:6], older, head, true); !slices.Equal(got, []audit.Kind{audit.Rewritten}) {
		t.Errorf("tail and head put back together: %v", got)
	}
	older.Sum[0] ^= 1
	if got := check(kept, head, older, true); !slices.Equal(got, []audit.Kind{audit.Rewritten}) {
		t.Errorf("another chain of the same length: %v", got)
	}
}

func TestEveryFieldIsInTheHash(t *testing.T) {
	e := event(3)
	for name, change := range map[string]func(*audit.Event){
		"tenant": func(e *audit.Event) { e.TenantID = "u" }, "seq": func(e *audit.Event) { e.Seq++ },
		"id": func(e *audit.Event) { e.ID = "x" }, "at": func(e *audit.Event) { e.At = e.At.Add(time.Microsecond) },
		"action": func(e *audit.Event) { e.Action = "x" }, "outcome": func(e *audit.Event) { e.Outcome = "refused" },
		"actor": func(e *audit.Event) { e.Actor = "x" }, "target": func(e *audit.Event) { e.Target = "x" },
		"request": func(e *audit.Event) { e.RequestID = "x" }, "details": func(e *audit.Event) { e.Details = nil },
		"a letter that wanders": func(e *audit.Event) { e.Actor, e.Target = e.Actor+"u", e.Target[1:] },
		"commitment":            func(e *audit.Event) { e.Commitment[0] ^= 1 },
	} {
		other := event(3)
		change(&other)
		if e.Sum(audit.Sum{}) == other.Sum(audit.Sum{}) {
			t.Errorf("%s is not in the hash", name)
		}
	}
}
