package removing

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// step is how many rows go in one transaction: few enough that nobody waits
// long for a lock, and that a worker that dies loses little.
const step = 1_000

// Condemn is the point of no return. It returns how many rows the tenant has in
// each table that it has rows in, and how many of its audit events have
// personal data.
func (r *Remover) Condemn(ctx context.Context, tenantID, run string) (rows map[string]int, events int, err error) {
	_, err = r.change(ctx, tenantID, func(t tenancy.Tenant) (tenancy.Tenant, error) {
		return t.BeginRemoval(run, r.Now())
	}, run, "", nil)
	if err != nil {
		return nil, 0, err
	}
	if rows, err = r.count(ctx, tenantID); err != nil {
		return nil, 0, err
	}
	events, err = r.Rows.Personal(ctx, tenantID)
	return rows, events, err
}

// count returns the rows of a tenant by table, without tables that have none
// and those that are kept.
func (r *Remover) count(ctx context.Context, tenantID string) (map[string]int, error) {
	tables, err := r.Rows.Tables(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	rows := map[string]int{}
	for _, t := range tables {
		if t.Kept {
			continue
		}
		n, err := r.Rows.Count(ctx, tenantID, t.Name)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", t.Name, err)
		}
		if n > 0 {
			rows[t.Name] = n
		}
	}
	return rows, nil
}

// Remove deletes every row of the tenant, some at a time, the tenant itself
// last. Stopped anywhere, it goes on from there. told hears of what is done.
func (r *Remover) Remove(ctx context.Context, tenantID string, told func(table string, done int)) error {
	tables, err := r.Rows.Tables(ctx)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	done := 0
	for _, t := range tables {
		for n := step; n == step && !t.Kept; {
			told(t.Name, done)
			if n, err = r.Rows.Remove(ctx, tenantID, t.Name, step); err != nil {
				return fmt.Errorf("remove rows from %s: %w", t.Name, err)
			}
			done += n
		}
	}
	return nil
}

// Forget takes out what is remembered of the tenant outside the database.
func (r *Remover) Forget(ctx context.Context, tenantID string) (int, error) {
	if r.Cache == nil {
		return 0, nil
	}
	return r.Cache.Forget(ctx, tenantID)
}

// Erase takes the personal data out of the tenant's audit events, whose chain
// stays whole, and returns of how many. It comes after the tenant is gone:
// until then somebody may try to sign in to it, which is recorded with his
// address.
func (r *Remover) Erase(ctx context.Context, tenantID string, told func(events int)) (int, error) {
	var (
		after int64
		total int
	)
	for {
		last, erased, err := r.Rows.Erase(ctx, tenantID, after, step)
		if err != nil {
			return total, fmt.Errorf("erase personal data of audit events: %w", err)
		}
		total += erased
		told(total)
		if last == 0 {
			return total, nil
		}
		after = last
	}
}
