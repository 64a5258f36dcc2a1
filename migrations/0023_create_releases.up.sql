-- What was released, in which colour, and how it ended. It is the platform's, of
-- no tenant.

CREATE TABLE releases (
    id           uuid PRIMARY KEY,
    run          text NOT NULL UNIQUE, -- the workflow that did it
    name         text NOT NULL,
    colour       text NOT NULL CHECK (colour IN ('blue', 'green')),
    from_colour  text NOT NULL CHECK (from_colour IN ('', 'blue', 'green')),
    status       text NOT NULL CHECK (status IN ('running', 'live', 'rolled_back')),
    reason       text NOT NULL DEFAULT '',
    why          text NOT NULL DEFAULT '', -- it was rolled back
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    CHECK ((ended_at IS NULL) = (status = 'running'))
);
CREATE INDEX releases_by_age ON releases (started_at DESC, id DESC);

-- What happened is never changed or deleted.
REVOKE ALL ON releases FROM football_app;
GRANT SELECT, INSERT ON releases TO football_app;
GRANT UPDATE (status, why, ended_at) ON releases TO football_app;
