package core_test

import (
	"testing"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

func TestModuleProvides(t *testing.T) {
	wanted := func(*zap.Logger, domain.Clock, football.Calendar, func() string, config.Config,
		postgres.Config, redis.Config, temporal.Config) {
	}
	if err := fx.ValidateApp(core.Module("test", config.Config{}), fx.Invoke(wanted)); err != nil {
		t.Error(err)
	}
}

func TestCalendarStandsAtTheEndOfAsOf(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }
	if got := core.Calendar(config.Config{}, now)(); !got.Equal(now()) {
		t.Errorf("without AS_OF it says %v, want %v", got, now())
	}
	asOf := config.Config{AsOf: time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC)}
	if got, want := core.Calendar(asOf, now)(), time.Date(2019, 3, 2, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("with AS_OF=2019-03-01 it says %v, want %v", got, want)
	}
}

func TestPostgresTakesItsPieces(t *testing.T) {
	got := core.Postgres("api", config.Config{DatabaseURL: "postgres://u:p@h/d", DBPoolSize: 7})
	want := postgres.Config{URL: "postgres://u:p@h/d", PoolSize: 7, ApplicationName: "football-api"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
