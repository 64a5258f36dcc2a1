// Package footballprediction is the root of the module. It holds no code: the
// README says what the product is, ARCHITECTURE.md where everything lives.
package footballprediction
