package redis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// takeStock says what is in a server that was loaded from the file called name.
// Redis hashes all keys of all databases at once, whatever their order: types,
// contents and whether they expire. When they expire is in the file's bytes
// alone, which the manifest's checksum vouches for.
func takeStock(ctx context.Context, client *redis.Client, name string, major int) (i operation.Inventory, err error) {
	about, err := client.Info(ctx, "server").Result()
	if err != nil {
		return i, fmt.Errorf("take stock of %s: %w", name, err)
	}
	i.Server = "Redis " + field(about, "redis_version")
	keyspace, err := client.Info(ctx, "keyspace").Result()
	if err != nil {
		return i, fmt.Errorf("take stock of %s: %w", name, err)
	}
	if i.Sets, err = databases(name, keyspace); err != nil {
		return i, err
	}
	digest, err := client.Do(ctx, "DEBUG", "DIGEST").Text()
	if err != nil {
		return i, fmt.Errorf("hash %s: %w", name, err)
	}
	i.Objects = []operation.Object{{Kind: "hash of all keys", Name: name, Definition: digest}}
	if major < 7 {
		return i, nil
	}
	libraries, err := client.FunctionList(ctx, redis.FunctionListQuery{WithCode: true}).Result()
	if err != nil {
		return i, fmt.Errorf("list functions of %s: %w", name, err)
	}
	for _, l := range libraries {
		sum := sha256.Sum256([]byte(l.Code))
		i.Objects = append(i.Objects, operation.Object{Kind: "function library", Name: name + " " + l.Name, Definition: l.Engine + " " + hex.EncodeToString(sum[:])})
	}
	return i, nil
}

// databaseLine is how a server tells of a numbered database that is not empty.
var databaseLine = regexp.MustCompile(`(?m)^db(\d+):keys=(\d+),expires=(\d+)\b`)

func databases(name, keyspace string) (sets []operation.Set, err error) {
	for _, match := range databaseLine.FindAllStringSubmatch(keyspace, -1) {
		rows, err := strconv.ParseInt(match[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s counts %.80q: %w", name, match[0], err)
		}
		sets = append(sets, operation.Set{Name: name + " database " + match[1], Rows: rows, Hash: match[3] + " expire"})
	}
	return sets, nil
}

// add puts what is in one more file into all.
func add(all *operation.Inventory, one operation.Inventory) {
	all.Server = one.Server
	all.Sets = append(all.Sets, one.Sets...)
	all.Objects = append(all.Objects, one.Objects...)
}
