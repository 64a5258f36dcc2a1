package upkeep

import (
	"path/filepath"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// LogArchive is what BACKUP_ENGINE=pgbackrest backs up the database with: a
// repository, and the way to any moment. bin is the folder of PostgreSQL's
// programs, of the server's version.
func LogArchive(c config.Config, bin string) (*pgtools.Archive, error) {
	pass, err := crypto.Passphrase(string(c.BackupKeyFile), "pgbackrest")
	if err != nil {
		return nil, err
	}
	store := pgtools.Store{
		Endpoint: string(c.S3Endpoint), Region: c.S3Region, Bucket: c.S3Bucket, AccessKey: string(c.S3AccessKey), SecretKey: string(c.S3SecretKey),
	}
	if c.S3Bucket == "" {
		store.Folder = filepath.Join(c.BackupDir, "pgbackrest")
	}
	return pgtools.NewArchive(pgtools.ArchiveConfig{
		BackupURL: string(c.BackupDatabaseURL), OwnerURL: string(c.MigrateDatabaseURL), Dir: c.PgBackRestDir, Store: store, Passphrase: pass,
		Programs: pgtools.Programs{Dir: bin, Start: devserver.StartInGroup}, Now: time.Now,
	})
}
