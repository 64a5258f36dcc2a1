package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

// persona is who a command is done as: a user of the platform, proven by
// password and second factor as at the API, so that one person is the same here
// and there. The account of the operating system proves nothing of the kind.
type persona struct {
	tenant, email, passwordFile, code string
}

func (a *persona) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.email, "as", "", "the user to do it as, by e-mail address; asks for the password")
	cmd.Flags().StringVar(&a.tenant, "tenant", tenancy.PlatformSlug, "whose user that is")
	cmd.Flags().StringVar(&a.passwordFile, "password-file", "", "file that holds the password in its first line, instead of asking")
	cmd.Flags().StringVar(&a.code, "code", "", "six digits of the authenticator app, or a recovery code, instead of asking")
}

// given reports whether a user was named.
func (a *persona) given() bool { return a.email != "" }

// as does something in the name of a user, and signs out again.
func (p *program) as(ctx context.Context, a persona, desk *authenticating.Desk, who *access.Authenticator, do func(context.Context) error) (err error) {
	pass, err := p.signIn(ctx, a, desk)
	if err != nil {
		return err
	}
	principal, err := who.Bearer(ctx, pass.Access)
	if err != nil {
		return err
	}
	ctx = access.With(ctx, principal)
	defer func() { err = errors.Join(err, desk.SignOut(ctx, false)) }()
	return do(ctx)
}

func (p *program) signIn(ctx context.Context, a persona, desk *authenticating.Desk) (authenticating.Pass, error) {
	var err error
	c := authenticating.Credentials{Tenant: a.tenant, Email: a.email, Code: a.code}
	if a.passwordFile != "" {
		c.Password, _, err = passwordFrom(a.passwordFile)
	} else {
		c.Password, err = p.secret("Password of "+a.email, "--password-file")
	}
	if err != nil {
		return authenticating.Pass{}, err
	}
	pass, err := desk.SignIn(ctx, c)
	if !errors.Is(err, authenticating.ErrCode) || a.code != "" {
		return pass, err
	}
	if c.Code, err = p.secret("Code of the authenticator app", "--code"); err != nil {
		return pass, err
	}
	return desk.SignIn(ctx, c)
}

// secret asks a person for what must not be seen.
func (p *program) secret(what, flag string) (string, error) {
	file, ok := p.in.(*os.File)
	if !ok || !isTerminal(file) {
		return "", usagef("there is no terminal to ask at; give %s", flag)
	}
	fmt.Fprintf(p.err, "%s: ", what)
	text, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(p.err)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", flag, err)
	}
	return string(text), nil
}
