-- What maintenance found and measured. It is the platform's, not any tenant's,
-- so services reach it only as football_platform.

CREATE TABLE maintenance_reports (
    id       uuid PRIMARY KEY,
    run      text NOT NULL UNIQUE, -- the workflow's id and run: of one run there is one report
    plan     text NOT NULL CHECK (plan IN ('daily', 'weekly', 'monthly')),
    dry_run  boolean NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome  text CHECK (outcome IN ('ok', 'needs_attention', 'failed')),
    aborted  text NOT NULL DEFAULT '',
    sent     int NOT NULL DEFAULT 0,
    page     text, -- HTML
    CHECK ((ended_at IS NULL) = (outcome IS NULL) AND (ended_at IS NULL) = (page IS NULL))
);
CREATE INDEX maintenance_reports_by_plan ON maintenance_reports (plan, id DESC);

CREATE TABLE maintenance_steps (
    report_id uuid NOT NULL REFERENCES maintenance_reports ON DELETE CASCADE,
    step      text NOT NULL,
    -- json, not jsonb: what is found may hold characters that jsonb refuses.
    result    json NOT NULL,
    PRIMARY KEY (report_id, step)
);

-- One measurement a day, of anything that grows or slows down.
CREATE TABLE maintenance_samples (
    name    text NOT NULL,
    subject text NOT NULL,
    day     date NOT NULL,
    value   double precision NOT NULL,
    PRIMARY KEY (name, subject, day)
);
CREATE INDEX maintenance_samples_by_day ON maintenance_samples (day);

REVOKE ALL ON maintenance_reports, maintenance_steps, maintenance_samples FROM football_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON maintenance_reports, maintenance_steps, maintenance_samples TO football_platform;
