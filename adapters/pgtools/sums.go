package pgtools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// sums hashes tables over several connections; in a snapshot when one is named.
// It returns them in order of name.
func sums(ctx context.Context, at address, snapshot string, names []string, jobs int, done func(n int)) ([]operation.Set, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan string, len(names))
	for _, name := range names {
		next <- name
	}
	close(next)
	var (
		mu      sync.Mutex
		sets    []operation.Set
		first   error
		workers sync.WaitGroup
	)
	for range max(1, min(jobs, len(names))) {
		workers.Go(func() {
			err := inSnapshot(ctx, at, snapshot, func(conn *pgx.Conn) error {
				for name := range next {
					set, err := sum(ctx, conn, name)
					if err != nil {
						return err
					}
					mu.Lock()
					sets = append(sets, set)
					done(len(sets))
					mu.Unlock()
				}
				return nil
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil && first == nil {
				first = err
				cancel()
			}
		})
	}
	workers.Wait()
	slices.SortFunc(sets, func(a, b operation.Set) int { return strings.Compare(a.Name, b.Name) })
	return sets, first
}

// inSnapshot lends a connection in a transaction that sees a snapshot.
func inSnapshot(ctx context.Context, at address, snapshot string, use func(*pgx.Conn) error) error {
	conn, err := dial(ctx, at)
	if err != nil {
		return err
	}
	defer hangUp(ctx, conn)
	if _, err := conn.Exec(ctx, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`); err != nil {
		return err
	}
	if snapshot != "" {
		if _, err := conn.Exec(ctx, `SET TRANSACTION SNAPSHOT '`+strings.ReplaceAll(snapshot, "'", "''")+`'`); err != nil {
			return fmt.Errorf("enter snapshot: %w", err)
		}
	}
	return use(conn)
}
