package rest_test

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

var _ modelling.Registry = (*world)(nil)

func (w *world) Add(context.Context, modelling.Entry) error { return nil }

func (w *world) Get(ctx context.Context, version string) (modelling.Entry, error) {
	for _, e := range w.models {
		if e.Version == version {
			return e, w.fails(ctx)
		}
	}
	return modelling.Entry{}, modelling.ErrNoModel
}

func (w *world) Champion(ctx context.Context) (modelling.Entry, error) {
	for _, e := range w.models {
		if e.Champion {
			return e, w.fails(ctx)
		}
	}
	return modelling.Entry{}, modelling.ErrNoChampion
}

func (w *world) Evaluated(context.Context, string, modelling.Evaluation) error { return nil }

func (w *world) Promote(ctx context.Context, p modelling.Promotion) error {
	if _, err := w.Get(ctx, p.Version); err != nil {
		return err
	}
	for i := range w.models {
		w.models[i].Champion = w.models[i].Version == p.Version
	}
	w.former = p.Previous
	return nil
}

func (w *world) Former(ctx context.Context) (string, error) {
	if w.former == "" {
		return "", modelling.ErrNoFormer
	}
	return w.former, w.fails(ctx)
}

// keyring is who may call.
type keyring struct {
	tenant tenancy.Tenant
	keys   map[access.Hash]access.Key
	asked  int
}

func (k *keyring) Principal(_ context.Context, h access.Hash, _ time.Time) (access.Principal, error) {
	k.asked++
	key, ok := k.keys[h]
	if !ok {
		return access.Principal{}, access.ErrUnauthenticated
	}
	return access.Principal{TenantID: k.tenant.ID, Tenant: k.tenant.Slug, Subject: "api-key:" + key.ID, Scopes: key.Scopes}, nil
}

type tenants struct{ *keyring }

func (t tenants) BySlug(context.Context, string) (tenancy.Tenant, error) { return t.tenant, nil }

type keys struct{ *keyring }

func (k keys) Create(_ context.Context, made access.Key) error {
	k.keys[made.Hash] = made
	return nil
}

func (k keys) Revoke(context.Context, string, string, time.Time) error {
	clear(k.keys)
	return nil
}

// PublishSoon does nothing: what a promotion sets off is tested beside it.
func (*world) PublishSoon(context.Context, string) {}
