// Package ingesting takes matches from sources into the store: what is good
// is kept once, what is not is kept aside with its reason.
package ingesting

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
)

// Errors of sources. ErrUnavailable may pass with time; the others will not.
var (
	ErrUnavailable = &domain.Error{Kind: domain.Unavailable, Code: "ingesting.unavailable", Detail: "the source cannot be reached"}
	ErrUnreadable  = &domain.Error{Kind: domain.Invalid, Code: "ingesting.unreadable", Detail: "the source cannot be read"}
	ErrNoEdition   = &domain.Error{Kind: domain.NotFound, Code: "ingesting.no_edition", Detail: "the source has no such season"}
)

// Edition is one season of one competition in one source: the unit of work.
type Edition struct {
	Source      string // name of the [Source]
	Competition football.Competition
	Season      football.Season
	Locator     string // where in the source: a path below its root, an address
	// Fingerprint changes when the content does; empty when only reading tells.
	Fingerprint string
}

// Batch is what a source says of one edition.
type Batch struct {
	Records  []Record
	Findings []quality.Finding // rows left out, and cells left out of kept rows
	Rows     int               // rows seen, good and bad, blank ones not counted
	// Fingerprint identifies this content, such as an ETag or a SHA-256.
	Fingerprint string
	// Unchanged says that the content is the one known before; nothing else
	// is set then.
	Unchanged bool
}

// Record is one match as a source tells it: names are not resolved yet.
type Record struct {
	Place        quality.Place
	Home, Away   string // trimmed, never empty
	KickOff      time.Time
	TimeKnown    bool
	Round        string
	Status       football.Status
	FullTime     *football.Score
	HalfTime     *football.Score
	Stats        football.Stats
	Odds         []football.Odds
	ExternalID   string // the source's own identifier, when it has one
	LastModified time.Time
}

// Source is a provider of matches.
type Source interface {
	// Name identifies the source in rows, logs and metrics.
	Name() string
	// Editions lists what the source offers, oldest season first. An error
	// wraps [ErrUnavailable] or [ErrUnreadable].
	Editions(ctx context.Context) ([]Edition, error)
	// Read reads e. known is the fingerprint of the content taken in before,
	// or empty; a source that can tell answers Unchanged. Bad rows become
	// findings; an error means that nothing could be read: [ErrUnavailable],
	// [ErrUnreadable], or [ErrNoEdition] for an edition that is not there.
	Read(ctx context.Context, e Edition, known string) (Batch, error)
}
