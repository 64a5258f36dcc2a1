package pgtools

import (
	"context"
	"slices"
	"strconv"
)

// Remove implements [backingup.Repository]. pgBackRest would remove with a copy
// those that stand on it, so one of which that is true stays unless they all go.
// It refuses to remove the last whole copy, which stays too.
func (a *Archive) Remove(ctx context.Context, ids []string) ([]string, error) {
	all, err := a.copies(ctx)
	if err != nil {
		return nil, asError(err)
	}
	going := removable(all, ids)
	for _, c := range slices.Backward(going) { // those that stand on others first
		if _, err := a.run(ctx, "expire", "--set="+c.label); err != nil {
			return nil, asError(err)
		}
	}
	if err := a.trim(ctx, all, going); err != nil {
		return nil, asError(err)
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		c := copyOf(all, id)
		return c != nil && !slices.ContainsFunc(going, c.is)
	}), nil
}

func (c *copied) is(other copied) bool { return c.label == other.label }

// removable are the copies of ids that no other needs, in order of time.
func removable(all []copied, ids []string) []copied {
	going := func(c copied) bool { return slices.Contains(ids, c.id) }
	needed := make(map[string]bool)
	var whole copied
	for _, c := range all {
		if c.whole {
			whole = c
		}
	}
	others := slices.ContainsFunc(all, func(c copied) bool { return c.whole && !going(c) })
	for _, c := range all {
		// The last whole copy stays, and what it stands on is itself.
		if stays := !going(c) || !others && c.is(whole); stays {
			for _, label := range slices.Concat(c.needs, []string{c.label}) {
				needed[label] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c copied) bool { return needed[c.label] })
}

// trim removes the log before the oldest whole copy that is left: nothing can
// be restored with it.
func (a *Archive) trim(ctx context.Context, all, gone []copied) error {
	left := 0
	for _, c := range all {
		if c.whole && !slices.ContainsFunc(gone, c.is) {
			left++
		}
	}
	if len(gone) == 0 || left == 0 {
		return nil
	}
	// Only the log's part of this has an effect: as many whole copies as there
	// are keep their log.
	_, err := a.run(ctx, "expire", "--repo1-retention-archive-type=full", "--repo1-retention-archive="+strconv.Itoa(left))
	return err
}
