package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

const rotateTokensHelp = "With --tokens it exchanges the secret that tokens are signed with, in three steps\n" +
	"that sign nobody out. The first adds a secret that only verifies. When every server\n" +
	"has the file, --promote puts it in front, so that it signs. When the tokens of the\n" +
	"former secret have expired, --retire takes that one out. What comes too early is\n" +
	"refused. Running servers take each step up within 30 seconds; bring the file to all."

// tokenStep is which step of the exchange is taken.
type tokenStep struct{ tokens, promote, retire bool }

func (s *tokenStep) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.tokens, "tokens", false, "add a secret of tokens, which only verifies (JWT_SECRET_KEY_FILE)")
	cmd.Flags().BoolVar(&s.promote, "promote", false, "with --tokens: let the secret that was added sign")
	cmd.Flags().BoolVar(&s.retire, "retire", false, "with --tokens: take out what no token needs any more")
}

func (p *program) rotateTokens(step tokenStep) error {
	switch {
	case !step.tokens:
		return usagef("--promote and --retire are steps of --tokens; say that too")
	case step.promote && step.retire:
		return usagef("--promote and --retire are steps of their own; take one at a time")
	}
	path, err := p.secretFile()
	if err != nil {
		return err
	}
	switch now := time.Now(); {
	case step.promote:
		promoted, err := crypto.PromoteSecret(path, now)
		if err != nil {
			return err
		}
		return p.print(toSecretJSON(promoted), func(w io.Writer) {
			fmt.Fprintf(w, "secret %s signs from now on; run `footballctl keys rotate --tokens --retire` in %d days\n",
				promoted.ID, int(authenticating.LongestToken.Hours()/24)+1)
		})
	case step.retire:
		retired, err := crypto.RetireSecrets(path, authenticating.LongestToken, now)
		if err != nil {
			return err
		}
		return p.print(toSecretsJSON(retired), func(w io.Writer) {
			fmt.Fprintf(w, "%s taken out\n", plural(len(retired), "secret is", "secrets are"))
		})
	default:
		added, err := crypto.AddSecret(path, now)
		if err != nil {
			return err
		}
		return p.print(toSecretJSON(added), func(w io.Writer) {
			fmt.Fprintf(w, "secret %s verifies from now on; when every server has the file, run `footballctl keys rotate --tokens --promote`\n", added.ID)
		})
	}
}

func (p *program) generateSecrets(out string) error {
	if err := crypto.GenerateSecrets(out, time.Now()); err != nil {
		return err
	}
	return p.print(map[string]string{"file": out}, func(w io.Writer) {
		fmt.Fprintf(w, "made %s; set JWT_SECRET_KEY_FILE to it\n", out)
	})
}

// secretJSON is a secret of tokens on the wire; the secret itself is not.
type secretJSON struct {
	ID       string     `json:"id"`
	Signs    bool       `json:"signs"`
	Waits    bool       `json:"waits"`
	Added    *time.Time `json:"added_at"`
	Replaced *time.Time `json:"replaced_at"`
}

func toSecretJSON(s crypto.TokenSecret) secretJSON {
	wire := secretJSON{ID: s.ID, Signs: s.Signs, Waits: s.Waits}
	if !s.Added.IsZero() {
		wire.Added = &s.Added
	}
	if !s.Replaced.IsZero() {
		wire.Replaced = &s.Replaced
	}
	return wire
}

func toSecretsJSON(all []crypto.TokenSecret) []secretJSON {
	wire := make([]secretJSON, len(all))
	for i, s := range all {
		wire[i] = toSecretJSON(s)
	}
	return wire
}

func (p *program) listSecrets() error {
	path, err := p.secretFile()
	if err != nil {
		return err
	}
	all, err := crypto.ListSecrets(path)
	if err != nil {
		return err
	}
	rows := make([][]string, len(all))
	for i, s := range all {
		use := "verifies old tokens"
		switch {
		case s.Signs:
			use = "signs new tokens"
		case s.Waits:
			use = "waits for --promote"
		}
		rows[i] = []string{s.ID, moment(s.Added), moment(s.Replaced), use}
	}
	return p.print(toSecretsJSON(all), func(w io.Writer) { table(w, "SECRET ADDED(UTC) REPLACED(UTC) USE", rows) })
}

// secretFile is where the secrets of tokens are.
func (p *program) secretFile() (string, error) {
	c, err := p.load(config.Only("JWT_SECRET_KEY"))
	if err != nil {
		return "", err
	}
	path := c.FileOf("JWT_SECRET_KEY")
	if path == "" {
		return "", errors.New("JWT_SECRET_KEY_FILE is not set; secrets that stand in a variable cannot change while servers run: " +
			"put them in a file of mode 0600 and name that")
	}
	return path, nil
}
