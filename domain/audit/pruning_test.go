package audit_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/audit"
)

// pruned is a chain whose first events were pruned in two steps, up to the
// third and then up to the fifth.
func pruned() (kept []audit.Kept, head audit.Head, prunings []audit.Pruning) {
	kept, head = chain()
	for _, step := range []struct{ to, removed int64 }{{3, 3}, {5, 2}} {
		prunings = append(prunings, audit.Pruning{
			TenantID: "t", Seq: step.to, Sum: kept[step.to-1].Kept, Removed: step.removed, By: "system", At: time.Unix(3_000, 0), Signature: []byte("good"),
		})
	}
	return kept[5:], head, prunings
}

func good(p audit.Pruning) bool { return string(p.Signature) == "good" }

func TestWhatIsFoundInAPrunedChain(t *testing.T) {
	type parts struct {
		kept     []audit.Kept
		head     audit.Head
		prunings []audit.Pruning
	}
	whole, _ := chain()
	for name, c := range map[string]struct {
		harm func(*parts)
		want []audit.Kind
	}{
		"nothing": {func(*parts) {}, nil},
		"all of it pruned": {func(p *parts) {
			p.prunings[1].Seq, p.prunings[1].Sum, p.prunings[1].Removed, p.kept = 10, p.head.Sum, 7, nil
		}, nil},
		"no record":               {func(p *parts) { p.prunings = nil }, []audit.Kind{audit.Missing}},
		"the last record gone":    {func(p *parts) { p.prunings = p.prunings[:1] }, []audit.Kind{audit.Missing}},
		"the first record gone":   {func(p *parts) { p.prunings = p.prunings[1:] }, []audit.Kind{audit.Missing}},
		"a forged record":         {func(p *parts) { p.prunings[1].Signature = nil }, []audit.Kind{audit.Forged, audit.Missing}},
		"a forged earlier record": {func(p *parts) { p.prunings[0].Signature = nil }, []audit.Kind{audit.Forged}},
		"more taken off":          {func(p *parts) { p.kept = p.kept[1:] }, []audit.Kind{audit.Missing}},
		"an edit of the first kept": {func(p *parts) {
			p.kept[0].Action = "x"
		}, []audit.Kind{audit.Altered}},
		"pruned events put back": {func(p *parts) { p.kept = append(slices.Clone(whole[4:5]), p.kept...) }, []audit.Kind{audit.Altered}},
		"the tail cut":           {func(p *parts) { p.kept = p.kept[:2] }, []audit.Kind{audit.Cut}},
		"the head gone":          {func(p *parts) { p.head = audit.Head{} }, []audit.Kind{audit.Headless}},
		"all gone but records":   {func(p *parts) { p.head, p.kept = audit.Head{}, nil }, []audit.Kind{audit.Headless}},
	} {
		var p parts
		p.kept, p.head, p.prunings = pruned()
		c.harm(&p)
		w := audit.NewWalk("t", audit.Head{}, p.prunings, good)
		for _, k := range p.kept {
			w.Next(k)
		}
		var kinds []audit.Kind
		for _, f := range w.End(p.head, true) {
			kinds = append(kinds, f.Kind)
		}
		if diff := cmp.Diff(c.want, kinds); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestACheckpointOfAPrunedChain(t *testing.T) {
	whole, _ := chain()
	for name, c := range map[string]struct {
		at, sumOf int64
		want      []audit.Kind
		passed    bool
	}{
		"after what was pruned":         {at: 7, sumOf: 7},
		"another one after":             {at: 7, sumOf: 6, want: []audit.Kind{audit.Rewritten}},
		"at the last that was pruned":   {at: 5, sumOf: 5},
		"another one at the last":       {at: 5, sumOf: 4, want: []audit.Kind{audit.Rewritten}},
		"before what is kept":           {at: 4, sumOf: 4, passed: true},
		"at the end of an earlier step": {at: 3, sumOf: 3},
	} {
		kept, head, prunings := pruned()
		w := audit.NewWalk("t", audit.Head{TenantID: "t", Seq: c.at, Sum: whole[c.sumOf-1].Kept}, prunings, good)
		for _, k := range kept {
			w.Next(k)
		}
		var kinds []audit.Kind
		for _, f := range w.End(head, true) {
			kinds = append(kinds, f.Kind)
		}
		if diff := cmp.Diff(c.want, kinds); diff != "" || (w.Passed() != "") != c.passed {
			t.Errorf("%s: passed %q (-want +got):\n%s", name, w.Passed(), diff)
		}
	}
}

func TestEveryFieldIsSigned(t *testing.T) {
	_, _, prunings := pruned()
	for name, change := range map[string]func(*audit.Pruning){
		"tenant": func(p *audit.Pruning) { p.TenantID = "u" }, "seq": func(p *audit.Pruning) { p.Seq++ },
		"sum": func(p *audit.Pruning) { p.Sum[0] ^= 1 }, "removed": func(p *audit.Pruning) { p.Removed-- },
		"before": func(p *audit.Pruning) { p.Before = p.Before.Add(time.Microsecond) }, "at": func(p *audit.Pruning) { p.At = p.At.Add(time.Microsecond) },
		"by": func(p *audit.Pruning) { p.By = "x" }, "archive": func(p *audit.Pruning) { p.Archive[0] ^= 1 },
	} {
		other := prunings[1]
		change(&other)
		if string(other.Text()) == string(prunings[1].Text()) {
			t.Errorf("%s is not signed", name)
		}
	}
	head := audit.Head{TenantID: "t", Seq: prunings[1].Seq, Sum: prunings[1].Sum, At: prunings[1].At}
	if string(head.Text()) == string(prunings[1].Text()) {
		t.Error("a head passes for a pruning")
	}
}
