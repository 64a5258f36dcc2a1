package auditing

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/audit"
)

// Archives keeps what is pruned. Personal data are not in it: they go with the
// event, or keeping events for a time would mean nothing.
type Archives interface {
	// Open begins the archive of some events of a tenant. One of the same
	// events that is there already is replaced: it was of a pruning that came
	// to nothing.
	Open(ctx context.Context, tenantID string, from, to int64) (Draft, error)
}

// Draft is an archive that is being written.
type Draft interface {
	// Begin writes what the first event is linked to.
	Begin(before audit.Sum) error
	// Add writes the next event.
	Add(k audit.Kept) error
	// Sum is the hash of what was written so far.
	Sum() audit.Sum
	// Close writes who signed for it, and returns where the archive is once it
	// will outlast a loss of power.
	Close(p audit.Pruning) (where string, err error)
	// Discard ends a draft that was not closed.
	Discard() error
}

// Shelved is an archive that is read.
type Shelved interface {
	// Begin returns what the first event is linked to.
	Begin() (tenantID string, before audit.Sum, err error)
	// Next returns the next event, or false after the last.
	Next() (audit.Kept, bool, error)
	// End returns who signed for it, and the hash of what was read before.
	End() (audit.Pruning, audit.Sum, error)
}

// CheckArchive reads an archive and returns the pruning that it is of, with an
// error when it is not what was written.
func CheckArchive(a Shelved, signer Signer) (p audit.Pruning, err error) {
	tenantID, sum, err := a.Begin()
	if err != nil {
		return p, err
	}
	var seq, events int64
	for {
		k, more, err := a.Next()
		if err != nil {
			return p, err
		}
		if !more {
			break
		}
		if k.TenantID != tenantID || events > 0 && k.Seq != seq+1 || k.Sum(sum) != k.Kept {
			return p, fmt.Errorf("event %d is not what was recorded", k.Seq)
		}
		seq, sum, events = k.Seq, k.Kept, events+1
	}
	p, written, err := a.End()
	switch {
	case err != nil:
		return p, err
	case signer.Verify(p.Signature, p.Text()) != nil:
		return p, errors.New("the signature does not hold")
	case p.TenantID != tenantID || p.Seq != seq || p.Sum != sum || p.Removed != events || p.Archive != written:
		return p, errors.New("it is not the archive that was signed for")
	}
	return p, nil
}
