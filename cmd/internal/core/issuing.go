package core

import (
	"crypto/rand"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/issuing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

func newIssuer(t access.Tenants, k access.Keys, newID func() string, now domain.Clock) *access.Issuer {
	return access.NewIssuer(t, k, rand.Reader, newID, now)
}

type clerkParams struct {
	fx.In

	Issuer   *access.Issuer
	Tenants  access.Tenants
	Store    issuing.Store
	Unit     transacting.Unit
	Recorder auditing.Recorder
	Now      domain.Clock
}

func newClerk(p clerkParams) *issuing.Clerk {
	return issuing.NewClerk(issuing.Parts{
		Issuer: p.Issuer, Tenants: p.Tenants, Store: p.Store, Unit: p.Unit, Recorder: p.Recorder, Now: p.Now,
	})
}
