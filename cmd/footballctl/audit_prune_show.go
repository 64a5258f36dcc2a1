package main

import (
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/ports/auditing"
)

// pruningJSON is what there is to prune, and what came of it, on the wire.
type pruningJSON struct {
	DryRun   bool       `json:"dry_run"`
	Events   int64      `json:"events"`
	Chains   []planJSON `json:"chains"`
	Archives []string   `json:"archives"`
}

type planJSON struct {
	TenantID string    `json:"tenant_id"`
	Tenant   string    `json:"tenant"` // "" for what happened in none
	Before   time.Time `json:"before"`
	Events   int64     `json:"events"`
	From     int64     `json:"from_seq"`
	To       int64     `json:"to_seq"`
	Left     int64     `json:"left"`
}

func newPruningJSON(plans []auditing.Plan, slugs map[string]string, dry bool) pruningJSON {
	out := pruningJSON{DryRun: dry, Chains: []planJSON{}, Archives: []string{}}
	for _, plan := range plans {
		out.Events += plan.Events()
		out.Chains = append(out.Chains, planJSON{
			TenantID: plan.TenantID, Tenant: slugs[plan.TenantID], Before: plan.Before, Events: plan.Events(),
			From: plan.From, To: plan.To, Left: plan.Head - max(plan.To, plan.From-1),
		})
	}
	return out
}

func (r pruningJSON) show(w io.Writer) {
	var rows [][]string
	for _, c := range r.Chains {
		rows = append(rows, []string{tenantName(c.TenantID, c.Tenant), date(c.Before), fmt.Sprint(c.Events), fmt.Sprint(c.Left)})
	}
	table(w, "TENANT BEFORE TO-PRUNE LEFT", rows)
}

// tenantName is what a tenant is called in a table: it may be none, or no more.
func tenantName(id, slug string) string {
	switch {
	case id == auditing.Platform:
		return "none"
	case slug == "":
		return id
	}
	return slug
}
