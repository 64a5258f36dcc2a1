// Package profiling lets an operator take profiles of a running process over
// HTTP. A profile shows what a process does and some of what it holds, so it
// takes a credential that may run operations, and each one taken is recorded.
package profiling

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Path is where profiles are, with the kind behind it.
const Path = "/debug/pprof/"

// How long a processor profile may run.
const (
	DefaultSeconds = 30
	MostSeconds    = 60
)

// kinds are the profiles that can be taken.
var kinds = map[string]bool{"profile": true, "heap": true, "goroutine": true}

// Handler answers with profiles in the format of pprof.
type Handler struct {
	service  string
	who      *access.Authenticator
	recorder auditing.Recorder
	one      sync.Mutex // held while a processor profile runs: there is one a process
}

// New returns a Handler for the process called service.
func New(service string, who *access.Authenticator, recorder auditing.Recorder) *Handler {
	return &Handler{service: service, who: who, recorder: recorder}
}

// ServeHTTP answers GET /debug/pprof/{profile,heap,goroutine}.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	kind := strings.TrimPrefix(r.URL.Path, Path)
	p, err := h.caller(r)
	if err != nil {
		refuse(w, err)
		return
	}
	seconds, err := secondsOf(kind, r.URL.Query().Get("seconds"))
	if err != nil {
		refuse(w, err)
		return
	}
	if kind == "profile" {
		if !h.one.TryLock() {
			refuse(w, domain.Errorf(domain.Conflict, "profile.running", "another profile of this process is being taken"))
			return
		}
		defer h.one.Unlock()
	}
	if err := h.record(access.With(r.Context(), p), p, kind, seconds); err != nil {
		refuse(w, err)
		return
	}
	h.write(w, r, kind, seconds)
}

// caller is who asks, when they may run operations.
func (h *Handler) caller(r *http.Request) (access.Principal, error) {
	var (
		p   access.Principal
		err error
	)
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		p, err = h.who.Bearer(r.Context(), token)
	} else {
		p, err = h.who.Authenticate(r.Context(), r.Header.Get("X-API-Key"))
	}
	if err != nil {
		return p, err
	}
	return p, p.Require(identity.RunOperations)
}

func secondsOf(kind, text string) (int, error) {
	if !kinds[kind] {
		return 0, domain.Errorf(domain.NotFound, "profile.unknown", "there are the profiles profile, heap and goroutine")
	}
	if text == "" {
		return DefaultSeconds, nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || seconds > MostSeconds {
		return 0, domain.Errorf(domain.Invalid, "profile.seconds", "seconds is a whole number from 1 to %d", MostSeconds)
	}
	return seconds, nil
}

// record keeps that a profile is taken, before it is: what is not recorded must
// not be done.
func (h *Handler) record(ctx context.Context, p access.Principal, kind string, seconds int) error {
	details := map[string]string{"service": h.service, "kind": kind}
	if kind == "profile" {
		details["seconds"] = strconv.Itoa(seconds)
	}
	return h.recorder.Record(ctx, auditing.Event{
		TenantID: p.TenantID, Action: "profile.taken", Target: "service:" + h.service, Outcome: auditing.Done, Details: details,
	})
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request, kind string, seconds int) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", h.service+"-"+kind+".pprof"))
	if kind != "profile" {
		_ = pprof.Lookup(kind).WriteTo(w, 0) // the client may be gone, which is its affair
		return
	}
	// Servers bound how long an answer may take; this one takes as long as asked.
	limit := time.Duration(seconds) * time.Second
	timer := time.NewTimer(limit)
	defer timer.Stop()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + 10*time.Second)) //nolint:forbidigo // a deadline of the operating system's clock
	if err := pprof.StartCPUProfile(w); err != nil {
		refuse(w, domain.Errorf(domain.Conflict, "profile.running", "another profile of this process is being taken"))
		return
	}
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
	pprof.StopCPUProfile()
}

var statuses = map[domain.Kind]int{
	domain.Invalid: http.StatusUnprocessableEntity, domain.NotFound: http.StatusNotFound, domain.Conflict: http.StatusConflict,
	domain.Unauthorised: http.StatusUnauthorized, domain.Forbidden: http.StatusForbidden, domain.Unavailable: http.StatusServiceUnavailable,
}

// refuse answers with what a domain error says, and with nothing of any other.
func refuse(w http.ResponseWriter, err error) {
	var known *domain.Error
	if errors.As(err, &known) && statuses[known.Kind] != 0 {
		http.Error(w, known.Error(), statuses[known.Kind])
		return
	}
	http.Error(w, "the profile could not be taken", http.StatusServiceUnavailable)
}
