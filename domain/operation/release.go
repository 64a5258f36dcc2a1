package operation

import (
	"fmt"
	"regexp"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Colour is one of the two places that a release can run in.
type Colour string

// The colours.
const (
	Blue  Colour = "blue"
	Green Colour = "green"
)

// Colours are both.
var Colours = []Colour{Blue, Green}

// Other is the other one.
func (c Colour) Other() Colour {
	if c == Blue {
		return Green
	}
	return Blue
}

// releaseName is a folder's name, and no path.
var releaseName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$`)

// CheckRelease returns an error about a name that no release can have.
func CheckRelease(name string) error {
	if !releaseName.MatchString(name) {
		return domain.Errorf(domain.Invalid, "release.name", "%q is no name of a release; say one such as v1.4.0", name).In("release")
	}
	return nil
}

// Canary is what clients saw of a colour.
type Canary struct {
	Requests int           `json:"requests"`
	Failed   int           `json:"failed"` // answers of 500 and above, and none
	P99      time.Duration `json:"p99"`
}

func (c Canary) String() string {
	return fmt.Sprintf("%d requests, %d failed, p99 %s", c.Requests, c.Failed, c.P99.Round(time.Millisecond))
}

// Rule says when a canary is well.
type Rule struct {
	Least   int     // requests, below which nothing can be said
	Success float64 // share that must succeed
	P99     time.Duration
}

// CanaryRule is the one that cutovers go by.
var CanaryRule = Rule{Least: 50, Success: 0.99, P99: 500 * time.Millisecond}

// Judge says what is wrong with a canary, and whether there were enough requests
// to say anything.
func (r Rule) Judge(c Canary) (wrong string, enough bool) {
	switch {
	case c.Requests < r.Least:
		return "", false
	case float64(c.Requests-c.Failed) < r.Success*float64(c.Requests):
		return fmt.Sprintf("%d of %d requests failed, and %.0f %% must succeed", c.Failed, c.Requests, 100*r.Success), true
	case c.P99 > r.P99:
		return fmt.Sprintf("the 99th percentile is %s, and %s is allowed", c.P99.Round(time.Millisecond), r.P99), true
	}
	return "", true
}

// Release is a cutover as it is recorded.
type Release struct {
	ID          string
	Name        string // of the release
	Colour      Colour
	From        Colour // empty for the first
	Status      ReleaseStatus
	Why         string // it was rolled back
	Reason      string
	RequestedBy string
	StartedAt   time.Time
	EndedAt     time.Time
}

// ReleaseStatus is where a cutover stands.
type ReleaseStatus string

// The statuses.
const (
	Releasing  ReleaseStatus = "running"
	Live       ReleaseStatus = "live"
	RolledBack ReleaseStatus = "rolled_back"
)
