-- What users predict. The indexes carry the names of the operations manual;
-- where queries stay within a tenant, tenant_id leads. An id is a UUIDv7, so the
-- primary key gives a tenant's newest, and no index by time is paid for.

CREATE TABLE predictions (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    user_id     uuid NOT NULL,
    match_id    uuid NOT NULL REFERENCES matches,
    outcome     text NOT NULL CHECK (outcome IN ('home', 'draw', 'away')),
    home_goals  smallint,
    away_goals  smallint,
    confidence  double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'settled', 'cancelled', 'expired')),
    result_home smallint, -- that it was settled with
    result_away smallint,
    points      smallint NOT NULL DEFAULT 0,
    brier       double precision NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    settled_at  timestamptz,
    version     int NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CHECK ((home_goals IS NULL) = (away_goals IS NULL)),
    CHECK ((status = 'settled') = (result_home IS NOT NULL AND result_away IS NOT NULL))
);
CREATE INDEX idx_prediction_user_created ON predictions (tenant_id, user_id, created_at DESC, id DESC);
CREATE INDEX idx_prediction_match_status ON predictions (match_id, status, tenant_id);
-- The manual's composite index holds also that a user has one prediction of a
-- match, beside those that were cancelled: two indexes would cost a batch a tenth
-- of its speed. An id is a UUIDv7, so the newest of the cancelled come first.
CREATE UNIQUE INDEX idx_predictions_composite ON predictions
    (tenant_id, user_id, match_id, (CASE status WHEN 'cancelled' THEN id ELSE user_id END) DESC);
CREATE INDEX idx_predictions_active ON predictions (match_id, created_at) WHERE status = 'pending';

-- How users did, by month of kick-off and competition, added up as predictions
-- are settled: a leaderboard costs the same however many they are.
CREATE TABLE prediction_standings (
    tenant_id        uuid NOT NULL,
    user_id          uuid NOT NULL,
    month            date NOT NULL,
    competition_code text NOT NULL,
    settled          int NOT NULL,
    hits             int NOT NULL,
    exact            int NOT NULL,
    points           int NOT NULL,
    brier_sum        double precision NOT NULL,
    PRIMARY KEY (tenant_id, user_id, month, competition_code),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX prediction_standings_by_month ON prediction_standings (tenant_id, month);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['predictions', 'prediction_standings'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_wall ON %I USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
        EXECUTE format('CREATE POLICY platform ON %I TO football_platform USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;

-- With which result the predictions of a match were settled, all of them.
CREATE TABLE prediction_results (
    match_id   uuid PRIMARY KEY REFERENCES matches,
    home_goals smallint, -- null for a match that has no result
    away_goals smallint,
    settled_at timestamptz NOT NULL
);

-- Settlement reaches across tenants, and changes nothing that a user said.
REVOKE ALL ON prediction_standings, prediction_results FROM football_app;
GRANT SELECT, DELETE ON prediction_standings TO football_app;
GRANT SELECT ON predictions, matches TO football_platform;
GRANT UPDATE (status, result_home, result_away, points, brier, settled_at, version) ON predictions TO football_platform;
GRANT SELECT, INSERT, UPDATE ON prediction_standings, prediction_results TO football_platform;
