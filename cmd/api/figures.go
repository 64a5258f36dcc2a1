package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/metering"
)

// figuresTimeout is how long the database works on one figure.
const figuresTimeout = 4 * time.Second

// figures are what the API tells beside what happens in it.
type figures struct {
	fx.In

	Registry  prom.Registerer
	Refresher *prometheus.Refresher
	Config    config.Config
	DB        *bun.DB
	Replica   *postgres.Replica
	Meter     *metering.Meter
	Engine    checking.Engine
	Now       domain.Clock
}

// registerFigures reads business figures over one connection of their own, which
// gives up on slow ones: they never take a connection from a request.
func registerFigures(lc fx.Lifecycle, f figures) error {
	db, err := f.open(lc, core.Postgres("api-figures", f.Config))
	if err != nil {
		return err
	}
	prometheus.RegisterPool(f.Registry, f.DB.Stats)
	prometheus.NewFigures(f.Registry, f.Refresher, postgres.NewSettlements(db), postgres.NewCatalogue(db), f.Now)
	prometheus.NewQuotas(f.Registry, f.Refresher, postgres.NewUsage(db))
	prometheus.NewActivity(f.Registry, f.Refresher, postgres.NewUsage(db))
	prometheus.NewIncidents(f.Registry, f.Refresher, postgres.NewIncidents(db))
	prometheus.NewEngine(f.Registry, f.Refresher, f.Engine)
	prometheus.RegisterDropped(f.Registry, f.Meter.Dropped)
	if f.Config.SSLCertPath != "" {
		prometheus.RegisterCertificate(f.Registry, f.Refresher, func() (time.Time, error) {
			return expiry(string(f.Config.SSLCertPath), string(f.Config.SSLKeyPath))
		})
	}
	if f.Replica != nil {
		prometheus.RegisterReplica(f.Registry, f.Replica.Lag)
	}
	return nil
}

func (figures) open(lc fx.Lifecycle, c postgres.Config) (*bun.DB, error) {
	c.PoolSize, c.StatementTimeout = 1, figuresTimeout
	db, err := postgres.Open(c)
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(func(context.Context) error { return db.Close() }))
	return db, nil
}

// expiry is when the certificate ends that lies in a file with its chain.
func expiry(cert, key string) (time.Time, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return time.Time{}, err
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return time.Time{}, err
	}
	return leaf.NotAfter, nil
}
