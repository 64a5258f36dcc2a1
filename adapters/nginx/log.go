package nginx

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var (
	_ releasing.Analyst = (*Edge)(nil)
	_ releasing.Slots   = (*Edge)(nil)
)

// Edge is nginx on this machine: where its slots lead, and what it saw of each
// colour. Its log knows what clients got, also of a colour that is too ill to
// count anything itself. Make one with [NewEdge].
type Edge struct {
	slots   Slots
	log     string
	sockets func(operation.Colour) string

	mu   sync.Mutex
	read reading
}

// NewEdge returns the nginx whose log, of the form football in
// deploy/nginx/nginx.conf, is in a file.
func NewEdge(slots Slots, log string, sockets func(operation.Colour) string) *Edge {
	return &Edge{slots: slots, log: log, sockets: sockets}
}

// reading is how far the log is read for one question, and what was found: who
// watches asks it again every second.
type reading struct {
	colour operation.Colour
	since  time.Time
	offset int64
	failed int
	times  []time.Duration
}

// Count implements [releasing.Slots].
func (e *Edge) Count() int { return e.slots.Count }

// Point implements [releasing.Slots].
func (e *Edge) Point(n int, to operation.Colour) error {
	return e.slots.Point(n, e.sockets(to), e.sockets(to.Other()))
}

// Shares implements [releasing.Slots].
func (e *Edge) Shares() (map[operation.Colour]int, error) {
	counted, err := e.slots.Shares()
	shares := make(map[operation.Colour]int)
	for _, c := range operation.Colours {
		shares[c] = counted[e.sockets(c)]
	}
	return shares, err
}

// line is a line of the log, as far as it is read.
type line struct {
	Time           time.Time `json:"time"`
	Status         int       `json:"status"`
	Upstream       string    `json:"upstream"`
	UpstreamStatus string    `json:"upstream_status"`
	UpstreamTook   string    `json:"upstream_took"`
}

// mostLog bounds how much of the log is read at first: the end of it tells of the
// last minutes.
const mostLog = 64 << 20

// Canary implements [releasing.Analyst]. Requests are of the colour that their
// slot leads to now: a slot is exchanged before since, and not again. A second
// that began before is left out, as the log has no finer time.
func (e *Edge) Canary(ctx context.Context, c operation.Colour, since time.Time) (canary operation.Canary, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.read.colour != c || !e.read.since.Equal(since) {
		e.read = reading{colour: c, since: since, offset: -1}
	}
	ours, err := e.slotsOf(c)
	if err != nil {
		return canary, err
	}
	if err := e.read.on(ctx, e.log, ours); err != nil {
		return canary, err
	}
	canary.Requests, canary.Failed = len(e.read.times), e.read.failed
	if canary.Requests > 0 {
		sorted := slices.Sorted(slices.Values(e.read.times))
		canary.P99 = sorted[(len(sorted)-1)*99/100]
	}
	return canary, nil
}

// on reads what is new in the log.
func (r *reading) on(ctx context.Context, log string, ours map[string]bool) error {
	file, err := os.Open(log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nobody came yet
	}
	if err != nil {
		return fmt.Errorf("read nginx's log: %w", err)
	}
	defer func() { _ = file.Close() }()
	about, err := file.Stat()
	if err != nil {
		return err
	}
	switch size := about.Size(); {
	case r.offset < 0:
		r.offset = max(size-mostLog, 0)
	case size < r.offset:
		r.offset = 0 // it was rotated
	}
	if _, err := file.Seek(r.offset, io.SeekStart); err != nil {
		return err
	}
	for lines := bufio.NewReader(file); ; {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // half a line is read when it is whole
		}
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		r.offset += int64(len(text))
		r.add(text, ours)
	}
}

func (r *reading) add(text []byte, ours map[string]bool) {
	var l line
	if json.Unmarshal(text, &l) != nil || l.Time.Before(r.since.Truncate(time.Second).Add(time.Second)) {
		return // the first line that is read may be half a one
	}
	for _, a := range attempts(l) {
		if !ours[a.slot] {
			continue
		}
		if a.failed {
			r.failed++
		}
		r.times = append(r.times, a.took)
	}
}

// slotsOf are the addresses of the slots that lead to a colour.
func (e *Edge) slotsOf(c operation.Colour) (map[string]bool, error) {
	ours := make(map[string]bool)
	for slot := 1; slot <= e.slots.Count; slot++ {
		target, err := os.Readlink(e.slots.path(slot))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if target == e.sockets(c) {
			ours["unix:"+e.slots.path(slot)] = true
		}
	}
	return ours, nil
}

// attempt is one colour's part in a request.
type attempt struct {
	slot   string
	failed bool
	took   time.Duration
}

// attempts are those of a request: nginx tries another slot when one gives no
// answer, and lists all, see $upstream_addr.
func attempts(l line) (all []attempt) {
	statuses, times := strings.Split(l.UpstreamStatus, ", "), strings.Split(l.UpstreamTook, ", ")
	for n, slot := range strings.Split(l.Upstream, ", ") {
		a := attempt{slot: slot, failed: true}
		if n < len(statuses) {
			status, err := strconv.Atoi(statuses[n])
			a.failed = err != nil || status >= 500
		}
		if n < len(times) {
			seconds, _ := strconv.ParseFloat(times[n], 64)
			a.took = time.Duration(seconds * float64(time.Second))
		}
		all = append(all, a)
	}
	return all
}
