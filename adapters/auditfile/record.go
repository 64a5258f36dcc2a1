// Package auditfile keeps what is pruned from chains of audit events, as files of
// JSON lines: a first line that says what the file is, a line an event, and a
// last line with who signed for it.
package auditfile

import (
	"time"

	"github.com/football-prediction/football-prediction/domain/audit"
)

// format is what a first line says.
const format = "football audit archive 1"

// firstLine begins a file.
type firstLine struct {
	Format   string `json:"format"`
	TenantID string `json:"tenant_id"`
	Before   []byte `json:"sum_before"` // what the first event is linked to
}

// line is an event, or the last line.
type line struct {
	Event   *eventLine   `json:"event,omitempty"`
	Pruning *pruningLine `json:"pruning,omitempty"`
}

type eventLine struct {
	Seq        int64             `json:"seq"`
	ID         string            `json:"id"`
	AtMicro    int64             `json:"at_us"`
	Action     string            `json:"action"`
	Outcome    string            `json:"outcome"`
	Actor      string            `json:"actor"`
	Target     string            `json:"target"`
	RequestID  string            `json:"request_id"`
	Details    map[string]string `json:"details"`
	Commitment []byte            `json:"commitment"`
	Sum        []byte            `json:"sum"`
}

type pruningLine struct {
	TenantID    string `json:"tenant_id"`
	Seq         int64  `json:"seq"`
	Sum         []byte `json:"sum"`
	Removed     int64  `json:"removed"`
	BeforeMicro int64  `json:"before_us"`
	AtMicro     int64  `json:"at_us"`
	By          string `json:"by"`
	Archive     []byte `json:"archive_sha256"`
	Signature   []byte `json:"signature"`
}

func toEventLine(k audit.Kept) *eventLine {
	return &eventLine{
		Seq: k.Seq, ID: k.ID, AtMicro: k.At.UnixMicro(), Action: k.Action, Outcome: k.Outcome, Actor: k.Actor, Target: k.Target,
		RequestID: k.RequestID, Details: k.Details, Commitment: k.Commitment[:], Sum: k.Kept[:],
	}
}

func (l *eventLine) kept(tenantID string) audit.Kept {
	k := audit.Kept{Event: audit.Event{
		TenantID: tenantID, Seq: l.Seq, ID: l.ID, At: time.UnixMicro(l.AtMicro).UTC(), Action: l.Action, Outcome: l.Outcome,
		Actor: l.Actor, Target: l.Target, RequestID: l.RequestID, Details: l.Details,
	}}
	copy(k.Commitment[:], l.Commitment)
	copy(k.Kept[:], l.Sum)
	return k
}

func toPruningLine(p audit.Pruning) *pruningLine {
	return &pruningLine{
		TenantID: p.TenantID, Seq: p.Seq, Sum: p.Sum[:], Removed: p.Removed, BeforeMicro: p.Before.UnixMicro(), AtMicro: p.At.UnixMicro(),
		By: p.By, Archive: p.Archive[:], Signature: p.Signature,
	}
}

func (l *pruningLine) pruning() audit.Pruning {
	p := audit.Pruning{
		TenantID: l.TenantID, Seq: l.Seq, Removed: l.Removed, Before: time.UnixMicro(l.BeforeMicro).UTC(), At: time.UnixMicro(l.AtMicro).UTC(),
		By: l.By, Signature: l.Signature,
	}
	copy(p.Sum[:], l.Sum)
	copy(p.Archive[:], l.Archive)
	return p
}
