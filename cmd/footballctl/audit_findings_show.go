package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/ports/detecting"
)

// suspicionJSON is a finding about somebody who tried to get in, on the wire.
type suspicionJSON struct {
	ID        string     `json:"id"`
	TenantID  string     `json:"tenant_id"`
	Tenant    string     `json:"tenant"` // "" for what is aimed at none
	Kind      string     `json:"kind"`
	Subject   string     `json:"subject"` // "" when the audit log no longer tells
	Hash      string     `json:"subject_hash"`
	Failures  int        `json:"failures"`
	FirstSeen time.Time  `json:"first_seen_at"`
	LastSeen  time.Time  `json:"last_seen_at"`
	Status    string     `json:"status"`
	ChangedAt *time.Time `json:"changed_at"`
	ChangedBy string     `json:"changed_by"`
	Reason    string     `json:"reason"`
}

func toSuspicionJSON(f detecting.Finding, slugs map[string]string) suspicionJSON {
	wire := suspicionJSON{
		ID: f.ID, TenantID: f.TenantID, Tenant: slugs[f.TenantID], Kind: string(f.Kind), Hash: hex.EncodeToString(f.Subject),
		Failures: f.Failures, FirstSeen: f.FirstSeen, LastSeen: f.LastSeen, Status: string(f.Status), ChangedBy: f.ChangedBy, Reason: f.Reason,
	}
	if !f.ChangedAt.IsZero() {
		wire.ChangedAt = &f.ChangedAt
	}
	return wire
}

func (p *program) showSuspicions(found []suspicionJSON) error {
	rows := make([][]string, len(found))
	for i, f := range found {
		subject := f.Subject
		if subject == "" {
			subject = "#" + f.Hash[:min(len(f.Hash), 12)]
		}
		rows[i] = []string{
			f.ID, tenantName(f.TenantID, f.Tenant), strings.ReplaceAll(f.Kind, "_", " "), pairs(map[string]string{"": subject})[1:], fmt.Sprint(f.Failures),
			moment(f.FirstSeen), moment(f.LastSeen), f.Status, orDash(f.Reason),
		}
	}
	return p.print(found, func(w io.Writer) {
		table(w, "ID TENANT KIND SUBJECT FAILURES FIRST(UTC) LAST(UTC) STATUS REASON", rows)
	})
}
