// Package caching keeps answers near: in the memory of the process, and in a
// store that all processes share. It owns when an answer may be told again, who
// looks it up, and how everybody learns that it is wrong. It is never the
// truth: whatever it holds may be lost at any time.
package caching

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
)

// Area is what is invalidated together, and a label of metrics: there are few.
type Area string

// The areas.
const (
	Football    Area = "football"    // competitions, tables, matches
	Forecasts   Area = "forecasts"   // published forecasts with their matches
	Statistics  Area = "statistics"  // what a tenant's users predict of a match
	Leaderboard Area = "leaderboard" // how a tenant's users did
	// Credentials are who calls. They are kept by each process alone, and told
	// about by the database: see ports/access.
	Credentials Area = "credentials"
)

// Areas are those that are shared between processes and can be invalidated.
var Areas = []Area{Football, Forecasts, Statistics, Leaderboard}

// Key names an answer within its area. Equal questions have equal keys.
type Key struct {
	Tenant string // the only one that may be told; empty for all
	Name   string // what was asked, see [Name]
}

// Name is what was asked, with its parameters in the order of their names.
func Name(what string, parameters url.Values) string {
	if len(parameters) == 0 {
		return what
	}
	return what + "?" + parameters.Encode()
}

// Slot is a key with its area: where a [Memory] keeps an answer.
type Slot struct {
	Area Area
	Key
}

// address is where the shared store keeps an answer: of one format, and of one
// generation of the area, so that what an older process writes, or what was
// looked up before an invalidation, is never read after it. The digest, the same
// in every process, bounds the length; the braces make a cluster keep all that
// is about one answer on one server.
func (s Slot) address(version int, generation int64) string {
	tenant := s.Tenant
	if tenant == "" {
		tenant = "shared"
	}
	digest := sha256.Sum256([]byte(s.Name))
	return string(s.Area) + ":v" + strconv.Itoa(version) + ":g" + strconv.FormatInt(generation, 10) + ":" + tenant +
		":{" + base64.RawURLEncoding.EncodeToString(digest[:]) + "}"
}
