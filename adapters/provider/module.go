// Package provider puts together the sources of matches that a configuration
// names.
package provider

import "go.uber.org/fx"

// Module provides the sources. It needs a [Config].
var Module = fx.Module("provider", fx.Provide(NewSources))
