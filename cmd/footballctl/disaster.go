package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/files"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/upkeep"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

// disaster is what is left when everything else is lost, and where to.
type disaster struct {
	from, key, admin string
	files, redis     string
}

// restoreFrom restores onto an empty machine.
func (p *program) restoreFrom(cmd *cobra.Command, d disaster, id string) error {
	if d.key == "" || d.admin == "" {
		return usagef("--from needs --key, the file of the key, and --admin-url, a superuser of the server to restore onto")
	}
	c, err := p.load(config.Only("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "RESTORE_DATABASE_URL").
		With("TEMPORAL_DATABASE_URL", "TEMPORAL_VISIBILITY_DATABASE_URL", "S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY"))
	if err != nil {
		return err
	}
	ctx, cancel := p.bounded(cmd, 0)
	defer cancel()
	r, err := newRescue(c, d)
	if err != nil {
		return err
	}
	m := p.meter()
	saved, err := r.all(ctx, id, m.show)
	m.done()
	if err != nil {
		return err
	}
	return p.print(saved, func(w io.Writer) {
		fmt.Fprintf(w, "the database %s is as of %s: %d rows, equal to what was backed up, restored in %s\n", saved.Database, moment(saved.Moment), saved.Rows, seconds(saved.RestoreSeconds))
		for _, put := range saved.Put {
			fmt.Fprintln(w, "put "+put)
		}
		fmt.Fprintln(w, "now start the servers; footballctl check all tells whether they stand")
	})
}

// rescued is what was restored.
type rescued struct {
	Database       string    `json:"database"`
	Backup         string    `json:"backup"`
	Moment         time.Time `json:"moment"`
	Rows           int64     `json:"rows"`
	RestoreSeconds float64   `json:"restore_seconds"`
	Put            []string  `json:"put"` // files and folders
}

// rescue restores from a bucket and a key alone.
type rescue struct {
	disaster

	config config.Config
	keeper *backingup.Keeper
	dumps  *pgtools.Dumps
	others []other
}

// other is a database of Temporal's.
type other struct {
	address config.URL
	dumps   *pgtools.Dumps
}

func newRescue(c config.Config, d disaster) (*rescue, error) {
	bucket, err := objectstore.Open(d.from, upkeep.S3(c))
	if err != nil {
		return nil, err
	}
	codec, err := crypto.OpenStreams(d.key)
	if err != nil {
		return nil, err
	}
	r := &rescue{disaster: d, config: c}
	var engines []backingup.Engine
	for _, each := range []struct {
		kind operation.Kind
		url  config.URL
	}{
		{operation.Database, c.BackupDatabaseURL}, {operation.Temporal, c.TemporalDatabaseURL}, {operation.TemporalVisibility, c.TemporalVisibilityDatabaseURL},
	} {
		if each.url == "" {
			continue
		}
		dumps, err := pgtools.NewDumps(pgtools.Config{
			Kind: each.kind, BackupURL: string(each.url), RestoreURL: string(c.RestoreDatabaseURL), Now: time.Now,
			Programs: pgtools.Programs{Dir: pgtools.Find(), Start: devserver.StartInGroup},
		})
		if err != nil {
			return nil, err
		}
		engines = append(engines, dumps)
		if each.kind == operation.Database {
			r.dumps = dumps
		} else {
			r.others = append(r.others, other{each.url, dumps})
		}
	}
	r.keeper = backingup.NewKeeper(backingup.Parts{Bucket: bucket, Codec: codec, Engines: engines, Now: time.Now})
	return r, nil
}

func (r *rescue) all(ctx context.Context, id string, report backingup.Progress) (rescued, error) {
	b, err := r.newest(ctx, operation.Database, id)
	if err != nil {
		return rescued{}, err
	}
	saved := rescued{Database: r.dumps.Live(), Backup: b.ID, Moment: b.TakenAt, Rows: b.Rows, Put: []string{}}
	passwords, err := passwordsOf(r.config)
	if err != nil {
		return saved, err
	}
	if err := postgres.Provision(ctx, r.admin, r.dumps.Live(), passwords); err != nil {
		return saved, err
	}
	if saved.RestoreSeconds, err = r.database(ctx, r.dumps, b, report); err != nil {
		return saved, err
	}
	if err := r.temporal(ctx, &saved, report); err != nil {
		return saved, err
	}
	for _, each := range []struct {
		kind operation.Kind
		into string
		put  func(folder, into string) ([]string, error)
	}{{operation.Redis, r.redis, putRedis}, {operation.Application, r.files, func(folder, into string) ([]string, error) { return putFiles(ctx, folder, into) }}} {
		if each.into == "" {
			continue
		}
		copied, err := r.newest(ctx, each.kind, "")
		if err != nil {
			return saved, err
		}
		err = r.keeper.Open(ctx, copied, report, func(_ operation.Manifest, folder string) error {
			put, err := each.put(folder, each.into)
			saved.Put = append(saved.Put, put...)
			return err
		})
		if err != nil {
			return saved, fmt.Errorf("restore %s: %w", each.kind, err)
		}
	}
	return saved, nil
}

// newest is the backup of an id, or the newest of its kind in the bucket.
func (r *rescue) newest(ctx context.Context, kind operation.Kind, id string) (operation.Backup, error) {
	all, err := r.keeper.Stored(ctx, kind)
	if err != nil {
		return operation.Backup{}, err
	}
	var newest operation.Backup
	for _, b := range all {
		if (id == "" || id == restoring.Latest || b.ID == id) && b.TakenAt.After(newest.TakenAt) {
			newest = b
		}
	}
	if newest.ID == "" {
		return newest, domain.Errorf(domain.NotFound, restoring.ErrNothing.Code, "%s holds no backup of %s that this key opens", r.from, kind)
	}
	return newest, nil
}

// temporal restores Temporal's databases, where their addresses are given.
func (r *rescue) temporal(ctx context.Context, saved *rescued, report backingup.Progress) error {
	for _, o := range r.others {
		if err := postgres.Adopt(ctx, r.admin, string(o.address)); err != nil {
			return err
		}
		b, err := r.newest(ctx, o.dumps.Kind(), "")
		if err != nil {
			return err
		}
		if _, err := r.database(ctx, o.dumps, b, report); err != nil {
			return fmt.Errorf("restore %s: %w", o.dumps.Kind(), err)
		}
		saved.Put = append(saved.Put, "the database "+o.dumps.Live()+", as of "+moment(b.TakenAt))
	}
	return nil
}

// database restores beside an empty database, compares, and exchanges the two. A
// database of that name that holds anything is left alone.
func (r *rescue) database(ctx context.Context, dumps *pgtools.Dumps, b operation.Backup, report backingup.Progress) (took float64, err error) {
	present, err := dumps.Rows(ctx)
	if err != nil {
		return 0, err
	}
	if len(present) > 0 {
		return 0, domain.Errorf(domain.Conflict, restoring.ErrUnusable.Code,
			"the database %s has %d tables: --from is for an empty server, and leaves what is there alone", dumps.Live(), len(present))
	}
	restorer := restoring.NewRestorer(restoring.Parts{Keeper: r.keeper, Server: dumps, Now: time.Now})
	id := postgres.NewID()
	filling, err := restorer.Rebuild(ctx, id, restoring.Target{Backup: b}, report)
	if err != nil {
		return 0, err
	}
	if err := restorer.Exchange(ctx, id); err != nil {
		return 0, err
	}
	// What was exchanged for it is empty.
	return filling.Seconds(), restorer.Confirm(ctx, id)
}

// putRedis copies Redis' files into a folder, one a server.
func putRedis(folder, into string) (put []string, err error) {
	if err := os.MkdirAll(into, 0o700); err != nil {
		return nil, err
	}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".rdb") {
			return err
		}
		to := filepath.Join(into, d.Name())
		put = append(put, to)
		return copyNew(path, to)
	})
	return put, err
}

// copyNew copies a file to where none is.
func copyNew(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// putFiles unpacks each archive into a folder of its name.
func putFiles(ctx context.Context, folder, into string) (put []string, err error) {
	archives, err := filepath.Glob(filepath.Join(folder, "*.tar"))
	if err != nil {
		return nil, err
	}
	roots := make(map[string]string)
	for _, archive := range archives {
		name := strings.TrimSuffix(filepath.Base(archive), ".tar")
		roots[name] = filepath.Join(into, name)
		put = append(put, roots[name])
	}
	if err := os.MkdirAll(into, 0o700); err != nil {
		return nil, err
	}
	_, err = files.Unpack(ctx, folder, roots)
	return put, err
}
