// Package audit holds what makes a record of events trustworthy: each event is
// hashed together with the one before, so that none can be changed, taken out,
// put in or moved without the rest showing it. It knows no storage, no clock
// and no keys.
package audit

import (
	"crypto/sha256"
	"time"
)

// Sum is a SHA-256 hash.
type Sum [sha256.Size]byte

// Event is one link of a tenant's chain. Its personal data stand beside it:
// only their [Commitment] is in the chain, so that they can be erased.
type Event struct {
	TenantID   string
	Seq        int64 // from 1, without gaps
	ID         string
	At         time.Time // in whole microseconds
	Action     string
	Outcome    string
	Actor      string // such as "user:0197…"; "system" for what happens by itself
	Target     string
	RequestID  string
	Details    map[string]string
	Commitment Sum
}

// Sum is the event's hash, linked to the one before; the first has a zero Sum
// before it.
func (e Event) Sum(before Sum) Sum {
	h := newCanon("football audit event 1")
	h.bytes(before[:])
	h.text(e.TenantID)
	h.number(e.Seq)
	h.text(e.ID)
	h.number(e.At.UnixMicro())
	for _, text := range []string{e.Action, e.Outcome, e.Actor, e.Target, e.RequestID} {
		h.text(text)
	}
	h.pairs(e.Details)
	h.bytes(e.Commitment[:])
	return h.sum()
}

// Commitment hashes personal data with a salt of 32 random bytes. Whoever has
// both can show that they are what was recorded; once they are erased, nobody
// can find them out from the hash by trying.
func Commitment(salt []byte, personal map[string]string) Sum {
	h := newCanon("football audit personal 1")
	h.bytes(salt)
	h.pairs(personal)
	return h.sum()
}

// Head is the end of a chain, signed: what comes before it cannot be other
// than it was, and there is no less of it.
type Head struct {
	TenantID  string
	Seq       int64 // zero for a chain without events
	Sum       Sum   // of the event Seq
	At        time.Time
	Signature []byte
}

// Text is what the signature is of.
func (h Head) Text() []byte {
	c := newCanon("football audit head 1")
	c.text(h.TenantID)
	c.number(h.Seq)
	c.bytes(h.Sum[:])
	c.number(h.At.UnixMicro())
	sum := c.sum()
	return sum[:]
}
