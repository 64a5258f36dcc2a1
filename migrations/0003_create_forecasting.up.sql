-- Models, the champion among them, what they forecast and how that ended.

CREATE TABLE models (
    version          text PRIMARY KEY CHECK (version ~ '^[a-z0-9][a-z0-9.-]{0,99}$'),
    name             text NOT NULL,
    settings         jsonb NOT NULL,
    trained_at       timestamptz NOT NULL,
    evaluation       jsonb
);
CREATE INDEX models_by_time ON models (trained_at DESC, version DESC);

-- At most one row: the key admits one value.
CREATE TABLE champion (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    version  text NOT NULL REFERENCES models
);

CREATE TABLE model_promotions (
    id          uuid PRIMARY KEY,
    version     text NOT NULL REFERENCES models,
    previous    text REFERENCES models,
    promoted_at timestamptz NOT NULL,
    promoted_by text NOT NULL,
    reason      text NOT NULL,
    rollback    boolean NOT NULL
);
CREATE INDEX model_promotions_by_id ON model_promotions (id DESC);

CREATE TABLE forecasts (
    id            uuid PRIMARY KEY,
    match_id      uuid NOT NULL REFERENCES matches,
    model_version text NOT NULL REFERENCES models,
    published_at  timestamptz NOT NULL,
    data_until    timestamptz,
    lambda_home   double precision NOT NULL,
    lambda_away   double precision NOT NULL,
    rho           double precision NOT NULL,
    home          double precision NOT NULL CHECK (home BETWEEN 0 AND 1),
    draw          double precision NOT NULL CHECK (draw BETWEEN 0 AND 1),
    away          double precision NOT NULL CHECK (away BETWEEN 0 AND 1),
    pick          text CHECK (pick IN ('home', 'draw', 'away')),
    superseded_at timestamptz
);
CREATE UNIQUE INDEX forecasts_current ON forecasts (match_id) WHERE superseded_at IS NULL;
CREATE INDEX forecasts_by_match ON forecasts (match_id, published_at DESC, id DESC);

CREATE TABLE settlements (
    match_id      uuid PRIMARY KEY REFERENCES matches,
    forecast_id   uuid NOT NULL REFERENCES forecasts,
    home_goals    smallint NOT NULL,
    away_goals    smallint NOT NULL,
    rps           double precision NOT NULL,
    log_loss      double precision NOT NULL,
    pick_right    boolean,
    settled_at    timestamptz NOT NULL
);
CREATE INDEX settlements_by_forecast ON settlements (forecast_id);

CREATE TABLE team_ratings (
    model_version    text NOT NULL REFERENCES models,
    team_id          uuid NOT NULL REFERENCES teams,
    competition_code text NOT NULL REFERENCES competitions,
    rated_on         date NOT NULL,
    attack           double precision NOT NULL,
    defence          double precision NOT NULL,
    matches          integer NOT NULL,
    PRIMARY KEY (team_id, model_version, rated_on, competition_code)
);
CREATE INDEX team_ratings_by_day ON team_ratings (model_version, rated_on);
