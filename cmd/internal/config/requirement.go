package config

import "slices"

// Requirement says which variables a program reads and which it cannot do
// without.
type Requirement struct {
	reads    []string // besides the common ones; nil reads all
	needs    []string
	defaults map[string]string // in place of those of the struct
	public   bool              // listens on HTTP_ADDR
	keys     bool              // signs with SECRET_KEY and JWT_SECRET_KEY
}

// common are the variables that every program reads.
var common = []string{"ENV", "DEBUG", "LOG_LEVEL"}

// The requirements of the servers. The worker's metrics have a default port
// of their own, so that both run on one machine.
var (
	ForAPI    = Requirement{needs: []string{"DATABASE_URL", "REDIS_URL"}, public: true, keys: true}
	ForWorker = Requirement{needs: []string{"DATABASE_URL"}, defaults: map[string]string{"METRICS_PORT": "8001"}, keys: true}
)

// Only reads and needs the named variables and nothing else, so that a
// command of one purpose does not stumble over settings of another.
func Only(needs ...string) Requirement {
	return Requirement{reads: append([]string{}, needs...), needs: needs}
}

// With also reads the named variables, without needing them.
func (r Requirement) With(optional ...string) Requirement {
	r.reads = append(slices.Clone(r.reads), optional...)
	return r
}

// Reading reads the named variables alone, needs none, and keeps r's defaults:
// for a health check, which must not stumble over what it does not use.
func (r Requirement) Reading(names ...string) Requirement {
	return Requirement{reads: names, defaults: r.defaults}
}

// Everything reads every variable and needs none.
var Everything = Requirement{}

func (r Requirement) readsVariable(name string) bool {
	return r.reads == nil || slices.Contains(r.reads, name) || slices.Contains(common, name)
}
