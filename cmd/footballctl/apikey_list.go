package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/issuing"
)

// listedKeyJSON is an API key without its text.
type listedKeyJSON struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Hint       string         `json:"hint"`
	Scopes     []access.Scope `json:"scopes"`
	CreatedAt  time.Time      `json:"created_at"`
	CreatedBy  string         `json:"created_by"`
	ExpiresAt  time.Time      `json:"expires_at,omitzero"`
	LastUsedAt time.Time      `json:"last_used_at,omitzero"`
	RevokedAt  time.Time      `json:"revoked_at,omitzero"`
}

func (p *program) apikeyList() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use: "list", Short: "List a tenant's API keys, without their texts", Args: cobra.NoArgs,
		Example: "  footballctl apikey list --tenant acme",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var clerk *issuing.Clerk
			return p.with(ctx, identityGraph, func() error {
				find := func(ctx context.Context, page catalogue.Page) ([]access.Key, error) {
					return clerk.ListFor(ctx, tenant, page)
				}
				all, err := pages(ctx, 10_000, find, func(k access.Key) catalogue.Position { return catalogue.Position{ID: k.ID} })
				if err != nil {
					return err
				}
				return p.showKeys(all)
			}, &clerk)
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", "", "whose keys")
	require(cmd, "tenant")
	return cmd
}

func (p *program) showKeys(all []access.Key) error {
	wire, rows := make([]listedKeyJSON, len(all)), make([][]string, len(all))
	for i, k := range all {
		wire[i] = listedKeyJSON{
			ID: k.ID, Name: k.Name, Hint: k.Hint, Scopes: k.Scopes, CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy,
			ExpiresAt: k.ExpiresAt, LastUsedAt: k.LastUsedAt, RevokedAt: k.RevokedAt,
		}
		rows[i] = []string{
			k.ID, k.Name, k.Hint, strings.Trim(fmt.Sprint(k.Scopes), "[]"), moment(k.CreatedAt), moment(k.LastUsedAt), moment(k.ExpiresAt), moment(k.RevokedAt),
		}
	}
	return p.print(wire, func(w io.Writer) { table(w, "ID NAME BEGINS SCOPES CREATED USED EXPIRES REVOKED", rows) })
}
