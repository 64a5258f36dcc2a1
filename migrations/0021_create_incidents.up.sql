-- What was wrong, from the first alert until its end was verified, and what was
-- done about it. It is the platform's, of no tenant.

CREATE TABLE incidents (
    id              uuid PRIMARY KEY,
    group_key       text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('P1', 'P2', 'P3')),
    title           text NOT NULL,
    summary         text NOT NULL DEFAULT '',
    labels          jsonb NOT NULL DEFAULT '{}',
    alerted         boolean NOT NULL, -- an alert tells when it is over
    firing          boolean NOT NULL,
    opened_at       timestamptz NOT NULL,
    cleared_at      timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text NOT NULL DEFAULT '',
    resolved_at     timestamptz,
    resolved_by     text NOT NULL DEFAULT '',
    resolution      text NOT NULL DEFAULT '',
    closed_at       timestamptz,
    told            integer NOT NULL DEFAULT 0,
    told_at         timestamptz,
    reminded_at     timestamptz,
    steps           text[] NOT NULL DEFAULT '{}',
    version         bigint NOT NULL,
    known           bigint NOT NULL DEFAULT 0, -- the version that its run was told of
    report          jsonb,
    CHECK (NOT firing OR closed_at IS NULL)
);
-- However often, and wherever, an alert is told: one incident.
CREATE UNIQUE INDEX incidents_open ON incidents (group_key) WHERE closed_at IS NULL;
CREATE INDEX incidents_by_age ON incidents (opened_at DESC, id DESC);

CREATE TABLE incident_events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incidents,
    at          timestamptz NOT NULL,
    kind        text NOT NULL,
    actor       text NOT NULL,
    text        text NOT NULL DEFAULT ''
);
CREATE INDEX incident_events_of ON incident_events (incident_id, id);

-- What happened is never changed or deleted.
REVOKE ALL ON incidents, incident_events FROM football_app;
GRANT SELECT, INSERT ON incidents, incident_events TO football_app;
GRANT UPDATE (severity, title, summary, labels, firing, cleared_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, resolution,
    closed_at, told, told_at, reminded_at, steps, version, known, report) ON incidents TO football_app;
