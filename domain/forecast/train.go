package forecast

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Progress is told how far long work has come: done of total steps, and what
// is being done. total is an upper bound; work may end sooner.
type Progress func(done, total int, message string)

// TrainOptions say what to train on. The zero value is all of the history.
type TrainOptions struct {
	// Until is the first day that is not trained on; zero is no bound.
	Until    time.Time
	Progress Progress // may be nil
}

const (
	// leastTuning is how many matches tuning needs; below it the defaults,
	// which come from twenty seasons of five leagues, are better.
	leastTuning = 1500
	// leastCalibration is how many forecasts a recalibration needs.
	leastCalibration = 300
	// warmUp is the share of the history that ratings form on before
	// forecasts count in tuning.
	warmUp = 0.3
)

// Train tunes the model called name on the matches of history before
// options.Until, by the log loss of forecasts that walk forward through them;
// then fits the recalibration and the pick threshold on the forecasts of one
// more such walk. Competitions share hyper-parameters.
//
// History may be of any length, in any order; too little of it gives a model
// with defaults that says so, see [Model.Sufficient]. It returns [ErrMethod]
// for an unknown name and the error of ctx when that ends first.
func Train(ctx context.Context, name string, history []Result, options TrainOptions) (Model, error) {
	found, err := findMethod(name)
	if err != nil {
		return Model{}, err
	}
	known := before(chronological(history), options.Until)
	model := Model{
		name: name, values: read(found.settings()), calibration: unchanged,
		threshold: defaultThreshold, matches: len(known),
	}
	if len(known) > 0 {
		model.from, model.to = midnight(known[0].Date), midnight(known[len(known)-1].Date)
	}
	training := &training{history: known, first: int(warmUp * float64(len(known))), progress: options.Progress}
	training.run(ctx, &model, found.effort)
	if err := ctx.Err(); err != nil {
		return Model{}, fmt.Errorf("train %s: %w", name, err)
	}
	return model, nil
}

// before leaves out what was played from until on; history is chronological.
func before(history []Result, until time.Time) []Result {
	if until.IsZero() {
		return history
	}
	n, _ := slices.BinarySearchFunc(history, day(until), func(r Result, d int) int { return day(r.Date) - d })
	return history[:n]
}

func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// training is one call of [Train] under way.
type training struct {
	history     []Result // chronological
	first       int      // match from which forecasts count
	progress    Progress
	done, total int
}

// run fills in what the history can teach the model.
func (t *training) run(ctx context.Context, model *Model, effort effort) {
	dials := model.settings().dials()
	model.sufficient = len(t.history) >= leastTuning
	t.total = 1
	if len(dials) > 0 && model.sufficient {
		t.total += effort.rounds * len(dials)
		model.values = t.tune(ctx, *model, dials, effort)
	}
	t.tell(0, "recalibrating")
	trials := rehearse(ctx, model.Start(), t.history, t.first)
	if len(trials) >= leastCalibration {
		if len(dials) > 0 {
			model.calibration = calibrate(trials)
		}
		model.threshold = pickThreshold(model.calibration, trials)
	}
	t.tell(1, "trained")
}

// tune searches the dials of the model for the least loss.
func (t *training) tune(ctx context.Context, model Model, dials []dial, effort effort) []float64 {
	history, first := t.history, t.first
	if skip := len(history) - effort.matches; skip > 0 {
		history = history[skip:]
		first = int(warmUp * float64(len(history)))
	}
	rehearsal := func(values []float64) []trial {
		candidate := model
		candidate.values = values
		return rehearse(ctx, candidate.Start(), history, first)
	}
	usual := calibrate(rehearsal(model.values))
	s := search{
		loss:  func(values []float64) float64 { return usual.lossOf(rehearsal(values)) },
		dials: dials, rounds: effort.rounds, done: func(n int) { t.tell(n, "tuning") },
	}
	return s.run(ctx, model.values)
}

// scoreWeight is how much the likelihood of scores counts beside that of
// outcomes in tuning. Every market comes from one grid, so the scores matter.
const scoreWeight = 0.25

// lossOf is the mean log loss of trials in nats: of outcomes after the best
// recalibration, which is one step of Fisher scoring from c, and of scores.
func (c calibration) lossOf(trials []trial) float64 {
	loss, _, gain := c.survey(trials)
	loss -= gain
	for _, t := range trials {
		loss += scoreWeight * t.surprise
	}
	return loss / float64(max(len(trials), 1))
}

// tell reports n more steps done.
func (t *training) tell(n int, message string) {
	t.done += n
	if t.progress != nil {
		t.progress(t.done, t.total, message)
	}
}
