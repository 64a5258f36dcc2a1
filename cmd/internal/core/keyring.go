package core

import (
	"crypto/rand"
	"errors"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// Auditing provides what records and reads audit events, and what seals
// columns. It needs [postgres.Module].
func Auditing() fx.Option {
	return fx.Module("auditing",
		fx.Provide(
			Keyring,
			func(r *crypto.Keyring) (sealing.Sealer, auditing.Signer) { return r, r },
			fx.Annotate(postgres.NewAudit, fx.As(new(auditing.Chains)), fx.As(new(auditing.Prunings))),
			fx.Annotate(postgres.NewArchive, fx.As(new(auditing.Archive))),
			fx.Annotate(newChronicle, fx.As(new(auditing.Recorder))),
			fx.Annotate(postgres.NewVault, fx.As(new(sealing.Vault))),
			func(v sealing.Vault, s sealing.Sealer) *sealing.Renewer {
				return sealing.NewRenewer(v, s, crypto.KeyID)
			},
			auditing.NewReader, auditing.NewChecker,
		),
	)
}

// Keyring is the keys of ENCRYPTION_KEY_FILE. Outside production they may be
// derived from SECRET_KEY.
func Keyring(c config.Config, now domain.Clock) (*crypto.Keyring, error) {
	switch {
	case c.EncryptionKeyFile != "":
		return crypto.Open(string(c.EncryptionKeyFile), now)
	case c.Environment == config.Production:
		return nil, errors.New("ENCRYPTION_KEY_FILE is not set; make one with: footballctl keys generate --out FILE")
	}
	return crypto.Derive(string(c.SecretKey), now)
}

func newChronicle(chains auditing.Chains, sealer sealing.Sealer, signer auditing.Signer, newID func() string, now domain.Clock) *auditing.Chronicle {
	return auditing.NewChronicle(chains, sealer, signer, rand.Reader, newID, now)
}
