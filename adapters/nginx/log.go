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
// count anything itself.
type Edge struct {
	Slots   Slots
	Log     string // of the form football in deploy/nginx/nginx.conf
	Sockets func(operation.Colour) string
}

// Count implements [releasing.Slots].
func (e *Edge) Count() int { return e.Slots.Count }

// Point implements [releasing.Slots].
func (e *Edge) Point(n int, to operation.Colour) error {
	return e.Slots.Point(n, e.Sockets(to), e.Sockets(to.Other()))
}

// Shares implements [releasing.Slots].
func (e *Edge) Shares() (map[operation.Colour]int, error) {
	counted, err := e.Slots.Shares()
	shares := make(map[operation.Colour]int)
	for _, c := range operation.Colours {
		shares[c] = counted[e.Sockets(c)]
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

// mostLog bounds how much of the log is read: the end of it tells of the last
// minutes.
const mostLog = 64 << 20

// Canary implements [releasing.Analyst]. Requests are of the colour that their
// slot leads to now: a slot is exchanged before since, and not again. A second
// that began before is left out, as the log has no finer time.
func (e *Edge) Canary(ctx context.Context, c operation.Colour, since time.Time) (canary operation.Canary, err error) {
	ours, err := e.slotsOf(c)
	if err != nil {
		return canary, err
	}
	file, err := os.Open(e.Log)
	if errors.Is(err, fs.ErrNotExist) {
		return canary, nil // nobody came yet
	}
	if err != nil {
		return canary, fmt.Errorf("read nginx's log: %w", err)
	}
	defer func() { _ = file.Close() }()
	if about, err := file.Stat(); err == nil && about.Size() > mostLog {
		if _, err := file.Seek(-mostLog, io.SeekEnd); err != nil {
			return canary, err
		}
	}
	var times []time.Duration
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if ctx.Err() != nil {
			return canary, ctx.Err()
		}
		var l line
		if json.Unmarshal(scanner.Bytes(), &l) != nil || l.Time.Before(since.Truncate(time.Second).Add(time.Second)) {
			continue // the first line that is read may be half a one
		}
		for _, a := range attempts(l) {
			if !ours[a.slot] {
				continue
			}
			canary.Requests++
			if a.failed {
				canary.Failed++
			}
			times = append(times, a.took)
		}
	}
	if len(times) > 0 {
		slices.Sort(times)
		canary.P99 = times[(len(times)-1)*99/100]
	}
	return canary, nil
}

// slotsOf are the addresses of the slots that lead to a colour.
func (e *Edge) slotsOf(c operation.Colour) (map[string]bool, error) {
	ours := make(map[string]bool)
	for slot := 1; slot <= e.Slots.Count; slot++ {
		target, err := os.Readlink(e.Slots.path(slot))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if target == e.Sockets(c) {
			ours["unix:"+e.Slots.path(slot)] = true
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
