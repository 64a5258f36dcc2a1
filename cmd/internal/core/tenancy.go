package core

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/exporting"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/onboarding"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/removing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Tenancy provides what brings tenants in and ends them. It needs [Identity] and
// an [exporting.Archives].
func Tenancy() fx.Option {
	return fx.Module("tenancy",
		fx.Provide(
			fx.Annotate(postgres.NewRemoval, fx.As(new(removing.Rows))),
			fx.Annotate(postgres.NewExport, fx.As(new(exporting.Rows))),
			exporting.NewExporter, auditing.NewDiary, newCache, newOnboarder, newRemover,
		),
	)
}

// newCache is what Redis remembers of tenants, nil without a REDIS_URL: a
// worker can do without.
func newCache(lc fx.Lifecycle, c config.Config) (removing.Cache, error) {
	if c.RedisURL == "" {
		return nil, nil //nolint:nilnil // that there is none is an answer
	}
	client, err := redis.Open(Redis(c))
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(client.Close))
	return redis.NewMemory(client), nil
}

type onboarderParams struct {
	fx.In

	Registrar *provisioning.Registrar
	Tenants   provisioning.Tenants
	Members   *membership.Members
	Users     membership.Users
	Desk      *authenticating.Desk
	Diary     *auditing.Diary
}

func newOnboarder(p onboarderParams) *onboarding.Onboarder {
	return onboarding.NewOnboarder(onboarding.Parts{
		Registrar: p.Registrar, Tenants: p.Tenants, Members: p.Members, Users: p.Users, Inviter: p.Desk, Diary: p.Diary,
	})
}

type removerParams struct {
	fx.In

	Tenants  provisioning.Tenants
	Register provisioning.Register
	Rows     removing.Rows
	Cache    removing.Cache
	Exporter *exporting.Exporter
	Unit     transacting.Unit
	Diary    *auditing.Diary
	Checker  *auditing.Checker
	Now      domain.Clock
}

func newRemover(p removerParams) *removing.Remover {
	return removing.NewRemover(removing.Parts{
		Tenants: p.Tenants, Register: p.Register, Rows: p.Rows, Cache: p.Cache, Exporter: p.Exporter,
		Unit: p.Unit, Diary: p.Diary, Checker: p.Checker, Now: p.Now,
	})
}
