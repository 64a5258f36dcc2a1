// Package repeating lets a caller send a request again, after its answer was
// lost, without its being done twice.
package repeating

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// Answer is what was answered.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte // sealed in the store: it may hold a new key
}

// Kept is what is known of a request.
type Kept struct {
	Request  []byte // fingerprint of what was sent
	Finished bool
	Answer   Answer
}

// Store keeps requests, each within its tenant's walls.
type Store interface {
	// Begin keeps that a request has begun, and returns nil; or what is kept
	// already, unless that has expired, or began so long ago, and did not
	// finish, that whoever served it is gone.
	Begin(ctx context.Context, tenantID, id string, request []byte, at time.Time) (*Kept, error)
	// Finish keeps the answer.
	Finish(ctx context.Context, tenantID, id string, a Answer) error
	// Abandon forgets a request that came to nothing, so that it may be tried
	// again.
	Abandon(ctx context.Context, tenantID, id string) error
}

// How long things last.
const (
	// Life is for how long an answer is told again.
	Life = 24 * time.Hour
	// Patience is when a request that has begun is taken for dead: far longer
	// than one may take.
	Patience = time.Minute
)

// Errors of this package; their codes and statuses are those of the IETF's
// draft-ietf-httpapi-idempotency-key-header, section 2.7.
var (
	ErrOther   = &domain.Error{Kind: domain.Invalid, Code: "idempotency.mismatch", Detail: "this Idempotency-Key was sent with another request; use a new key for a new request"}
	ErrRunning = (&domain.Error{Kind: domain.Conflict, Code: "idempotency.in_progress", Detail: "the request with this Idempotency-Key is still being served; ask again shortly"}).After(time.Second)
)

// Ledger knows which requests were served.
type Ledger struct {
	store  Store
	sealer sealing.Sealer
	now    domain.Clock
}

// NewLedger returns a Ledger.
func NewLedger(store Store, sealer sealing.Sealer, now domain.Clock) *Ledger {
	return &Ledger{store: store, sealer: sealer, now: now}
}

// Request is one that may be sent again.
type Request struct {
	Key       string // what the caller calls it
	Operation string
	Text      []byte // all that makes it this request and no other
}

// Serve returns the answer of a request that was served before, as again; or
// it has serve answer it, and keeps a good answer. Keys of two callers never
// meet.
func (l *Ledger) Serve(ctx context.Context, r Request, serve func() Answer) (a Answer, again bool, err error) {
	p, err := access.From(ctx)
	if err != nil {
		return Answer{}, false, err
	}
	id, request := hash(p.Subject, r.Operation, r.Key), sha256.Sum256(r.Text)
	kept, err := l.store.Begin(ctx, p.TenantID, id, request[:], l.now())
	switch {
	case err != nil:
		return Answer{}, false, err
	case kept == nil:
		a, err := l.serve(ctx, p.TenantID, id, serve)
		return a, false, err
	case string(kept.Request) != string(request[:]):
		return Answer{}, false, ErrOther
	case !kept.Finished:
		return Answer{}, false, ErrRunning
	}
	kept.Answer.Body, err = l.sealer.Open(place(p.TenantID, id), kept.Answer.Body)
	return kept.Answer, true, err
}

func (l *Ledger) serve(ctx context.Context, tenantID, id string, serve func() Answer) (Answer, error) {
	a := serve()
	// The caller may be gone, and will ask again.
	ctx = context.WithoutCancel(ctx)
	if a.Status < 200 || a.Status > 299 {
		return a, l.store.Abandon(ctx, tenantID, id)
	}
	sealed, err := l.sealer.Seal(place(tenantID, id), a.Body)
	if err != nil {
		return a, err
	}
	return a, l.store.Finish(ctx, tenantID, id, Answer{Status: a.Status, ContentType: a.ContentType, Body: sealed})
}

func place(tenantID, id string) sealing.Place {
	return sealing.Place{TenantID: tenantID, Table: "idempotency_keys", Column: "body", Row: id}
}

// hash joins parts so that no two lists of parts look the same.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
