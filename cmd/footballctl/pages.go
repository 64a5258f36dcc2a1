package main

import (
	"context"

	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// pages gathers up to limit items of a list that comes in pages.
func pages[T any](ctx context.Context, limit int, next func(context.Context, catalogue.Page) ([]T, error), at func(T) catalogue.Position) ([]T, error) {
	var (
		all   []T
		after *catalogue.Position
	)
	for len(all) < limit {
		size := min(limit-len(all), catalogue.MaxLimit)
		page, err := next(ctx, catalogue.Page{After: after, Limit: size})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < size {
			break
		}
		last := at(page[len(page)-1])
		after = &last
	}
	return all, nil
}
