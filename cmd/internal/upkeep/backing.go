// Package upkeep is what keeps the system up, for the programs that do so: backups
// and restores, maintenance, releases, incidents. It stands on [core]; programs that
// only serve do not carry it.
package upkeep

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/files"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

// Backing provides what makes and verifies backups, as far as the configuration
// goes: without it, there is nothing to back up with, and whoever asks is told
// so. It needs [core.Auditing] and [postgres.Module].
func Backing() fx.Option {
	return fx.Module("backing",
		fx.Provide(newKeeper, newRestorer),
	)
}

type restorerParams struct {
	fx.In

	Config  config.Config
	Keeper  *backingup.Keeper
	DB      *bun.DB
	Reads   catalogue.Catalogue
	Runs    restoring.Runs
	Audit   auditing.Recorder
	Changed core.Invalidate `optional:"true"`
	Now     domain.Clock
}

// newRestorer restores with what backs up. Without that, whoever asks is told so
// when a backup is looked for.
func newRestorer(p restorerParams) *restoring.Restorer {
	parts := restoring.Parts{Keeper: p.Keeper, Runs: p.Runs, Audit: p.Audit, Now: p.Now, Drain: restDrain, Faults: faults(p)}
	for _, e := range p.Keeper.Engines {
		if server, ok := e.(restoring.Server); ok && e.Kind() == operation.Database {
			parts.Server = server
		}
		if place, ok := e.(restoring.Place); ok {
			parts.Places = append(parts.Places, place)
		}
	}
	for _, r := range p.Keeper.Repositories {
		if timeline, ok := r.(backingup.Timeline); ok {
			parts.Timeline = timeline
		}
	}
	if p.Changed != nil {
		parts.Changed = p.Changed.Of(caching.Areas...)
	}
	return restoring.NewRestorer(parts)
}

const (
	// restDrain is as long as the API gives a request, and then some.
	restDrain = 12 * time.Second
	// faultPatience is how long a part of a restored system may take to answer.
	faultPatience = 30 * time.Second
)

// faults looks at a restored system as its users would: whether its servers
// answer, and whether this release can read what is in the database.
func faults(p restorerParams) func(context.Context) []string {
	looks := []checking.Dependency{
		{Name: "PostgreSQL", Probe: postgres.Ping(p.DB)},
		{Name: "the sources' freshness", Probe: func(ctx context.Context) error { _, err := p.Reads.Freshness(ctx); return err }},
		{Name: "the list of matches", Probe: func(ctx context.Context) error {
			_, err := p.Reads.Matches(ctx, catalogue.MatchFilter{}, catalogue.Page{Limit: 1})
			return err
		}},
	}
	if p.Config.RedisURL != "" {
		looks = append(looks, checking.Dependency{Name: "Redis", Probe: pingRedis(p.Config)})
	}
	checker := checking.NewChecker(looks, faultPatience, p.Now)
	return func(ctx context.Context) (found []string) {
		for _, r := range checker.Check(ctx) {
			if r.Err != nil {
				found = append(found, r.Name+": "+r.Err.Error())
			}
		}
		return found
	}
}

// BackingVariables are what [Backing] reads beside those of [core.Auditing].
var BackingVariables = []string{
	"BACKUP_DATABASE_URL", "RESTORE_DATABASE_URL", "TEMPORAL_DATABASE_URL", "TEMPORAL_VISIBILITY_DATABASE_URL", "BACKUP_DIR", "BACKUP_KEY_FILE", "BACKUP_ENGINE", "PGBACKREST_DIR", "MIGRATE_DATABASE_URL", "UPLOADS_DIR", "LOG_DIRS",
	"S3_ENDPOINT", "S3_REGION", "S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY",
}

type keeperParams struct {
	fx.In

	Config  config.Config
	Records backingup.Records
	Audit   auditing.Recorder
	Alarm   *backingup.Alarm `optional:"true"`
}

func newKeeper(p keeperParams) (*backingup.Keeper, error) {
	c := p.Config
	parts := backingup.Parts{Records: p.Records, Audit: p.Audit, Alarm: p.Alarm, Program: buildinfo.Version(), Now: time.Now}
	address := BucketAddress(c)
	if address == "" || c.BackupKeyFile == "" {
		return backingup.NewKeeper(parts), nil
	}
	var err error
	if parts.Bucket, err = objectstore.Open(address, S3(c)); err != nil {
		return nil, err
	}
	if parts.Codec, err = crypto.OpenStreams(string(c.BackupKeyFile)); err != nil {
		return nil, err
	}
	if parts.Engines, err = engines(c); err != nil {
		return nil, err
	}
	if c.BackupEngine == config.EngineArchive {
		archive, err := LogArchive(c, pgtools.Find())
		if err != nil {
			return nil, err
		}
		parts.Repositories = []backingup.Repository{archive}
	}
	return backingup.NewKeeper(parts), nil
}

// BucketAddress is where backups are kept, empty when nobody said.
func BucketAddress(c config.Config) string {
	if c.S3Bucket != "" {
		return "s3://" + c.S3Bucket
	}
	return c.BackupDir
}

// S3 is how the object store is reached.
func S3(c config.Config) objectstore.S3Config {
	return objectstore.S3Config{
		Endpoint: string(c.S3Endpoint), Region: c.S3Region, AccessKey: string(c.S3AccessKey), SecretKey: string(c.S3SecretKey),
	}
}

// engines are those that the configuration is complete for.
func engines(c config.Config) ([]backingup.Engine, error) {
	var all []backingup.Engine
	for _, each := range []struct {
		kind operation.Kind
		url  config.URL
	}{
		{operation.Database, c.BackupDatabaseURL}, {operation.Temporal, c.TemporalDatabaseURL}, {operation.TemporalVisibility, c.TemporalVisibilityDatabaseURL},
	} {
		if each.url == "" || c.RestoreDatabaseURL == "" {
			continue
		}
		dumps, err := pgtools.NewDumps(pgtools.Config{
			Kind: each.kind, BackupURL: string(each.url), RestoreURL: string(c.RestoreDatabaseURL), Now: time.Now,
			Programs: pgtools.Programs{Dir: pgtools.Find(), Start: devserver.StartInGroup},
		})
		if err != nil {
			return nil, fmt.Errorf("back up %s: %w", each.kind, err)
		}
		all = append(all, dumps)
	}
	if c.RedisURL != "" {
		r := core.Redis(c)
		copies, err := redis.NewBackups(redis.BackupConfig{
			URL: r.URL, Nodes: r.Nodes, Now: time.Now, Programs: redis.Programs{Start: devserver.StartInGroup},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, copies)
	}
	settings, err := json.MarshalIndent(c.Masked(), "", "  ")
	if err != nil {
		return nil, err
	}
	roots := []files.Root{{Name: "uploads", Path: c.UploadsDir}}
	for i, folder := range c.LogDirs {
		roots = append(roots, files.Root{Name: fmt.Sprintf("logs-%d", i+1), Path: folder, Record: true})
	}
	folders, err := files.New(files.Config{Settings: settings, Now: time.Now, Roots: roots})
	return append(all, folders), err
}
