package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/issuing"
)

func (p *program) apikey() *cobra.Command {
	return group("apikey", "Make, list and end API keys (DATABASE_URL, ENCRYPTION_KEY_FILE)",
		"  footballctl apikey create --tenant acme --name reporting\n  footballctl apikey revoke --tenant acme 0197c3f2-8f4e-7cc3-98c4-dc0c0c07398f",
		p.apikeyCreate(), p.apikeyList(), p.apikeyRevoke())
}

// keyJSON is a new API key on the wire, the only place where its text shows.
type keyJSON struct {
	ID        string         `json:"id"`
	Key       string         `json:"key"`
	Tenant    string         `json:"tenant"`
	Name      string         `json:"name"`
	Scopes    []access.Scope `json:"scopes"`
	ExpiresAt *time.Time     `json:"expires_at"`
}

func (p *program) apikeyCreate() *cobra.Command {
	var (
		r       access.Request
		scopes  []string
		expires string
	)
	cmd := &cobra.Command{
		Use: "create", Short: "Make an API key and print it, this once", Args: cobra.NoArgs,
		Example: "  footballctl apikey create --tenant acme --name reporting\n" +
			"  footballctl apikey create --tenant acme --name deploys --scope read --scope operate --expires 90d",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			lifetime, err := parseLifetime("--expires", expires)
			if err != nil {
				return err
			}
			if r.Scopes, err = parseScopes(scopes); err != nil {
				return err
			}
			if lifetime > 0 {
				r.ExpiresAt = time.Now().Add(lifetime).UTC()
			}
			return p.createKey(cmd, r)
		},
	}
	cmd.Flags().StringVar(&r.Tenant, "tenant", "", "whose key it is")
	cmd.Flags().StringVar(&r.Name, "name", "", "what it is for")
	cmd.Flags().StringArrayVar(&scopes, "scope", []string{string(access.Read)}, "what it allows: read, predict, manage, operate; may be repeated")
	cmd.Flags().StringVar(&expires, "expires", "", "how long it works, such as 90d or 12h (default: until revoked)")
	require(cmd, "tenant", "name")
	return cmd
}

func (p *program) createKey(cmd *cobra.Command, r access.Request) error {
	ctx, cancel := p.bounded(cmd, quick)
	defer cancel()
	var clerk *issuing.Clerk
	return p.with(ctx, identityGraph, func() error {
		key, kept, err := clerk.CreateFor(ctx, r)
		if err != nil {
			return err
		}
		wire := keyJSON{ID: kept.ID, Key: key, Tenant: r.Tenant, Name: kept.Name, Scopes: kept.Scopes}
		if !kept.ExpiresAt.IsZero() {
			wire.ExpiresAt = &kept.ExpiresAt
		}
		return p.print(wire, func(w io.Writer) {
			// The key alone goes to standard output, for a script to take.
			fmt.Fprintln(w, key)
			fmt.Fprintf(p.err, "API key %s of tenant %s. It is shown this once; keep it safe.\n", kept.ID, r.Tenant)
		})
	}, &clerk)
}

func (p *program) apikeyRevoke() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use: "revoke ID", Short: "End an API key at once", Args: cobra.ExactArgs(1),
		Example: "  footballctl apikey revoke --tenant acme 0197c3f2-8f4e-7cc3-98c4-dc0c0c07398f",
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.HasPrefix(args[0], access.Prefix) {
				return usagef("give the key's ID, not the key itself; the ID was printed when the key was made")
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var clerk *issuing.Clerk
			return p.with(ctx, identityGraph, func() error {
				if err := clerk.RevokeFor(ctx, tenant, args[0]); err != nil {
					return err
				}
				return p.print(map[string]string{"revoked": args[0]}, func(w io.Writer) {
					fmt.Fprintf(w, "revoked API key %s; it stops working within a second\n", args[0])
				})
			}, &clerk)
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", "", "whose key it is")
	require(cmd, "tenant")
	return cmd
}

func parseScopes(texts []string) ([]access.Scope, error) {
	scopes := make([]access.Scope, 0, len(texts))
	for _, text := range texts {
		s, err := access.ParseScope(text)
		if err != nil {
			return nil, usagef("--scope: %s", message(err))
		}
		scopes = append(scopes, s)
	}
	return scopes, nil
}

// parseLifetime reads a duration that may be given in days; empty is none.
func parseLifetime(flag, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, usagef("%s %q is no length of time; say the likes of 90d or 12h", flag, text)
	}
	return d, nil
}

// require marks flags as needed; they are known, so it cannot fail.
func require(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		_ = cmd.MarkFlagRequired(name)
	}
}
