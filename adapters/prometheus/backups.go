package prometheus

import (
	"context"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

const backupsEvery = time.Minute

var (
	kindLabels       = []string{"kind"}
	lastVerifiedDesc = prom.NewDesc("backup_last_verified_timestamp_seconds", "When the data of the newest verified backup were as they are in it.", kindLabels, nil)
	makingDesc       = prom.NewDesc("backup_duration_seconds", "How long the newest verified backup took to make.", kindLabels, nil)
	restoreDesc      = prom.NewDesc("restore_verification_seconds", "How long the newest verified backup took to restore.", kindLabels, nil)
	sizeDesc         = prom.NewDesc("backup_size_bytes", "The size of the newest verified backup as stored.", kindLabels, nil)
)

// Backups shows how old the newest backup is that can be relied on.
type Backups struct {
	newest *latest[map[operation.Kind]operation.Backup]
}

// NewBackups returns a Backups that is in r and read by f.
func NewBackups(r prom.Registerer, f *Refresher, records backingup.Records) *Backups {
	b := &Backups{refreshed(f, "backups", backupsEvery, func(ctx context.Context) (map[operation.Kind]operation.Backup, error) {
		all, err := records.List(ctx, "")
		return operation.Newest(all), err
	})}
	r.MustRegister(b)
	return b
}

// Describe implements [prom.Collector].
func (*Backups) Describe(out chan<- *prom.Desc) {
	for _, d := range []*prom.Desc{lastVerifiedDesc, makingDesc, restoreDesc, sizeDesc} {
		out <- d
	}
}

// Collect implements [prom.Collector].
func (b *Backups) Collect(out chan<- prom.Metric) {
	for kind, backup := range b.newest.get() {
		show(out, lastVerifiedDesc, float64(backup.TakenAt.Unix()), string(kind))
		show(out, makingDesc, backup.MakingTook.Seconds(), string(kind))
		show(out, restoreDesc, backup.RestoreTook.Seconds(), string(kind))
		show(out, sizeDesc, float64(backup.Size), string(kind))
	}
}
