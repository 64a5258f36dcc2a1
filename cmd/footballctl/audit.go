package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

func (p *program) audit() *cobra.Command {
	return group("audit", "Read what happened, and what was suspicious in it (DATABASE_URL, ENCRYPTION_KEY_FILE)",
		"  footballctl audit list --tenant acme --action api_key.created\n  footballctl audit findings list\n  footballctl audit prune --dry-run",
		p.auditList(), p.auditFindings(), p.auditPrune(), p.auditVerify())
}

// auditEventJSON is an event on the wire.
type auditEventJSON struct {
	Seq       int64             `json:"seq"`
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action"`
	Outcome   string            `json:"outcome"`
	Actor     string            `json:"actor"`
	Target    string            `json:"target"`
	RequestID string            `json:"request_id"`
	Details   map[string]string `json:"details"`
	Personal  map[string]string `json:"personal"`
	Erased    bool              `json:"erased"`
}

func (p *program) auditList() *cobra.Command {
	var (
		tenant, outcome string
		f               auditing.Filter
		limit           int
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List a tenant's events, newest first", Args: cobra.NoArgs,
		Long: "List a tenant's events, newest first. Without --tenant it lists what happened in\n" +
			"none, such as a sign-in to one that does not exist.",
		Example: "  footballctl audit list --tenant acme --outcome refused --limit 20",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: say 1 or more", limit)
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			f.Outcome = auditing.Outcome(outcome)
			var (
				reader  *auditing.Reader
				tenants provisioning.Tenants
			)
			return p.with(ctx, auditGraph, func() error {
				id, err := tenantOrPlatform(ctx, tenants, tenant)
				if err != nil {
					return err
				}
				found, err := reader.Of(ctx, id, f, 0, limit)
				if err != nil {
					return err
				}
				return p.showAudit(found)
			}, &reader, &tenants)
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", "", "whose events")
	cmd.Flags().StringVar(&f.Action, "action", "", "only events of this kind")
	cmd.Flags().StringVar(&f.Actor, "actor", "", "only what this user or key did")
	cmd.Flags().StringVar(&f.Target, "target", "", "only what was done to this")
	cmd.Flags().StringVar(&outcome, "outcome", "", "only events that ended so: done, refused")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	return cmd
}

func tenantOrPlatform(ctx context.Context, tenants provisioning.Tenants, slug string) (string, error) {
	if slug == "" {
		return auditing.Platform, nil
	}
	t, err := tenants.BySlug(ctx, slug)
	return t.ID, err
}

func (p *program) showAudit(found []auditing.Record) error {
	wire, rows := make([]auditEventJSON, len(found)), make([][]string, len(found))
	for i, r := range found {
		wire[i] = auditEventJSON{
			Seq: r.Seq, ID: r.ID, At: r.At, Action: r.Action, Outcome: r.Outcome, Actor: r.Actor, Target: r.Target,
			RequestID: r.RequestID, Details: r.Details, Personal: r.Personal, Erased: r.Erased,
		}
		rows[i] = []string{
			fmt.Sprint(r.Seq), r.At.Format("2006-01-02 15:04:05"), r.Action, r.Outcome, r.Actor, orDash(r.Target),
			orDash(pairs(r.Details)), orDash(pairs(r.Personal)),
		}
	}
	return p.print(wire, func(w io.Writer) {
		table(w, "SEQ AT(UTC) ACTION OUTCOME ACTOR TARGET DETAILS PERSONAL", rows)
	})
}

// pairs is m as text; what callers sent is quoted, so that it cannot play
// tricks with a terminal.
func pairs(m map[string]string) string {
	out := make([]string, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		value := m[key]
		if quoted := fmt.Sprintf("%q", value); quoted != `"`+value+`"` || strings.Contains(value, " ") {
			value = quoted
		}
		out = append(out, key+"="+value)
	}
	return strings.Join(out, " ")
}
