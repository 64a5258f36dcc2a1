package auditing

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// Reader tells what happened in a tenant.
type Reader struct {
	chains Chains
	sealer sealing.Sealer
}

// NewReader returns a Reader.
func NewReader(chains Chains, sealer sealing.Sealer) *Reader {
	return &Reader{chains: chains, sealer: sealer}
}

// Record is an event as it is read.
type Record struct {
	Entry
	Personal map[string]string
	Erased   bool // the personal data are gone
}

// Events returns at most limit events of the caller's tenant, newest first,
// those before a Seq when it is not zero. It takes [identity.ReadAudit].
func (r *Reader) Events(ctx context.Context, f Filter, before int64, limit int) ([]Record, error) {
	p, err := access.Allowed(ctx, identity.ReadAudit)
	if err != nil {
		return nil, err
	}
	return r.Of(ctx, p.TenantID, f, before, limit)
}

// Of is Events of any tenant, for whoever has the database at hand.
func (r *Reader) Of(ctx context.Context, tenantID string, f Filter, before int64, limit int) ([]Record, error) {
	entries, err := r.chains.Events(ctx, tenantID, f, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read audit events: %w", err)
	}
	records := make([]Record, len(entries))
	for i, e := range entries {
		personal, err := personalOf(r.sealer, e)
		if err != nil {
			return nil, fmt.Errorf("read audit event %d: %w", e.Seq, err)
		}
		records[i] = Record{Entry: e, Personal: personal, Erased: e.Personal == nil}
	}
	return records, nil
}
