package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Sample is a measurement of a day. Of one name, subject and day there is one;
// a later one replaces it.
type Sample struct {
	Name    string // what was measured, such as database_bytes
	Subject string // of what, such as a table; empty for the whole
	Value   float64
}

// The names of samples. They are kept for years and never change.
const (
	sampleDatabase = "database_bytes"
	sampleTable    = "table_bytes"
	sampleRows     = "table_rows"
	sampleEntry    = "index_entry_bytes"
	sampleDisk     = "disk_used_bytes"
	sampleDiskSize = "disk_bytes"
	sampleTenant   = "tenant_megabytes"

	sampleMeanQuery = "query_mean_seconds"
	sampleP95       = "request_p95_seconds"
	sampleRate      = "requests_per_second"
	sampleFailed    = "request_failed_share"
	sampleHits      = "block_hit_share"
)

// Samples keeps measurements.
type Samples interface {
	// Keep keeps the measurements of the day of at.
	Keep(ctx context.Context, at time.Time, samples []Sample) error
	// Since returns the measurements of a name and subject from a time on, in
	// order of time.
	Since(ctx context.Context, name, subject string, from time.Time) ([]operation.Point, error)
	// Subjects lists the subjects that a name was measured of from a time on,
	// those with the largest latest value first, at most limit.
	Subjects(ctx context.Context, name string, from time.Time, limit int) ([]string, error)
	// Best returns the least that was measured of each subject of a name.
	Best(ctx context.Context, name string) (map[string]float64, error)
}

// sizes measures what grows.
func (m *Maintainer) sizes(ctx context.Context, s *session) error {
	db, err := m.Inspection.Database(ctx)
	if err != nil {
		return fmt.Errorf("weigh the database: %w", err)
	}
	samples := []Sample{{Name: sampleDatabase, Value: float64(db.Bytes)}}
	tables, err := m.Inspection.Tables(ctx)
	if err != nil {
		return fmt.Errorf("weigh tables: %w", err)
	}
	for _, t := range tables {
		samples = append(samples, Sample{sampleTable, t.Name, float64(t.Bytes)}, Sample{sampleRows, t.Name, float64(t.Live)})
	}
	indexes, err := m.Inspection.Indexes(ctx)
	if err != nil {
		return fmt.Errorf("weigh indexes: %w", err)
	}
	for _, i := range indexes {
		// Of few entries the fixed pages are most of an index and tell nothing.
		if i.Entries >= fewEntries {
			samples = append(samples, Sample{sampleEntry, i.Name, float64(i.Bytes) / i.Entries})
		}
	}
	more, err := m.otherSizes(ctx)
	if err != nil {
		return err
	}
	samples = append(samples, more...)
	s.figure("Database", float64(db.Bytes), operation.Bytes)
	s.say("The database has %s in %s; %s %s noted.", size(float64(db.Bytes)), many(len(tables), "table", "tables"),
		many(len(samples), "measurement", "measurements"), s.would("were"))
	if s.dry {
		return nil
	}
	return m.Samples.Keep(ctx, s.at, samples)
}

// fewEntries is from which number on the bytes of an entry mean something.
const fewEntries = 10_000

// otherSizes are those of the machine's disks and of tenants.
func (m *Maintainer) otherSizes(ctx context.Context) (samples []Sample, err error) {
	state, err := m.Machine.Look(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the machine: %w", err)
	}
	for _, d := range state.Disks {
		subject := diskSubject(state, d)
		samples = append(samples, Sample{sampleDisk, subject, float64(d.Total - d.Free)}, Sample{sampleDiskSize, subject, float64(d.Total)})
	}
	held, err := m.Inspection.Holdings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what tenants hold: %w", err)
	}
	for slug, megabytes := range held {
		samples = append(samples, Sample{sampleTenant, slug, megabytes})
	}
	return samples, nil
}

// diskSubject names a disk of one machine among those of others.
func diskSubject(state State, d Disk) string { return state.Host + ":" + d.Path }
