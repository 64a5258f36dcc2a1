package limiting

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Tidy gives back what has lain unused for a moment. Call it every few seconds.
func (d *Daily) Tidy(ctx context.Context) error { return d.giveBack(ctx, busyFor) }

// Close gives back all that is held.
func (d *Daily) Close(ctx context.Context) error { return d.giveBack(ctx, 0) }

func (d *Daily) giveBack(ctx context.Context, unused time.Duration) error {
	d.mu.Lock()
	books := make(map[string]*book, len(d.books))
	for id, b := range d.books {
		books[id] = b
	}
	d.mu.Unlock()
	var all []error
	for id, b := range books {
		all = append(all, d.empty(ctx, id, b, unused))
	}
	return errors.Join(all...)
}

// empty gives back what a book holds. What an error leaves in doubt is lost to
// the tenant, since the other mistake would give it out twice.
func (d *Daily) empty(ctx context.Context, tenantID string, b *book, unused time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d.elapsed()-b.used < unused {
		return nil
	}
	n := b.held
	b.held = 0
	if n == 0 {
		d.forget(tenantID, b)
		return nil
	}
	if err := d.days.Return(ctx, tenantID, d.quota, b.day, n); err != nil {
		return fmt.Errorf("return %d of %s: %w", n, d.quota, err)
	}
	return nil
}

// forget is called with the book's lock. Whoever has fetched it meanwhile
// leases into it in vain, and no more than a lease.
func (d *Daily) forget(tenantID string, b *book) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.books[tenantID] == b {
		delete(d.books, tenantID)
	}
}
