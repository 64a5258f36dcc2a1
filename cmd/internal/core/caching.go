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

// invalidate makes all answers of areas wrong in every process.
type invalidate func(ctx context.Context, areas ...caching.Area)

// Caching keeps answers, for a program that gives some. It needs
// [postgres.Module], [redis.Module] and a [caching.Observer].
var Caching = fx.Options(
	fx.Provide(newHerald, newHouse, func(h *caching.House) invalidate { return h.Invalidate }),
	announcing,
)

// Announcing tells those who keep answers what is wrong, for a program that
// changes things and gives no answers. It needs [postgres.Module] and
// [redis.Module].
var Announcing = fx.Options(
	fx.Provide(newHerald, func(lc fx.Lifecycle, h *caching.Herald) invalidate {
		inBackground(lc, h.Run)
		return h.Invalidate
	}),
	announcing,
)

// announcing says which changes make which answers wrong.
var announcing = fx.Decorate(
	func(s ingesting.Store, changed invalidate) ingesting.Store {
		return ingesting.Announced(s, changed.of(caching.Football, caching.Forecasts))
	},
	func(f publishing.Forecasts, changed invalidate) publishing.Forecasts {
		return publishing.Announced(f, changed.of(caching.Forecasts))
	},
	func(s publishing.Settlements, changed invalidate) publishing.Settlements {
		return publishing.AnnouncedSettlements(s, changed.of(caching.Forecasts))
	},
	func(s predicting.Settlements, changed invalidate) predicting.Settlements {
		return predicting.Announced(s, changed.of(caching.Statistics, caching.Leaderboard))
	},
	func(r modelling.Registry, changed invalidate) modelling.Registry {
		return modelling.Announced(r, changed.of(caching.Forecasts))
	},
)

func (i invalidate) of(areas ...caching.Area) func(context.Context) {
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
