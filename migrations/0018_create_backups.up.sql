-- Backups and what became of them. The rows outlive the backups.
CREATE TABLE backups (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('database', 'redis', 'application')),
    engine        text NOT NULL,
    location      text NOT NULL,
    run           text NOT NULL,
    status        text NOT NULL CHECK (status IN ('making', 'made', 'verified', 'broken', 'deleted')),
    taken_at      timestamptz NOT NULL,
    size          bigint NOT NULL,
    parts         int NOT NULL,
    rows          bigint NOT NULL,
    manifest      text NOT NULL,
    making_took   bigint NOT NULL, -- nanoseconds
    restore_took  bigint NOT NULL,
    verified_at   timestamptz,
    deleted_at    timestamptz,
    fault         text NOT NULL,
    CHECK ((status = 'verified') <= (verified_at IS NOT NULL))
);
CREATE INDEX backups_by_time ON backups (kind, taken_at DESC);

-- Who works on what just now (ports/exclusion).
CREATE TABLE leases (
    resource    text PRIMARY KEY,
    holder      text NOT NULL,
    purpose     text NOT NULL,
    acquired_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

-- A dump reads sequences too.
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO football_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO football_backup;
