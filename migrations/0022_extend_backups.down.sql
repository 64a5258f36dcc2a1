DELETE FROM backups WHERE kind IN ('temporal', 'temporal-visibility');
ALTER TABLE backups DROP CONSTRAINT backups_kind_check;
ALTER TABLE backups ADD CONSTRAINT backups_kind_check CHECK (kind IN ('database', 'redis', 'application'));
