-- What operators asked for, and what became of it. Temporal owns what is in
-- progress and forgets it after its retention; this is what stays. It is the
-- platform's, of no tenant.

CREATE TABLE operations (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL,
    workflow      text NOT NULL,
    workflow_id   text NOT NULL,
    run_id        text NOT NULL DEFAULT '', -- the first of its chain; empty until Temporal has it
    latest_run_id text NOT NULL DEFAULT '',
    input         jsonb NOT NULL,
    reason        text NOT NULL DEFAULT '',
    requested_by  text NOT NULL, -- a subject, "schedule:…", "workflow:…" or "temporal"
    person        text NOT NULL DEFAULT '', -- who stands behind it, "user:…"; empty when nobody knows
    requested_at  timestamptz NOT NULL,
    -- As last seen.
    status        text NOT NULL CHECK (status IN ('requested', 'running', 'completed', 'failed', 'aborted', 'canceled', 'terminated', 'timed_out', 'not_started')),
    seen_at       timestamptz NOT NULL,
    started_at    timestamptz,
    ended_at      timestamptz,
    outcome       text NOT NULL DEFAULT '', -- why it did not complete
    result        jsonb,
    CHECK ((ended_at IS NULL) = (status IN ('requested', 'running')))
);
-- A workflow's id is its idempotency key.
CREATE UNIQUE INDEX operations_under_way ON operations (workflow_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX operations_of_run ON operations (workflow_id, run_id) WHERE run_id <> '';
CREATE INDEX operations_by_age ON operations (requested_at DESC, id DESC);
CREATE INDEX operations_by_kind ON operations (kind, requested_at DESC, id DESC);

-- Approvals that were used. A statement is good once.
CREATE TABLE operation_approvals (
    nonce        uuid PRIMARY KEY,
    operation_id uuid NOT NULL REFERENCES operations,
    step         text NOT NULL,
    actor        text NOT NULL CHECK (actor LIKE 'user:%'),
    at           timestamptz NOT NULL,
    signature    bytea NOT NULL,
    UNIQUE (operation_id, step, actor)
);

-- What was asked, by whom, and who approved is never changed or deleted.
REVOKE ALL ON operations, operation_approvals FROM football_app;
GRANT SELECT, INSERT ON operations, operation_approvals TO football_app;
GRANT UPDATE (run_id, latest_run_id, status, seen_at, started_at, ended_at, outcome, result) ON operations TO football_app;
