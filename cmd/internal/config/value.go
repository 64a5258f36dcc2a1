package config

import (
	"net/url"
	"strings"
)

// Environment is what a program runs in.
type Environment string

// The environments.
const (
	Development Environment = "development"
	Test        Environment = "test"
	Staging     Environment = "staging"
	Production  Environment = "production"
)

// Level is the least severity that is logged.
type Level string

// The levels.
const (
	LevelDebug Level = "debug"
	LevelInfo  Level = "info"
	LevelWarn  Level = "warn"
	LevelError Level = "error"
)

// Engine is the tool that backups of the database are made with.
type Engine string

// The engines.
const (
	EngineDump    Engine = "pg_dump"
	EngineArchive Engine = "pgbackrest"
)

// ReleaseDriver is how releases are run on a machine.
type ReleaseDriver string

// The drivers.
const (
	DriverSystemd   ReleaseDriver = "systemd"
	DriverProcesses ReleaseDriver = "processes"
	DriverCompose   ReleaseDriver = "compose"
)

// HostPort is host:port; the host may be empty.
type HostPort string

// Path is the path of a file that could be read when the program started.
type Path string

// mask is what is shown of a secret.
const mask = "xxxxx"

// Secret prints as a mask; string(s) is the value.
type Secret string

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString keeps %#v from telling.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps JSON and logs from telling.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// URL prints without the password it may hold; string(u) is the value.
type URL string

func (u URL) String() string {
	if u == "" {
		return ""
	}
	parsed, err := url.Parse(string(u))
	if err != nil || parsed.Opaque != "" {
		return mask
	}
	query := parsed.Query()
	for name := range query {
		if strings.Contains(strings.ToLower(name), "password") {
			query.Set(name, mask)
		}
	}
	parsed.RawQuery = query.Encode()
	return parsed.Redacted()
}

// GoString keeps %#v from telling.
func (u URL) GoString() string { return u.String() }

// MarshalText keeps JSON and logs from telling.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// password is the password in u, empty when there is none.
func (u URL) password() string {
	parsed, err := url.Parse(string(u))
	if err != nil {
		return ""
	}
	if p, ok := parsed.User.Password(); ok {
		return p
	}
	return parsed.Query().Get("password")
}
