// Package forecast turns past results into probabilities of coming ones, and
// says how good such probabilities were.
//
// A [Model] is trained on history and starts a [Forecaster], which takes
// results day by day and forecasts fixtures. A [Forecast] is six numbers; its
// [Grid] of scores answers every market, so that no two markets disagree.
// [Walk] replays history without looking ahead, [Backtest] measures a model so.
//
// The package owns no clock, no storage and no randomness: the same history
// gives the same model, bit for bit.
package forecast
