-- Temporal's own databases are backed up, too. What the old constraint allowed, the
-- new one does, so that no row needs to be looked at.

ALTER TABLE backups DROP CONSTRAINT backups_kind_check;
ALTER TABLE backups ADD CONSTRAINT backups_kind_check
    CHECK (kind IN ('database', 'redis', 'application', 'temporal', 'temporal-visibility')) NOT VALID;
