package core

import (
	"context"
	"runtime"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/notify"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Identity provides what lets people in and keeps them. It needs [Auditing] and
// [postgres.Module].
func Identity() fx.Option {
	return fx.Module("identity",
		fx.Provide(
			newTokens,
			func(t *crypto.Tokens) access.Tokens { return t },
			fx.Annotate(postgres.NewUsers, fx.As(new(membership.Users)), fx.As(new(authenticating.Users))),
			fx.Annotate(postgres.NewSessions, fx.As(new(authenticating.Sessions)), fx.As(new(authenticating.Standings))),
			fx.Annotate(postgres.NewAttempts, fx.As(new(authenticating.Attempts))),
			fx.Annotate(postgres.NewFactors, fx.As(new(authenticating.Factors))),
			func(s authenticating.Standings, c config.Config) access.Sessions {
				return authenticating.NewGate(s, c.Environment == config.Production)
			},
			NewNotifier, newOutbox, newDesk, newMembers, newIssuer, newClerk,
			provisioning.NewRegistrar, provisioning.NewKeeper,
		),
	)
}

// newTokens follows the file of JWT_SECRET_KEY_FILE; a value of JWT_SECRET_KEY
// stays what it is.
func newTokens(c config.Config, now domain.Clock) (*crypto.Tokens, error) {
	if path := c.FileOf("JWT_SECRET_KEY"); path != "" {
		return crypto.OpenTokens(path, c.FitKey, now)
	}
	return crypto.NewTokens(string(c.JWTSecretKey), now)
}

// NewNotifier sends by SMTP_URL. Without it, development shows what would be
// sent.
func NewNotifier(c config.Config, log *zap.Logger) (notifying.Notifier, error) {
	if c.SMTPURL == "" {
		return notify.Unsent{Log: log, Show: c.Environment == config.Development}, nil
	}
	return notify.NewSMTP(string(c.SMTPURL))
}

// How many mails may wait, and how long one may take.
const (
	mostMails = 1_000
	mailLimit = time.Minute
)

func newOutbox(lc fx.Lifecycle) *notifying.Outbox {
	o := notifying.NewOutbox(mostMails, mailLimit)
	lc.Append(fx.StopHook(func(ctx context.Context) error { return o.Close(ctx) }))
	return o
}

type deskParams struct {
	fx.In

	Tenants  provisioning.Tenants
	Users    authenticating.Users
	Sessions authenticating.Sessions
	Factors  authenticating.Factors
	Attempts authenticating.Attempts
	Tokens   access.Tokens
	Unit     transacting.Unit
	Recorder auditing.Recorder
	Notifier notifying.Notifier
	Outbox   *notifying.Outbox
	NewID    func() string
	Now      domain.Clock
	Log      *zap.Logger
	Refused  func(authenticating.Refusal) `optional:"true"`
}

func newDesk(p deskParams) *authenticating.Desk {
	if p.Refused == nil {
		p.Refused = func(authenticating.Refusal) {} // where nobody signs in
	}
	return authenticating.NewDesk(authenticating.Parts{
		Tenants: p.Tenants, Users: p.Users, Sessions: p.Sessions, Factors: p.Factors, Attempts: p.Attempts,
		Passwords: crypto.NewPasswords(runtime.GOMAXPROCS(0)), Codes: crypto.Codes{}, Tokens: p.Tokens,
		Unit: p.Unit, Recorder: p.Recorder, Later: p.Outbox, Refused: p.Refused, NewID: p.NewID, Now: p.Now,
		Mailer: authenticating.Mailer{Notifier: p.Notifier, Failed: func(err error) {
			p.Log.Error("a mail could not be sent", zap.Error(err))
		}},
	})
}

type memberParams struct {
	fx.In

	Users    membership.Users
	Tenants  provisioning.Tenants
	Sessions authenticating.Sessions
	Desk     *authenticating.Desk
	Chains   auditing.Chains
	Unit     transacting.Unit
	Recorder auditing.Recorder
	NewID    func() string
	Now      domain.Clock
}

func newMembers(p memberParams) *membership.Members {
	return membership.NewMembers(membership.Parts{
		Users: p.Users, Tenants: p.Tenants, Sessions: p.Sessions, Inviter: p.Desk, Eraser: p.Chains,
		Unit: p.Unit, Recorder: p.Recorder, NewID: p.NewID, Now: p.Now,
	})
}
