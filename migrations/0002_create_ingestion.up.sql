-- What was read from where, and what was wrong with it.

CREATE TABLE ingested_editions (
    source           text NOT NULL,
    locator          text NOT NULL,
    competition_code text NOT NULL,
    season           text NOT NULL,
    fingerprint      text NOT NULL,
    rows_read        integer NOT NULL,
    rejected         integer NOT NULL,
    loaded_at        timestamptz NOT NULL,
    PRIMARY KEY (source, locator)
);
CREATE INDEX ingested_editions_by_competition ON ingested_editions (competition_code);

CREATE TABLE quality_findings (
    id               uuid PRIMARY KEY,
    source           text NOT NULL,
    locator          text NOT NULL,
    rule             text NOT NULL,
    severity         text NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
    competition_code text NOT NULL,
    season           text NOT NULL,
    file             text NOT NULL,
    line             integer NOT NULL,
    column_no        integer NOT NULL,
    field            text NOT NULL,
    reason           text NOT NULL,
    raw              text NOT NULL,
    found_at         timestamptz NOT NULL
);
CREATE INDEX quality_findings_by_edition ON quality_findings (source, locator);
CREATE INDEX quality_findings_by_time ON quality_findings (found_at DESC, id DESC);
CREATE INDEX quality_findings_by_competition ON quality_findings (competition_code, rule);

COMMENT ON COLUMN quality_findings.locator IS 'the edition that was read, empty for rules that look across editions';

CREATE TABLE quality_reports (
    competition_code text NOT NULL,
    measured_at      timestamptz NOT NULL,
    row_count        integer NOT NULL,
    broken           jsonb NOT NULL,
    newest           timestamptz,
    score            double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    threshold        double precision NOT NULL,
    PRIMARY KEY (competition_code, measured_at)
);
