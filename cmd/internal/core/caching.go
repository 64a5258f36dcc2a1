package core

import (
	"context"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

// Invalidate makes all answers of areas wrong in every process.
type Invalidate func(ctx context.Context, areas ...caching.Area)

// Caching keeps answers, for a program that gives some. It needs
// [postgres.Module], [redis.Module] and a [caching.Observer].
func Caching() fx.Option {
	return fx.Options(
		fx.Provide(newHerald, newHouse, func(h *caching.House) Invalidate { return h.Invalidate }),
		announcing,
	)
}

// Announcing tells those who keep answers what is wrong, for a program that
// changes things and gives no answers. It needs [postgres.Module] and
// [redis.Module].
func Announcing() fx.Option {
	return fx.Options(
		fx.Provide(newHerald, func(lc fx.Lifecycle, h *caching.Herald) Invalidate {
			inBackground(lc, h.Run)
			return h.Invalidate
		}),
		announcing,
	)
}

// announcing says which changes make which answers wrong.
var announcing = fx.Decorate(
	func(s ingesting.Store, changed Invalidate) ingesting.Store {
		return ingesting.Announced(s, changed.Of(caching.Football, caching.Forecasts))
	},
	func(f publishing.Forecasts, changed Invalidate) publishing.Forecasts {
		return publishing.Announced(f, changed.Of(caching.Forecasts))
	},
	func(s publishing.Settlements, changed Invalidate) publishing.Settlements {
		return publishing.AnnouncedSettlements(s, changed.Of(caching.Forecasts))
	},
	func(s predicting.Settlements, changed Invalidate) predicting.Settlements {
		return predicting.Announced(s, changed.Of(caching.Statistics, caching.Leaderboard))
	},
	func(r modelling.Registry, changed Invalidate) modelling.Registry {
		return modelling.Announced(r, changed.Of(caching.Forecasts))
	},
)

// Of makes the answers of areas wrong when it is called.
func (i Invalidate) Of(areas ...caching.Area) func(context.Context) {
	return func(ctx context.Context) { i(ctx, areas...) }
}

func newHerald(b caching.Bus, log *zap.Logger) *caching.Herald {
	return caching.NewHerald(b, func(err error) {
		log.Warn("what is wrong in caches could not be told; it is tried again, and answers live for seconds only", zap.Error(err))
	})
}

const (
	// keptBytes bounds the memory that answers take.
	keptBytes = 64 << 20
	// keptLife is past the life of any answer.
	keptLife = time.Minute
)

type houseParams struct {
	fx.In

	Store    caching.Store
	Bus      caching.Bus
	Herald   *caching.Herald
	Observer caching.Observer
	Now      domain.Clock
	Log      *zap.Logger
}

func newHouse(lc fx.Lifecycle, p houseParams) *caching.House {
	memory := otter.NewMemory(keptBytes, keptLife)
	lc.Append(fx.StopHook(memory.Close))
	house := caching.NewHouse(caching.Parts{
		Memory: memory, Store: p.Store, Bus: p.Bus, Herald: p.Herald, Observer: p.Observer, Now: p.Now,
		Failed: func(a caching.Area, err error) {
			p.Log.Warn("an answer was not renewed; the old one is told for some seconds", zap.String("area", string(a)), zap.Error(err))
		},
	})
	inBackground(lc, house.Run)
	return house
}

// inBackground runs something from start to stop.
func inBackground(lc fx.Lifecycle, run func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(
		func() { go func() { defer close(done); run(ctx) }() },
		func() { stop(); <-done },
	))
}
