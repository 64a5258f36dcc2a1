package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

func (p *program) admin() *cobra.Command {
	return group("admin", "Make the users who make the others (DATABASE_URL, ENCRYPTION_KEY_FILE)",
		"  footballctl admin create --email ada@example.com\n  footballctl admin create --tenant acme --role tenant_admin --email ada@example.com",
		p.adminCreate())
}

// adminJSON is a user that was made, on the wire, the only place where a
// password that was made up shows.
type adminJSON struct {
	ID       string        `json:"id"`
	Tenant   string        `json:"tenant"`
	Email    string        `json:"email"`
	Role     identity.Role `json:"role"`
	Password string        `json:"password,omitempty"`
}

// application is what `admin create` is told.
type application struct {
	tenant, email, name, role, passwordFile string
	ifMissing                               bool
}

func (p *program) adminCreate() *cobra.Command {
	var a application
	cmd := &cobra.Command{
		Use: "create", Short: "Make a user with a password", Args: cobra.NoArgs,
		Long: "Make a user with a password: the first one of a tenant, or one who runs the\n" +
			"platform. The platform's own tenant is made when it is not there. Without\n" +
			"--password-file a password is made up and printed, this once.",
		Example: "  footballctl admin create --email ada@example.com\n" +
			"  footballctl admin create --tenant acme --role tenant_admin --email ada@example.com --password-file pw",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			password, made, err := passwordFrom(a.passwordFile)
			if err != nil {
				return err
			}
			u, err := p.createUser(ctx, a, password)
			if errors.Is(err, identity.ErrTaken) && a.ifMissing {
				return p.print(adminJSON{Tenant: a.tenant, Email: a.email}, func(w io.Writer) { fmt.Fprintf(w, "%s is there already\n", a.email) })
			}
			if err != nil {
				return err
			}
			wire := adminJSON{ID: u.ID, Tenant: a.tenant, Email: u.Email, Role: u.Role}
			if made {
				wire.Password = password
			}
			return p.print(wire, func(w io.Writer) {
				if made {
					fmt.Fprintln(w, password) // alone on standard output, for a script to take
				}
				fmt.Fprintf(p.err, "made %s %s of tenant %s; a password that was made up is shown this once\n", u.Role, u.Email, a.tenant)
			})
		},
	}
	cmd.Flags().StringVar(&a.email, "email", "", "what the user signs in with")
	cmd.Flags().StringVar(&a.name, "name", "", "name for people (default: the address)")
	cmd.Flags().StringVar(&a.tenant, "tenant", tenancy.PlatformSlug, "whose user it is")
	cmd.Flags().StringVar(&a.role, "role", string(identity.PlatformAdmin), "viewer, analyst, tenant_admin, operator or platform_admin")
	cmd.Flags().StringVar(&a.passwordFile, "password-file", "", "file that holds the password in its first line")
	cmd.Flags().BoolVar(&a.ifMissing, "if-missing", false, "succeed when there is one by that address already")
	require(cmd, "email")
	return cmd
}

// passwordFrom reads a password, or makes one of 130 random bits.
func passwordFrom(path string) (password string, made bool, err error) {
	if path == "" {
		return rand.Text(), true, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", false, fmt.Errorf("--password-file: %w", err)
	}
	password, _, _ = strings.Cut(string(text), "\n")
	return strings.TrimSuffix(password, "\r"), false, nil
}

func (p *program) createUser(ctx context.Context, a application, password string) (u identity.User, err error) {
	role, err := identity.ParseRole(a.role)
	if err != nil {
		return u, usagef("--role: %s", message(err))
	}
	if a.name == "" {
		a.name = a.email
	}
	if err := identity.ValidatePassword(password, a.email, a.tenant); err != nil {
		return u, err
	}
	hash, err := crypto.NewPasswords(1).Hash(ctx, password)
	if err != nil {
		return u, err
	}
	var (
		members   *membership.Members
		registrar *provisioning.Registrar
		tenants   provisioning.Tenants
	)
	err = p.with(ctx, identityGraph, func() error {
		t, err := tenants.BySlug(ctx, a.tenant)
		if errors.Is(err, tenancy.ErrUnknown) && a.tenant == tenancy.PlatformSlug {
			t, err = registrar.Create(ctx, provisioning.Application{
				Slug: tenancy.PlatformSlug, Name: "Platform", Plan: tenancy.Enterprise, Platform: true,
			})
		}
		if err != nil {
			return err
		}
		u, err = members.Create(ctx, t, membership.Invitation{Email: a.email, Name: a.name, Role: role}, hash)
		return err
	}, &members, &registrar, &tenants)
	return u, err
}
