package pgtools

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// segments are the pieces of the log in the repository: which log, which piece,
// when it was kept. Pieces of all timelines count alike: a server that was
// brought back goes on with the numbers of the one before.
type segments map[string]map[uint64]time.Time

// segmentFile matches the name of a piece: timeline, number in two halves,
// checksum, compression.
var segmentFile = regexp.MustCompile(`^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})-[0-9a-f]{40}(\.[a-z0-9]+)?$`)

// halves: pieces of 16 MiB are numbered up to 255 before the first half goes up.
const segmentsInHalf = 256

func (a *Archive) segments(ctx context.Context) (segments, error) {
	const below = "archive/" + stanza
	text, err := a.run(ctx, "repo-ls", "--recurse", "--output=json", below)
	if err != nil {
		return nil, err
	}
	var files map[string]struct {
		Time int64 `json:"time"`
	}
	if err := json.Unmarshal([]byte(text), &files); err != nil {
		return nil, domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest lists its repository in a form that is not known here: %s", err)
	}
	all := make(segments)
	for name, file := range files {
		match := segmentFile.FindStringSubmatch(path.Base(name))
		if match == nil {
			continue
		}
		log := path.Base(path.Dir(path.Dir(name)))
		if all[log] == nil {
			all[log] = make(map[uint64]time.Time)
		}
		all[log][segmentNumber(match[2], match[3])] = time.Unix(file.Time, 0).UTC()
	}
	return all, nil
}

func segmentNumber(high, low string) uint64 {
	h, _ := strconv.ParseUint(high, 16, 32)
	l, _ := strconv.ParseUint(low, 16, 32)
	return h*segmentsInHalf + l
}

// reach is how far the log goes from a copy on.
type reach struct {
	last    uint64
	kept    time.Time // when the last piece was
	missing string    // the piece after it, when there are later ones
}

func (s segments) run(from copied) reach {
	log := s[from.archive]
	first := segmentNumber(from.start[8:16], from.start[16:24])
	r := reach{last: first - 1}
	for {
		at, ok := log[r.last+1]
		if !ok {
			break
		}
		r.last, r.kept = r.last+1, at
	}
	for number := range log {
		if number > r.last {
			next := r.last + 1
			r.missing = from.start[:8] + fmt.Sprintf("%08X%08X", next/segmentsInHalf, next%segmentsInHalf)
			break
		}
	}
	return r
}

// Spans implements [backingup.Timeline].
func (a *Archive) Spans(ctx context.Context) ([]operation.Span, error) {
	all, err := a.copies(ctx)
	if err != nil || len(all) == 0 {
		return nil, asError(err)
	}
	log, err := a.segments(ctx)
	if err != nil {
		return nil, asError(err)
	}
	type end struct {
		archive string
		last    uint64
	}
	spans := make(map[end]operation.Span)
	for _, c := range all {
		r := log.run(c)
		at := end{c.archive, r.last}
		if _, ok := spans[at]; ok || r.last < segmentNumber(c.end[8:16], c.end[16:24]) {
			continue // a copy before it reaches as far, or its own log is not there
		}
		spans[at] = operation.Span{From: c.stop, To: later(c.stop, r.kept), Missing: r.missing}
	}
	return slices.SortedFunc(maps.Values(spans), func(x, y operation.Span) int { return x.From.Compare(y.From) }), nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
