package backingup

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Rediscover writes down the backups that are in the bucket and in no record: a
// database that was restored knows nothing of what came after it, and an empty
// one of nothing. They count as made; verifying tells more. It returns how many
// there were.
func (k *Keeper) Rediscover(ctx context.Context) (int, error) {
	known := make(map[string]bool)
	records, err := k.Records.List(ctx, "")
	if err != nil {
		return 0, err
	}
	for _, b := range records {
		known[b.ID] = b.Status != operation.Making
	}
	found := 0
	for _, kind := range operation.Kinds {
		all, err := k.Stored(ctx, kind)
		if err != nil {
			return found, err
		}
		for _, b := range all {
			if known[b.ID] {
				continue
			}
			if err := k.Records.Save(ctx, b); err != nil {
				return found, err
			}
			found++
		}
	}
	return found, nil
}

// Stored are the backups of a kind whose manifests the bucket holds and the key
// opens, oldest first: no database is asked.
func (k *Keeper) Stored(ctx context.Context, kind operation.Kind) ([]operation.Backup, error) {
	prefix := Root + string(kind) + "/"
	var all []operation.Backup
	for object, err := range k.Bucket.List(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("list backups: %w", err)
		}
		id, ok := strings.CutSuffix(strings.TrimPrefix(object.Name, prefix), "/"+manifestName+ending)
		if !ok || strings.Contains(id, "/") {
			continue
		}
		b := operation.Backup{ID: id, Kind: kind}
		m, err := k.Manifest(ctx, b)
		if damage := (*Damage)(nil); errors.As(err, &damage) {
			continue // it cannot be restored either
		}
		if err != nil {
			return nil, err
		}
		all = append(all, operation.Backup{
			ID: id, Kind: kind, Engine: m.Engine, Location: k.Bucket.Address() + "/" + prefixOf(kind, id), Status: operation.Made,
			TakenAt: m.TakenAt, Size: m.Size(), Parts: len(m.Parts), Rows: m.Inventory.Rows(),
		})
	}
	return all, nil
}
