package core

import (
	"slices"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// unused are the variables of the contract that this version reads and checks
// but does nothing with. Whoever builds on one takes it out of the list.
var unused = []string{
	"SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT",
}

// warnUnused keeps an operator from believing in a setting that has no effect.
func warnUnused(c config.Config, log *zap.Logger) {
	var set []string
	for _, s := range c.Masked() {
		if (s.Origin == config.Given || s.Origin == config.File) && slices.Contains(unused, s.Name) {
			set = append(set, s.Name)
		}
	}
	if len(set) > 0 {
		log.Warn("variables are set that have no effect in this version", zap.Strings("variables", set))
	}
}
